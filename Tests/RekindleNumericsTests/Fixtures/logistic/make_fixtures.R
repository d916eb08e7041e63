# Writes birthwt.csv and appends to expected.csv the numbers that R finds.
# R 4.2 with MASS and sandwich; run in this folder after make_fixtures.py:  Rscript make_fixtures.R
suppressMessages({library(MASS); library(sandwich)})
tight <- glm.control(epsilon = 1e-15, maxit = 100)
out <- function(set, quantity, names, values)
  cat(sprintf("%s,%s,%s,%.17g\n", set, quantity, names, values), sep = "", file = "expected.csv", append = TRUE)

# R takes the standard errors from the weights of the step before the last: fitted again from the
# solution, both are those of the solution.
again <- function(fit) update(fit, start = coef(fit))

report <- function(set, fit, cluster) {
  fit <- again(fit)
  terms <- names(coef(fit))
  out(set, "R_coef", terms, coef(fit))
  out(set, "R_se", terms, sqrt(diag(vcov(fit))))
  out(set, "R_hc0", terms, sqrt(diag(vcovHC(fit, type = "HC0"))))
  out(set, "R_cluster", terms, sqrt(diag(vcovCL(fit, cluster = cluster))))
  out(set, "R_z", terms, summary(fit)$coefficients[, 3])
  out(set, "R_p", terms, summary(fit)$coefficients[, 4])
  ci <- confint.default(fit)
  out(set, "R_low", terms, ci[, 1]); out(set, "R_high", terms, ci[, 2])
  out(set, "R_fit", c("deviance", "null", "aic", "bic", "loglik"),
      c(deviance(fit), fit$null.deviance, AIC(fit), BIC(fit), logLik(fit)))
}

a <- read.csv("admissions.csv")
a$rank <- factor(a$rank)
report("admissions", glm(admit ~ gre + gpa + rank, binomial, a, control = tight), (seq_len(nrow(a)) - 1) %% 57)

s <- read.csv("spector.csv")
report("spector", glm(GRADE ~ GPA + TUCE + PSI, binomial, s, control = tight), (seq_len(nrow(s)) - 1) %% 7)

b <- birthwt
race <- factor(b$race, labels = c("white", "black", "other"))
d <- data.frame(low = b$low, age = b$age, lwt = b$lwt, raceblack = as.integer(race == "black"),
  raceother = as.integer(race == "other"), smoke = b$smoke, ptd = as.integer(b$ptl > 0), ht = b$ht, ui = b$ui,
  ftv1 = as.integer(b$ftv == 1), ftv2 = as.integer(b$ftv >= 2))
write.csv(d, "birthwt.csv", row.names = FALSE, quote = FALSE)
report("birthwt", glm(low ~ ., binomial, d, control = tight), (seq_len(nrow(d)) - 1) %% 31)
# A case with weights (as counts) and an offset.
w <- 1 + (seq_len(nrow(d)) - 1) %% 3
o <- ((seq_len(nrow(d)) - 1) %% 5 - 2) / 10
f <- glm(low ~ age + lwt + smoke, binomial, d, weights = w, offset = o, control = tight)
out("birthwt_weighted", "R_coef", names(coef(f)), coef(f))
out("birthwt_weighted", "R_se", names(coef(f)), sqrt(diag(vcov(f))))
out("birthwt_weighted", "R_fit", c("deviance", "null"), c(deviance(f), f$null.deviance))
