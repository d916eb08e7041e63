internal import RekindleCore
internal import RekindleStatistics

extension DesignInput {
  /// Throws `RK0870` to `RK0874`.
  func validate(for experiment: Experiment) throws(Diagnostic) {
    let key = "experiments.\(experiment.id)"
    guard !experiment.metrics.isEmpty else {
      throw Diagnostic(
        "RK0870", "the experiment \"\(experiment.id)\" has no metric to be planned for", key: key,
        help: "name what it is judged by under metrics")
    }
    for name in baselines.keys.sorted() where !experiment.metrics.contains(where: { $0.name == name }) {
      let names = experiment.metrics.map(\.name)
      throw Diagnostic(
        "RK0874", "a baseline is given for \"\(name)\", which is no metric of \"\(experiment.id)\"",
        key: key, hint: nearMatch(of: name, among: names).map { "did you mean \"\($0)\"?" },
        notes: ["its metrics are: \(names.joined(separator: ", "))"], help: "mend the name, or leave it out")
    }
    for metric in experiment.metrics {
      if let baseline = baselines[metric.name] {
        try check(baseline, of: metric, key: "\(key).metrics.\(metric.name)")
      } else if metric.role == .primary {
        throw Diagnostic(
          "RK0870", "the primary metric \"\(metric.name)\" has no baseline",
          key: "\(key).metrics.\(metric.name)",
          help: "give its present \(metric.kind == .proportion ? "rate" : "value and variance")")
      }
    }
    for (name, count) in [("units", units.map(Double.init)), ("units per day", unitsPerDay)] {
      if let count, !(count > 0 && count < 1e15) {
        throw Diagnostic(
          "RK0872", "\(count) \(name) to plan with", key: key, help: "give a number above 0, or none")
      }
    }
    if let clusters {
      let isPossible =
        clusters.meanSize >= 1 && clusters.sizeVariation >= 0 && (0...1).contains(clusters.correlation)
      guard isPossible, clusters.meanSize.isFinite, clusters.sizeVariation.isFinite else {
        throw Diagnostic(
          "RK0873",
          "clusters of \(clusters.meanSize) units, sizes varying by \(clusters.sizeVariation), correlation \(clusters.correlation)",
          key: key, help: "give a mean size of 1 or more, and a correlation between 0 and 1")
      }
    }
  }

  private func check(
    _ baseline: MetricBaseline, of metric: Metric, key: String
  ) throws(Diagnostic) {
    func wrong(_ message: String, _ help: String) -> Diagnostic {
      Diagnostic("RK0871", "the baseline of \"\(metric.name)\" \(message)", key: key, help: help)
    }
    guard baseline.value.isFinite else {
      throw wrong("is \(baseline.value)", "give a number, or look at more history")
    }
    guard baseline.explained >= 0, baseline.explained < 1 else {
      throw wrong(
        "has an R² of \(baseline.explained)", "give the share of the variance explained, from 0 to below 1")
    }
    if metric.kind == .proportion {
      guard baseline.value > 0, baseline.value < 1 else {
        throw wrong("is a rate of \(baseline.value)", "give a rate strictly between 0 and 1")
      }
      return
    }
    guard let variance = baseline.variance else {
      throw wrong("has no variance", "give one unit's variance; without it no sample size can be said")
    }
    guard variance.perUnit > 0, variance.perUnit.isFinite else {
      throw wrong(
        "has a variance of \(variance.perUnit)",
        "give a variance above 0: what never varies needs no experiment")
    }
  }
}
