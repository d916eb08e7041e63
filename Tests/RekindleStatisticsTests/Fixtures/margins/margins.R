# Rscript margins.R > margins.csv        (R 4.2, t.test)
# A relative margin is Welch's test of the variant against the control times its share.
put <- function(quantity, value) cat(sprintf("%s,%.17g\n", quantity, value))
cat("quantity,value\n")
set.seed(12)
control <- rnorm(40, 20, 4); variant <- rnorm(55, 19.7, 6)
for (g in list(list("control", control), list("variant", variant))) {
  put(paste0(g[[1]], "_n"), length(g[[2]])); put(paste0(g[[1]], "_mean"), mean(g[[2]])); put(paste0(g[[1]], "_ss"), sum((g[[2]] - mean(g[[2]]))^2))
}
p <- function(...) t.test(...)$p.value
put("absolute_higher", p(variant, control, mu = -2.5, alternative = "greater"))
put("absolute_lower", p(variant, control, mu = 2.5, alternative = "less"))
put("relative_higher", p(variant, 0.88 * control, alternative = "greater"))
put("relative_lower", p(variant, 1.12 * control, alternative = "less"))
put("inferior_higher", p(variant, 0.88 * control, alternative = "less"))
put("equivalence", max(p(variant, control, mu = -2.5, alternative = "greater"), p(variant, control, mu = 2.5, alternative = "less")))
i <- t.test(variant, control, conf.level = 0.90)$conf.int
put("interval_lower", i[1]); put("interval_upper", i[2])
put("bound_higher", t.test(variant, control, conf.level = 0.975, alternative = "greater")$conf.int[1])
