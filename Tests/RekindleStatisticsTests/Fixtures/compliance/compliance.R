# Rscript compliance.R > compliance.csv
# R 4.2: AER (ivreg) for the estimate, its HC0 covariance by hand and by sandwich; HC2 by hand; Anderson
# and Rubin's ends by uniroot on the test itself.
suppressMessages({library(AER); library(sandwich)})
put <- function(set, quantity, value) cat(sprintf("%s,%s,%.17g\n", set, quantity, value))
cat("set,quantity,value\n")
run <- function(set, n0, n1, open0, open1, beta) {
  z <- rep(0:1, c(n0, n1)); keen <- rnorm(n0 + n1)
  d <- as.numeric(keen + ifelse(z == 1, open1, open0) > rnorm(n0 + n1))
  y <- 5 + beta * d + 2 * keen + rnorm(n0 + n1, 0, 1 + z)
  for (a in 0:1) {
    i <- z == a
    put(set, paste0("n", a), sum(i)); put(set, paste0("y", a), mean(y[i])); put(set, paste0("d", a), mean(d[i]))
    put(set, paste0("yy", a), sum((y[i] - mean(y[i]))^2)); put(set, paste0("dd", a), sum((d[i] - mean(d[i]))^2))
    put(set, paste0("yd", a), sum((y[i] - mean(y[i])) * (d[i] - mean(d[i]))))
  }
  fit <- ivreg(y ~ d | z); b <- coef(fit)[2]; u <- residuals(fit)
  dd <- mean(d[z == 1]) - mean(d[z == 0])
  hand <- function(k0, k1) sqrt((sum(u[z == 0]^2) / k0 + sum(u[z == 1]^2) / k1)) / abs(dd)
  hc0 <- hand(n0^2, n1^2)
  stopifnot(abs(hc0 - sqrt(vcovHC(fit, "HC0")[2, 2])) < 1e-9)
  put(set, "effect", b); put(set, "hc0", hc0); put(set, "hc2", hand(n0 * (n0 - 1), n1 * (n1 - 1)))
  F1 <- dd^2 / (var(d[z == 1]) / n1 + var(d[z == 0]) / n0)
  put(set, "F", F1)
  test <- function(beta) {
    e <- y - beta * d
    (mean(e[z == 1]) - mean(e[z == 0])) / sqrt(var(e[z == 1]) / n1 + var(e[z == 0]) / n0)
  }
  t <- qt(0.975, n0 + n1 - 2)
  put(set, "p", 2 * pt(-abs(test(0)), n0 + n1 - 2))
  g <- function(beta) abs(test(beta)) - t
  # Ends where there are any: away from the estimate the test rejects in time, or never.
  grid <- b + c(-1, 1) * 1e7
  put(set, "lower", if (g(grid[1]) > 0) uniroot(g, c(grid[1], b), tol = 1e-13)$root else -Inf)
  put(set, "upper", if (g(grid[2]) > 0) uniroot(g, c(b, grid[2]), tol = 1e-13)$root else Inf)
}
set.seed(3)
run("strong", 400, 500, -1.5, 0.5, 1.2)
run("onesided", 60, 45, -50, 0.2, 2)
run("weak", 80, 80, -0.1, 0.05, 1)
