# Makes the fixtures of the elastic-net tests. Run in this folder: Rscript make.R
library(glmnet)
data(BinomialExample, package = "glmnet")
x <- BinomialExample$x
y <- BinomialExample$y
digits <- function(m) format(m, digits = 17, scientific = TRUE, trim = TRUE)
table <- cbind(x, y)
colnames(table) <- c(paste0("V", 1:30), "y")
write.csv(digits(table), "binomial_example.csv", row.names = FALSE, quote = FALSE)

tight <- 1e-20
lambda <- c(0.2, 0.1, 0.05, 0.02, 0.005)
weight <- rep(c(1, 2, 0.5, 3), length.out = 100)
factor <- c(0, 0.5, rep(1, 26), 2, 3)
rows <- NULL
add <- function(name, fit) {
  b <- as.matrix(coef(fit))
  rows <<- rbind(rows, cbind(case = name, lambda = digits(fit$lambda),
    dev_ratio = digits(fit$dev.ratio), null_deviance = digits(fit$nulldev),
    apply(t(b), 2, digits)))
}
for (alpha in c(0, 0.5, 1)) for (standardize in c(TRUE, FALSE)) {
  add(paste0("alpha", alpha, if (standardize) "" else "_raw"), glmnet(x, y, family = "binomial",
    alpha = alpha, lambda = lambda, standardize = standardize, thresh = tight, maxit = 1e7))
}
add("weights", glmnet(x, y, family = "binomial", alpha = 0.5, lambda = lambda, weights = weight,
  thresh = tight, maxit = 1e7))
add("factors", glmnet(x, y, family = "binomial", alpha = 0.5, lambda = lambda,
  penalty.factor = factor, thresh = tight, maxit = 1e7))
colnames(rows)[5] <- "intercept"
write.csv(rows, "solutions.csv", row.names = FALSE, quote = FALSE)

# The automatic sequences, with where they end.
sequences <- NULL
note <- function(name, ...) {
  fit <- glmnet(x, y, family = "binomial", ..., thresh = 1e-14, maxit = 1e7)
  sequences <<- rbind(sequences, data.frame(case = name, index = seq_along(fit$lambda),
    lambda = digits(fit$lambda), df = fit$df, dev_ratio = digits(fit$dev.ratio)))
}
note("alpha0", alpha = 0)
note("alpha0.5", alpha = 0.5)
note("alpha1", alpha = 1)
note("factors", alpha = 0.5, penalty.factor = factor)
write.csv(sequences, "sequences.csv", row.names = FALSE, quote = FALSE)

# Cross-validation at one sequence for all folds. (Without `lambda`, cv.glmnet lets each fold choose
# its own and interpolates between them, which moves cvm in the fifth digit.)
fold <- rep(1:10, length = 100)
cv <- NULL
validate <- function(name, measure, alpha) {
  path <- glmnet(x, y, family = "binomial", alpha = alpha)$lambda
  found <- cv.glmnet(x, y, family = "binomial", alpha = alpha, foldid = fold, lambda = path,
    type.measure = measure, thresh = 1e-20, maxit = 1e7)
  cv <<- rbind(cv, data.frame(case = name, lambda = digits(found$lambda), cvm = digits(found$cvm),
    cvsd = digits(found$cvsd), nzero = found$nzero, is_min = as.integer(found$lambda == found$lambda.min),
    is_1se = as.integer(found$lambda == found$lambda.1se)))
}
validate("deviance_alpha1", "deviance", 1)
validate("deviance_alpha0", "deviance", 0)
validate("auc_alpha1", "auc", 1)
write.csv(cv, "cross_validation.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("glmnet", packageVersion("glmnet"))), "versions.txt")
