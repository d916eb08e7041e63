# Writes survival.json: the lung data of R's package survival (time, status, sex, ph.ecog) and what
# survfit and survdiff make of it, to 17 digits.   Rscript survival.R > survival.json
suppressMessages(library(survival))
n <- function(x) ifelse(is.na(x), "null", ifelse(is.infinite(x), "null", sprintf("%.17g", x)))
a <- function(x) paste0("[", paste(n(x), collapse = ", "), "]")
cat("{\n", sprintf('"tool": "R %s, survival %s",\n', getRversion(), packageVersion("survival")))
cat('"time":', a(lung$time), ',\n"event":', a(lung$status - 1), ',\n"sex":', a(lung$sex), ',\n"ecog":', a(lung$ph.ecog), ",\n")
s <- survfit(Surv(time, status) ~ 1, lung)
cat('"steps": {"time":', a(s$time), ',\n"atRisk":', a(s$n.risk), ',\n"events":', a(s$n.event), ',\n"survival":', a(s$surv),
    ',\n"standardError":', a(s$std.err * s$surv), "},\n")
for (ct in c("plain", "log", "log-log")) {
  s <- survfit(Surv(time, status) ~ 1, lung, conf.type = ct)
  q <- quantile(s, c(.25, .5, .75))
  cat(sprintf('"%s": {"lower":', sub("-", "_", ct)), a(s$lower), ',\n"upper":', a(s$upper), ',\n"quantiles":', a(q$quantile),
      ', "quantileLower":', a(q$lower), ', "quantileUpper":', a(q$upper), "},\n")
}
for (g in c("sex", "ecog")) {
  d <- survdiff(Surv(lung$time, lung$status) ~ if (g == "sex") lung$sex else lung$ph.ecog)
  cat(sprintf('"%s_test": {"observed":', g), a(d$obs), ',\n"expected":', a(d$exp), ',\n"variance":', a(t(d$var)),
      ',\n"chiSquared":', n(d$chisq), ', "pValue":', n(d$pvalue), "}", if (g == "sex") ",\n" else "\n}\n", sep = "")
}
