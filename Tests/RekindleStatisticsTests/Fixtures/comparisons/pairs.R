# Rscript pairs.R > pairs.csv
# R 4.2: TukeyHSD and ptukey (eight digits), multcomp with mvtnorm (five digits, by simulation).
# Blood counts of Dunnett (1955), control and two drugs; and the chickens of chickwts.
suppressMessages(library(multcomp))
cat("kind,pair,difference,error,p,lower,upper\n")
put <- function(kind, pair, numbers) cat(kind, ",", pair, ",", paste(sprintf("%.12g", numbers), collapse = ","), "\n", sep = "")
blood <- data.frame(
  g = factor(rep(c("a", "b", "c"), c(6, 4, 5))),
  y = c(7.40, 8.50, 7.20, 8.24, 9.84, 8.32, 9.76, 8.80, 7.68, 9.36, 12.80, 9.68, 12.16, 9.20, 10.55))
set.seed(1)
s <- glht(aov(y ~ g, blood), linfct = mcp(g = "Dunnett"))
t <- summary(s, test = adjusted("single-step", maxpts = 1e7, abseps = 1e-8))
ci <- confint(s, calpha = adjusted_calpha(maxpts = 1e7, abseps = 1e-8))$confint
for (i in 1:2) put("dunnett", i, c(coef(s)[i], sqrt(diag(vcov(s)))[i], t$test$pvalues[i], ci[i, 2:3]))
chick <- chickwts
h <- TukeyHSD(aov(weight ~ feed, chick))$feed
k <- nlevels(chick$feed); n <- table(chick$feed); m <- tapply(chick$weight, chick$feed, mean)
v <- tapply(chick$weight, chick$feed, var); pooled <- sum((n - 1) * v) / (sum(n) - k)
row <- 0
for (i in 1:(k - 1)) for (j in (i + 1):k) {
  row <- row + 1
  put("tukey_kramer", paste0(i, " ", j), c(h[row, 1], sqrt(pooled * (1 / n[i] + 1 / n[j])), h[row, 4], h[row, 2:3]))
}
for (i in 1:(k - 1)) for (j in (i + 1):k) {
  a <- v[i] / n[i]; b <- v[j] / n[j]; e <- sqrt(a + b)
  nu <- (a + b)^2 / (a^2 / (n[i] - 1) + b^2 / (n[j] - 1)); d <- m[j] - m[i]
  q <- qtukey(0.95, k, nu) / sqrt(2)
  put("games_howell", paste0(i, " ", j), c(d, e, ptukey(abs(d) / e * sqrt(2), k, nu, lower.tail = FALSE), d - q * e, d + q * e))
}
for (i in 1:k) put("group", levels(chick$feed)[i], c(n[i], m[i], v[i], NA, NA))
