# R 4.2 stats::power.prop.test, power.t.test; pwr::pwr.t2n.test. Run: Rscript power.R
options(digits = 16)
show <- function(name, x) cat(name, format(x, digits = 16), "\n")
show("prop power 100 0.1 0.15", power.prop.test(n = 100, p1 = 0.1, p2 = 0.15)$power)
show("prop power strict 50 0.5 0.55", power.prop.test(n = 50, p1 = 0.5, p2 = 0.55, strict = TRUE)$power)
show("prop n 0.1 0.12 0.8", power.prop.test(p1 = 0.1, p2 = 0.12, power = 0.8, tol = 1e-13)$n)
show("prop n 0.002 0.003 0.9 one", power.prop.test(p1 = 0.002, p2 = 0.003, power = 0.9, alternative = "one.sided", tol = 1e-13)$n)
show("prop p2 2000 0.1 0.8", power.prop.test(n = 2000, p1 = 0.1, power = 0.8, tol = 1e-14)$p2)
show("t power 20 1 1", power.t.test(n = 20, delta = 1, sd = 1)$power)
show("t power strict 20 0.2 1", power.t.test(n = 20, delta = 0.2, sd = 1, strict = TRUE)$power)
show("t n 0.5 2 0.9", power.t.test(delta = 0.5, sd = 2, power = 0.9, tol = 1e-12)$n)
show("t n one 0.5 2 0.9", power.t.test(delta = 0.5, sd = 2, power = 0.9, alternative = "one.sided", tol = 1e-12)$n)
show("t delta 50 0.8", power.t.test(n = 50, sd = 3, power = 0.8, tol = 1e-13)$delta)
show("t2n power 30 70 0.5", pwr::pwr.t2n.test(n1 = 30, n2 = 70, d = 0.5)$power)
# Enumerated power of Fisher's and the uncorrected chi-square test.
enumerated <- function(n1, n2, p1, p2, reject) {
  sum(outer(0:n1, 0:n2, Vectorize(function(x, y) reject(x, y) * dbinom(x, n1, p1) * dbinom(y, n2, p2))))
}
fisher <- function(n1, n2) function(x, y) fisher.test(matrix(c(x, n1 - x, y, n2 - y), 2))$p.value <= 0.05
chisq <- function(n1, n2) function(x, y) {
  p <- (x + y) / (n1 + n2); z <- (y / n2 - x / n1) / sqrt(p * (1 - p) * (1 / n1 + 1 / n2))
  !is.nan(z) && 2 * pnorm(-abs(z)) <= 0.05
}
show("fisher 20 25 0.1 0.5", enumerated(20, 25, 0.1, 0.5, fisher(20, 25)))
show("score 20 25 0.1 0.5", enumerated(20, 25, 0.1, 0.5, chisq(20, 25)))
show("score size 30 30 0.05", enumerated(30, 30, 0.05, 0.05, chisq(30, 30)))
