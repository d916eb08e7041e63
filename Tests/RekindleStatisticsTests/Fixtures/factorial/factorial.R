# Rscript factorial.R > factorial.csv
# R 4.2: lm, glm, anova, oneway.test, sandwich (vcovHC), emmeans. One line a number:
# set,quantity,name,value
suppressMessages({library(sandwich); library(emmeans)})
set.seed(7)
out <- function(set, quantity, name, value)
  cat(sprintf("%s,%s,%s,%.17g\n", set, quantity, name, value), sep = "")
cat("set,quantity,name,value\n")

# 3 coupons x 2 slots x 2 copies, unequal cells, unequal variances.
cells <- expand.grid(copy = 0:1, slot = 0:1, coupon = 0:2)
sizes <- c(31, 18, 25, 40, 22, 35, 19, 28, 33, 21, 27, 16)
d <- cells[rep(seq_len(12), sizes), ]
mu <- with(d, 20 + 3 * (coupon == 1) + 5 * (coupon == 2) - 2 * slot + 1.5 * copy + 2 * (coupon == 2) * slot)
d$spend <- rnorm(nrow(d), mu, 4 + 2 * d$coupon + d$slot)
d$bought <- rbinom(nrow(d), 1, plogis(-1 + 0.6 * (d$coupon > 0) + 0.4 * d$slot - 0.3 * d$copy + 0.5 * d$slot * d$copy))
key <- with(d, paste(coupon, slot, copy, sep = ""))
for (k in unique(key)) {
  out("spend", "count", k, sum(key == k))
  out("spend", "mean", k, mean(d$spend[key == k]))
  out("spend", "variance", k, var(d$spend[key == k]))
  out("bought", "count", k, sum(key == k))
  out("bought", "successes", k, sum(d$bought[key == k]))
}
c1 <- (d$coupon == 1) - 1 / 3; c2 <- (d$coupon == 2) - 1 / 3
s <- d$slot - 1 / 2; w <- d$copy - 1 / 2
X <- cbind("coupon 1" = c1, "coupon 2" = c2, "slot 1" = s, "copy 1" = w,
  "coupon 1 x slot 1" = c1 * s, "coupon 2 x slot 1" = c2 * s, "coupon 1 x copy 1" = c1 * w,
  "coupon 2 x copy 1" = c2 * w, "slot 1 x copy 1" = s * w,
  "coupon 1 x slot 1 x copy 1" = c1 * s * w, "coupon 2 x slot 1 x copy 1" = c2 * s * w)
term <- c(1, 1, 2, 3, 4, 4, 5, 5, 6, 7, 7)
# The saturated least-squares fit: its HC2 errors are those of the cells' own variances.
fit <- lm(d$spend ~ X)
se <- sqrt(diag(vcovHC(fit, "HC2")))[-1]
for (j in seq_len(ncol(X))) {
  out("spend", "estimate", colnames(X)[j], coef(fit)[j + 1])
  out("spend", "error", colnames(X)[j], se[j])
}
# Satterthwaite by hand from the cells, and Wald's statistic of each term.
V <- vcovHC(fit, "HC2")[-1, -1]; b <- coef(fit)[-1]
for (t in unique(term)) {
  i <- which(term == t)
  out("spend", "wald", t, drop(b[i] %*% solve(V[i, i]) %*% b[i]))
}
# emmeans: average differences over equally weighted cells.
d$fcoupon <- factor(d$coupon); d$fslot <- factor(d$slot); d$fcopy <- factor(d$copy)
e <- emmeans(lm(spend ~ fcoupon * fslot * fcopy, d), "fcoupon", weights = "equal")
e <- suppressMessages(as.data.frame(contrast(e, "trt.vs.ctrl", ref = 1)))
out("spend", "emmeans", "coupon 1", e$estimate[1]); out("spend", "emmeans", "coupon 2", e$estimate[2])

# Shares: differences, logit coefficients, likelihood-ratio tests; saturated and without the threefold term.
fit <- lm(d$bought ~ X)
se <- sqrt(diag(vcovHC(fit, "HC2")))[-1]
for (j in seq_len(ncol(X))) {
  out("bought", "estimate", colnames(X)[j], coef(fit)[j + 1])
  out("bought", "error", colnames(X)[j], se[j])
}
tight <- glm.control(epsilon = 1e-15, maxit = 100)
for (order in 2:3) {
  keep <- if (order == 3) 1:11 else 1:9
  full <- glm(d$bought ~ X[, keep], family = binomial, control = tight)
  set <- paste0("logit", order)
  for (j in keep) {
    out(set, "coefficient", colnames(X)[j], coef(full)[j + 1])
    out(set, "error", colnames(X)[j], summary(full)$coefficients[j + 1, 2])
  }
  for (t in unique(term[keep])) {
    rest <- glm(d$bought ~ X[, keep][, term[keep] != t], family = binomial, control = tight)
    a <- anova(rest, full, test = "LRT")
    out(set, "lr", t, a$Deviance[2]); out(set, "lrp", t, a[["Pr(>Chi)"]][2])
  }
}

# One factor alone: Welch's analysis of variance.
one <- data.frame(g = rep(0:3, c(8, 12, 5, 20)))
one$y <- rnorm(nrow(one), one$g, 1 + one$g)
for (k in 0:3) {
  out("oneway", "count", k, sum(one$g == k)); out("oneway", "mean", k, mean(one$y[one$g == k]))
  out("oneway", "variance", k, var(one$y[one$g == k]))
}
o <- oneway.test(y ~ g, one)
out("oneway", "f", "g", o$statistic); out("oneway", "denominator", "g", o$parameter[2]); out("oneway", "p", "g", o$p.value)
