# Two means by R. Run in this folder: Rscript make.R
d <- read.csv("revenue.csv")
x <- d$revenue[d$arm == 1]; y <- d$revenue[d$arm == 0]
out <- data.frame(case = character(), quantity = character(), value = character())
put <- function(case, quantity, value)
  out[nrow(out) + 1, ] <<- list(case, quantity, formatC(value, digits = 17, format = "g"))
tell <- function(case, t) {
  put(case, "se", t$stderr); put(case, "df", t$parameter); put(case, "statistic", t$statistic)
  put(case, "p", t$p.value); put(case, "lower", t$conf.int[1]); put(case, "upper", t$conf.int[2])
}
tell("welch", t.test(x, y))
tell("welch_less_90", t.test(x, y, alternative = "less", conf.level = 0.9))
tell("welch_greater_margin", t.test(x, y, alternative = "greater", mu = -3))
tell("student", t.test(x, y, var.equal = TRUE))
tell("tiny", t.test(c(1, 2, 4, 4.5), c(0.5, 3, 3.5), conf.level = 0.99))
# A tail: p far below the smallest 1 - cdf.
tell("far", t.test(1.2 + (1:200) / 200, (1:200) / 200))
# Fieller's ends by inverting Welch's test of b - r a = 0 numerically.
fieller <- function(x, y, level) {
  p <- function(r) t.test(x, r * y)$p.value - (1 - level)
  centre <- mean(x) / mean(y)
  low <- uniroot(p, c(centre - 5 * sd(x) / mean(y) / sqrt(length(x)), centre), tol = 1e-15)$root
  high <- uniroot(p, c(centre, centre * 4), tol = 1e-15)$root
  c(low, high) - 1
}
f <- fieller(x, y, 0.95); put("fieller", "lower", f[1]); put("fieller", "upper", f[2])
a <- c(9, 11, 10.4, 12.5); b <- c(14, 11, 19, 12, 13, 15.5)
f <- fieller(b, a, 0.9); put("fieller_tiny", "lower", f[1]); put("fieller_tiny", "upper", f[2])
write.csv(out, "expected.csv", row.names = FALSE, quote = FALSE)
writeLines(R.version.string, "versions.txt")
