# Times cv.glmnet and the elastic-net path of Rekindle on the same rows, and compares what they found.
#
#     Rscript path.R [rows] [columns] [folds]
#
# Needs the package glmnet, and PathBenchmark built: swift build -c release --product PathBenchmark
suppressMessages(library(glmnet))
arguments <- commandArgs(trailingOnly = TRUE)
size <- c(200000, 45, 5)
if (length(arguments)) size[seq_along(arguments)] <- as.numeric(arguments)
n <- size[1]; p <- size[2]; folds <- size[3]
script <- sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))
folder <- tempfile("path"); dir.create(folder)
ours <- system2(file.path(dirname(script), ".build/release/PathBenchmark"),
  c(folder, format(c(n, p, folds), scientific = FALSE), "1"), stdout = TRUE)
cat(ours, sep = "\n")
read <- function(name, count) readBin(file.path(folder, name), "double", count)
x <- matrix(read("x.bin", n * p), n, p, byrow = TRUE)
y <- read("y.bin", n)
cpu <- function(expression) { t <- system.time(expression); unname(t[1] + t[2]) }
path_cpu <- cpu(path <- glmnet(x, y, family = "binomial", alpha = 0.5))
cv_cpu <- cpu(cv <- cv.glmnet(x, y, family = "binomial", alpha = 0.5,
  foldid = (seq_len(n) - 1) %% folds + 1))
field <- function(name) as.numeric(sub(paste0(".*", name, " ([^ ]+).*"), "\\1", grep(name, ours, value = TRUE)[1]))
cat(sprintf("glmnet path_cpu %.2f lambdas %d; ratio %.1f\n", path_cpu, length(path$lambda), path_cpu / field("path_cpu")))
cat(sprintf("glmnet cv_cpu %.2f lambda_min %.9g lambda_1se %.9g cvm_min %.9g; ratio %.1f\n", cv_cpu, cv$lambda.min,
  cv$lambda.1se, min(cv$cvm), cv_cpu / field("cv_cpu")))

# The objective that both minimise, at the solutions of both.
lambda <- read("lambda.bin", 1000)
coefficients <- matrix(read("coefficients.bin", 1e6), ncol = p + 1, byrow = TRUE)
sd <- sqrt(colMeans(x^2) - colMeans(x)^2)
objective <- function(b, lambda) {
  eta <- b[1] + drop(x %*% b[-1])
  s <- b[-1] * sd
  mean(pmax(eta, 0) + log1p(exp(-abs(eta))) - y * eta) + lambda * (0.25 * sum(s^2) + 0.5 * sum(abs(s)))
}
theirs <- as.matrix(coef(path))
both <- seq(2, min(length(lambda), length(path$lambda)), by = 4)
excess <- sapply(both, function(k) objective(theirs[, k], lambda[k]) - objective(coefficients[k, ], lambda[k]))
cat(sprintf("objective, glmnet's less ours: largest %.3g, smallest %.3g (positive: ours is lower)\n", max(excess), min(excess)))
cat(sprintf("nonzero coefficients differ at %d of %d lambdas\n",
  sum(sapply(both, function(k) sum(theirs[-1, k] != 0) != sum(coefficients[k, -1] != 0))), length(both)))
unlink(folder, recursive = TRUE)
