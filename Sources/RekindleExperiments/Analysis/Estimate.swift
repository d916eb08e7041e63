internal import RekindleCore
internal import RekindleStatistics

/// What an estimator found, before any correction.
struct Estimate {
  var effect: Effect
  /// The estimates behind it, where the effect follows from them and the normal or t distribution: what
  /// simultaneous intervals, margins and confidence sequences are made of.
  var arms: EstimatedArms?
  var varianceReduction = Double.nan
  var warnings: [String] = []
}

/// Compares two arms of a slice by the metric's estimator.
struct Estimator {
  let slice: MetricSlice
  let seed: UInt64
  /// For permutations; the result is the same for any number.
  var workers = Workers(1)

  private var metric: Metric { slice.metric }

  /// - Parameters:
  ///   - knownP: the p-value when it is known already and costly: only the intervals change with the
  ///     confidence.
  /// - Throws: `RK0860` a method that the kind of metric does not have, `RK0867` one that clusters do not
  ///   have.
  func estimate(
    control: Int, variant: Int, confidence: Double, knownP: Double? = nil
  ) throws(Diagnostic) -> Estimate {
    if !slice.clusters.isEmpty, metric.method == nil || metric.method == "cr2" {
      return try clustered(control: control, variant: variant, confidence: confidence)
    }
    if metric.adjustment != .none, metric.method == nil {
      return adjusted(control: control, variant: variant, confidence: confidence)
    }
    if metric.usesHC2 {
      return heteroscedastic(control: control, variant: variant, confidence: confidence)
    }
    switch metric.kind {
    case .proportion:
      return try proportion(
        control: control, variant: variant, confidence: confidence, knownP: knownP)
    case .mean:
      return try mean(control: control, variant: variant, confidence: confidence)
    case .ratio(let denominator):
      return try ratio(
        denominator: denominator, control: control, variant: variant, confidence: confidence)
    case .quantile(let p):
      return try quantile(p, control: control, variant: variant, confidence: confidence)
    }
  }

  func unknownMethod(_ method: String, known: [String]) -> Diagnostic {
    Diagnostic(
      "RK0860", "the metric \"\(metric.name)\" cannot be compared by \"\(method)\"",
      hint: nearMatch(of: method, among: known).map { "did you mean \"\($0)\"?" },
      notes: ["this kind of metric has: \(known.joined(separator: ", "))"],
      help: "name one of these, or leave the method out for the default")
  }
}

extension Metric {
  /// Whether the variance of Lin's adjustment is HC2 by name: `method: lin_hc2`.
  var usesHC2: Bool {
    guard method == "lin_hc2", adjustment == .lin, !covariates.isEmpty else { return false }
    return kind == .proportion || kind == .mean
  }
}

extension EstimateFinding {
  /// For the `warnings` of a row.
  var words: String {
    switch self {
    case .noUnits(let arm): "no unit in the \(arm.rawValue)"
    case .oneUnit(let arm): "one unit in the \(arm.rawValue): its variance is unknown"
    case .constantArm(let arm): "all units of the \(arm.rawValue) have the same value"
    case .noVariance: "constant outcome: nothing to test"
    case .notFinite(let arm): "a value of the \(arm.rawValue) is not finite"
    case .controlIsZero: "the control's value is 0: no lift"
    case .denominatorIsZero(let arm): "the denominator of the \(arm.rawValue) is 0"
    case .covariateDropped: "a covariate that adds nothing is left out"
    case .tooFewForCovariates(let arm): "too few units in the \(arm.rawValue) for the covariates"
    case .strataMerged(let count): "\(count) small strata put together"
    case .fewClusters(let arm, let count): "only \(count) clusters in the \(arm.rawValue)"
    case .oneCluster(let arm): "one cluster in the \(arm.rawValue): its variance is unknown"
    case .tooFewForQuantile(let arm): "too few units in the \(arm.rawValue) for the quantile's interval"
    case .tooFewConverters(let arm): "too few units above 0 in the \(arm.rawValue)"
    }
  }
}
