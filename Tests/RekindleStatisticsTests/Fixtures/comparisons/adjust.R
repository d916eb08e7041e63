# Rscript adjust.R > adjust.csv        (R 4.2, stats::p.adjust)
families <- list(
  c(0.01, 0.02, 0.03, 0.04, 0.05),
  c(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
    0.6528, 0.7590, 1.0),
  c(0.04, 0.001, NA, 0.04, 0.3, 1e-40, 0.012),
  c(0.03, 0.04),
  c(0.5),
  c(0.2, 0.011, 0.011, 0.049, 0.02, 0.9, 0.6, 0.013),
  c(0.0251, 0.0252, 0.9, 0.04, 0.008, 0.0253, 0.0499))
methods <- c(none = "none", bonferroni = "bonferroni", holm = "holm", hochberg = "hochberg",
  hommel = "hommel", benjamini_hochberg = "BH")
cat("family,method,values\n")
for (i in seq_along(families)) {
  cat(i, ",p,", paste(sprintf("%.17g", families[[i]]), collapse = " "), "\n", sep = "")
  for (name in names(methods)) {
    cat(i, ",", name, ",", paste(sprintf("%.17g", p.adjust(families[[i]], methods[[name]])), collapse = " "),
      "\n", sep = "")
  }
}
