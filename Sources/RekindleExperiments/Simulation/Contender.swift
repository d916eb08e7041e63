internal import RekindleStatistics

/// An estimator of a metric that a simulation puts to the test: the one that the experiment's report will
/// use, or another that it might use instead.
struct Contender: Sendable {
  /// As it is chosen by name, with what sets it apart: `welch (cap 0.99)`.
  let name: String
  let metric: Metric
  /// Among the experiment's metrics.
  let place: Int
  /// Among the metrics whose moments are collected.
  let collected: Int
  /// The one of the report.
  let isOwn: Bool

  static let rivalCap = 0.99

  /// - Parameter permutes: whether there is time for permutations.
  static func all(
    of experiment: Experiment, clustered: Bool, smallestArm: Double, permutes: Bool
  ) -> (contenders: [Contender], collected: [Metric]) {
    var contenders: [Contender] = []
    var collected = experiment.metrics
    for (place, metric) in experiment.metrics.enumerated() {
      let own = ownName(metric, clustered: clustered, smallestArm: smallestArm)
      let plain = own + (metric.cap.map { " (cap \($0))" } ?? "")
      contenders.append(
        Contender(name: plain, metric: metric, place: place, collected: place, isOwn: true))
      func add(
        _ name: String, _ change: (inout Metric) -> Void, collected: Int? = nil, isCapped: Bool = true
      ) {
        let full = name + (isCapped && collected == nil ? metric.cap.map { " (cap \($0))" } ?? "" : "")
        guard !contenders.contains(where: { $0.place == place && $0.name == full }) else { return }
        var rival = metric
        change(&rival)
        contenders.append(
          Contender(
            name: full, metric: rival, place: place, collected: collected ?? place, isOwn: false))
      }
      func plainly(_ method: String) -> (inout Metric) -> Void {
        { metric in
          metric.method = method
          metric.adjustment = .none
        }
      }
      let ignored = clustered ? ", clusters ignored" : ""
      switch metric.kind {
      case .proportion:
        add("miettinen_nurminen" + ignored, plainly("miettinen_nurminen"))
        if !clustered { add("wald", plainly("wald")) }
      case .mean:
        add("welch" + ignored, plainly("welch"))
        guard !clustered else { break }
        if metric.cap == nil {
          var capped = metric
          capped.cap = rivalCap
          capped.method = "welch"
          capped.adjustment = .none
          capped.covariates = []
          collected.append(capped)
          add("welch (cap \(rivalCap))", { $0 = capped }, collected: collected.count - 1)
        }
        if permutes {
          // Of the values as they are, which have to be kept.
          add("permutation", plainly("permutation"), isCapped: false)
          if metric.method == nil { collected[place].method = "permutation" }
        }
      case .ratio, .quantile: break
      }
    }
    return (contenders, collected)
  }

  private static func ownName(_ metric: Metric, clustered: Bool, smallestArm: Double) -> String {
    if let method = metric.method { return method }
    if clustered { return "cr2" }
    if metric.adjustment != .none { return metric.adjustment.rawValue }
    switch metric.kind {
    case .proportion:
      return smallestArm < Double(Estimator.exactBelow) ? "boschloo" : "miettinen_nurminen"
    case .mean: return "welch"
    case .ratio: return "delta"
    case .quantile: return "quantile"
    }
  }
}
