/// What an analysis wants to know of every unit, read off the experiment.
public struct UnitSchema: Sendable, Hashable {
  /// The name of the arm of units that no experiment of the layer may touch.
  public static let holdoutArm = "holdout"

  /// The experiment's arms in its order, then the holdout.
  public let arms: [String]
  /// The number columns: outcomes, denominators and covariates, each once.
  public let numbers: [String]
  /// The columns whose values split the report.
  public let segments: [String]

  public init(_ experiment: Experiment) {
    arms = experiment.arms.map(\.name) + [Self.holdoutArm]
    segments = experiment.segments
    var names: [String] = []
    for metric in experiment.metrics {
      var wanted = [metric.column]
      if case .ratio(let denominator) = metric.kind { wanted.append(denominator) }
      for name in wanted + metric.covariates where !names.contains(name) { names.append(name) }
    }
    numbers = names
  }

  public var holdout: Int { arms.count - 1 }

  /// - Precondition: the schema has the column.
  func number(_ name: String) -> Int {
    guard let place = numbers.firstIndex(of: name) else {
      preconditionFailure("the schema was made of this experiment's metrics")
    }
    return place
  }
}
