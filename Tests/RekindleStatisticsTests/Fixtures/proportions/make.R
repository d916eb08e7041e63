# Rscript make.R > r.csv   (R 4.2.2, package stats)
tables <- read.csv("tables.csv")
out <- function(name, t, alternative, confidence, a, b = NA)
  cat(sprintf("%s,%d,%d,%d,%d,%s,%g,%.17g,%.17g\n", name, t$x0, t$n0, t$x1, t$n1, alternative, confidence, a, b))
cat("name,x0,n0,x1,n1,alternative,confidence,a,b\n")
for (i in seq_len(nrow(tables))) {
  t <- tables[i, ]
  for (alternative in c("two.sided", "less", "greater")) {
    # prop.test takes p1 - p2, so the variant comes first.
    p <- suppressWarnings(prop.test(c(t$x1, t$x0), c(t$n1, t$n0), alternative = alternative, correct = FALSE))
    if (is.finite(p$statistic)) out("prop_test", t, alternative, 0.95, p$p.value, sqrt(unname(p$statistic)))
    if (t$n0 <= 50000) {
      table <- matrix(c(t$x1, t$n1 - t$x1, t$x0, t$n0 - t$x0), 2)
      f <- fisher.test(table, alternative = alternative)
      out("fisher_test", t, alternative, 0.95, f$p.value)
    }
  }
  for (confidence in c(0.9, 0.95, 0.999)) {
    w <- suppressWarnings(prop.test(t$x1, t$n1, conf.level = confidence, correct = FALSE))$conf.int
    out("wilson", t, "two.sided", confidence, w[1], w[2])
    b <- binom.test(t$x1, t$n1, conf.level = confidence)$conf.int
    out("clopper_pearson", t, "two.sided", confidence, b[1], b[2])
  }
}
