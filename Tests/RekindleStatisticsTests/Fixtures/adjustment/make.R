# Regression adjustment by R and estimatr. Run in this folder: Rscript make.R
suppressMessages(library(estimatr))
d <- read.csv("../means/revenue.csv")
out <- data.frame(case = character(), quantity = character(), value = character())
put <- function(case, quantity, value)
  out[nrow(out) + 1, ] <<- list(case, quantity, formatC(value, digits = 17, format = "g"))
tell <- function(case, t, name = "arm") {
  i <- which(names(t$coefficients) == name)
  put(case, "difference", t$coefficients[[i]]); put(case, "se", t$std.error[[i]])
  put(case, "df", t$df[[i]]); put(case, "p", t$p.value[[i]])
  put(case, "lower", t$conf.low[[i]]); put(case, "upper", t$conf.high[[i]])
}
fit <- lm_lin(revenue ~ arm, ~ prior, d); tell("lin_one", fit)
put("lin_one", "control", fit$coefficients[["(Intercept)"]])
tell("lin_two", lm_lin(revenue ~ arm, ~ prior + visits, d))
# The same regression with each arm's own classical variance, assembled by hand.
own <- function(formula, arm, at) {
  f <- lm(formula, d[d$arm == arm, ])
  p <- predict(f, at, se.fit = TRUE)
  c(p$fit, p$se.fit, f$df.residual)
}
at <- data.frame(prior = mean(d$prior), visits = mean(d$visits))
a <- own(revenue ~ prior + visits, 0, at); b <- own(revenue ~ prior + visits, 1, at)
put("lin_classical", "difference", b[1] - a[1])
put("lin_classical", "se", sqrt(a[2]^2 + b[2]^2))
put("lin_classical", "df", (a[2]^2 + b[2]^2)^2 / (a[2]^4 / a[3] + b[2]^4 / b[3]))
# One slope: the analysis of covariance.
f <- summary(lm(revenue ~ arm + prior + visits, d))$coefficients
put("ancova", "difference", f["arm", 1]); put("ancova", "se", f["arm", 2])
put("ancova", "theta_prior", f["prior", 1]); put("ancova", "theta_visits", f["visits", 1])
# Adjusted means.
suppressMessages(library(emmeans))
e <- as.data.frame(emmeans(lm(revenue ~ factor(arm) + prior + visits, d), "arm"))
put("emmeans", "control", e$emmean[1]); put("emmeans", "variant", e$emmean[2])
e <- as.data.frame(emmeans(lm(revenue ~ factor(arm) * (prior + visits), d), "arm"))
put("emmeans_lin", "control", e$emmean[1]); put("emmeans_lin", "variant", e$emmean[2])
# Strata as blocks: weights are the blocks' sizes.
tell("blocks", difference_in_means(revenue ~ arm, blocks = segment, data = d))
# Three arms.
d$third <- ifelse(d$arm == 1 & seq_len(nrow(d)) %% 2 == 0, 2, d$arm)
d$third <- factor(d$third)
fit <- lm_lin(revenue ~ third, ~ prior, d)
tell("three_1", fit, "third1"); tell("three_2", fit, "third2")
write.csv(out, "expected.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("estimatr", packageVersion("estimatr")),
             paste("emmeans", packageVersion("emmeans"))), "versions.txt")
