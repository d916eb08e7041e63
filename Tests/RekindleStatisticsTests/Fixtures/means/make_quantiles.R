# Price and Bonett's standard error of a median, and the same with binomial quantiles elsewhere, by
# R's own binomial distribution. Run in this folder: Rscript make_quantiles.R
d <- read.csv("revenue.csv")
x <- sort(d$prior[d$prior > 0])
out <- data.frame(case = character(), quantity = character(), value = character())
put <- function(case, quantity, value)
  out[nrow(out) + 1, ] <<- list(case, quantity, formatC(value, digits = 17, format = "g"))
n <- length(x)
c <- round((n + 1) / 2 - sqrt(n))
z <- qnorm(pbinom(c - 1, n, 0.5), lower.tail = FALSE)
put("median", "value", median(x)); put("median", "se", (x[n - c + 1] - x[c]) / (2 * z))
p <- 0.9
j <- round((n + 1) * p - 2 * sqrt(n * p * (1 - p))); k <- round((n + 1) * p + 2 * sqrt(n * p * (1 - p)))
z <- -qnorm(pbinom(j - 1, n, p)) - qnorm(pbinom(k - 1, n, p, lower.tail = FALSE))
put("p90", "value", quantile(x, p)); put("p90", "se", (x[k] - x[j]) / z)
write.csv(out, "expected_quantiles.csv", row.names = FALSE, quote = FALSE)
