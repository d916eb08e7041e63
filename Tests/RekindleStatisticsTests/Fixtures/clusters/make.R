# Cluster-randomised arms by clubSandwich. Run in this folder: Rscript make.R
suppressMessages(library(clubSandwich))
d <- read.csv("stores.csv")
out <- data.frame(case = character(), quantity = character(), value = character())
put <- function(case, quantity, value)
  out[nrow(out) + 1, ] <<- list(case, quantity, formatC(value, digits = 17, format = "g"))
tell <- function(case, d, level = 0.95) {
  fit <- lm(y ~ arm, d)
  t <- coef_test(fit, vcov = "CR2", cluster = d$store, test = "Satterthwaite")
  ci <- conf_int(fit, vcov = "CR2", cluster = d$store, test = "Satterthwaite", level = level)
  put(case, "difference", t$beta[2]); put(case, "se", t$SE[2]); put(case, "df", t$df_Satt[2])
  put(case, "p", t$p_Satt[2]); put(case, "lower", ci$CI_L[2]); put(case, "upper", ci$CI_U[2])
}
tell("all", d)
# A handful of stores, very unequal.
tell("few", d[d$store %in% c(0, 1, 2, 3, 4, 6, 8), ], 0.9)
write.csv(out, "expected.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("clubSandwich", packageVersion("clubSandwich"))), "versions.txt")
