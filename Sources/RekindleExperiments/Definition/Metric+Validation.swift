public import RekindleCore

extension Experiment {
  /// The metrics that decide.
  /// - Throws: `RK0811` when there is none.
  public func primaryMetrics() throws(Diagnostic) -> [Metric] {
    let primary = metrics.filter { $0.role == .primary }
    guard !primary.isEmpty else {
      throw Diagnostic(
        "RK0811",
        metrics.isEmpty ? "the experiment has no metric" : "none of the experiment's metrics is primary",
        key: "experiments.\(id).metrics",
        help: metrics.isEmpty
          ? "say under `metrics` what is measured; assigning needs none"
          : "say which metric decides: role: primary")
    }
    return primary
  }

  func validateMetrics(_ key: String) throws(Diagnostic) {
    guard !metrics.isEmpty else { return }
    if let name = firstRepeated(metrics.map(\.name)) {
      throw Diagnostic(
        "RK0811", "the metric \"\(name)\" stands twice", key: key + ".metrics",
        help: "give each metric its own name")
    }
    _ = try primaryMetrics()
    for metric in metrics {
      try metric.validate(key + ".metrics.\(metric.name)")
      if metric.adjustment == .postStratified, strata.isEmpty {
        throw Diagnostic(
          "RK0812", "the metric \"\(metric.name)\" is adjusted by strata, but the experiment has none",
          key: key + ".metrics.\(metric.name)", help: "name the strata, or choose another adjustment")
      }
    }
  }
}

extension Metric {
  /// Throws `RK0812`.
  func validate(_ key: String) throws(Diagnostic) {
    func wrong(_ part: String, _ message: String, _ help: String) -> Diagnostic {
      Diagnostic(
        "RK0812", "the metric \"\(name)\" " + message, key: part.isEmpty ? key : "\(key).\(part)", help: help)
    }
    guard isPlain(name), isPlain(column) else {
      throw wrong(
        "", "has no proper name or column", "use a name without line breaks, and without blanks at its ends")
    }
    switch kind {
    case .quantile(let p):
      guard p > 0, p < 1 else {
        throw wrong("at", "is the quantile at \(p)", "a quantile is at a share above 0 and below 1")
      }
    case .ratio(let denominator):
      guard isPlain(denominator) else {
        throw wrong("denominator", "is a ratio without a denominator", "name the denominator's column")
      }
      guard denominator != column else {
        throw wrong("denominator", "is divided by itself", "name another denominator")
      }
    case .proportion, .mean: break
    }
    if let cap {
      guard cap > 0, cap < 1 else {
        throw wrong(
          "cap", "is capped at the quantile \(cap)", "a cap is a share above 0 and below 1, such as 0.99")
      }
      switch kind {
      case .mean, .ratio: break
      case .proportion, .quantile:
        throw wrong("cap", "cannot be capped: it has no far values that weigh", "leave the cap out")
      }
    }
    if let days = matureAfterDays, days < 0 {
      throw wrong("mature_after", "matures after \(days) days", "give 0 or more days")
    }
    try validateMargin(wrong)
    try validateCovariates(wrong)
  }

  private func validateMargin(_ wrong: (String, String, String) -> Diagnostic) throws(Diagnostic) {
    guard let margin else { return }
    guard role == .guardrail else {
      throw wrong(
        "margin", "has a margin but is no guardrail", "make it a guardrail, or leave the margin out")
    }
    switch margin {
    case .absolute(let size), .relative(let size):
      guard size >= 0, size.isFinite else {
        throw wrong("margin", "has a margin of \(size)", "a margin is a loss that would be borne: 0 or more")
      }
    }
  }

  private func validateCovariates(_ wrong: (String, String, String) -> Diagnostic) throws(Diagnostic) {
    if let name = firstRepeated(covariates) {
      throw wrong("covariates", "has the covariate \"\(name)\" twice", "name it once")
    }
    if covariates.contains(column) {
      throw wrong(
        "covariates", "is its own covariate", "a covariate was known before the exposure: name another column"
      )
    }
    if covariates.isEmpty, adjustment == .cuped || adjustment == .lin {
      throw wrong(
        "adjustment", "is adjusted by \(adjustment.rawValue) without a covariate",
        "name covariates, or leave the adjustment out")
    }
    if case .quantile = kind, adjustment != .none {
      throw wrong("adjustment", "is a quantile and cannot be adjusted", "leave covariates and adjustment out")
    }
  }
}
