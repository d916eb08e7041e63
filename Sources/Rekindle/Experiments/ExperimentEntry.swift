public import RekindleBehaviour
public import RekindleExperiments

/// One entry of `experiments:`: the experiment, and how the columns of its units are computed from
/// events.
public struct ExperimentEntry: Sendable, Hashable {
  public var experiment: Experiment
  /// The columns that have a formula, each once: metrics, denominators, covariates, segments. A column
  /// without one stands in the file of units.
  public var formulas: [Formula]
  /// How the columns of its files are called.
  public var columns: UnitColumns
  /// Where its settings stand in the project file: `experiments.spring_coupon`.
  public var key: String

  /// A column of the units that is a behaviour expression, seen from the moment of exposure.
  public struct Formula: Sendable, Hashable {
    public enum Use: Sendable, Hashable {
      /// Looks ahead; a number or a flag.
      case metric
      /// Looks back; a number or a flag.
      case covariate
      /// Looks back; a text or a flag.
      case segment
    }

    public var column: String
    public var use: Use
    public var expression: Expression
    /// The text it was written as.
    public var source: ExpressionSource

    public init(column: String, use: Use, expression: Expression, source: ExpressionSource) {
      self.column = column
      self.use = use
      self.expression = expression
      self.source = source
    }
  }
}

extension ExperimentEntry {
  /// The column of what is assigned: the customers, or whatever they are assigned by (`store`).
  public var assignedColumn: String { experiment.unit == "customer" ? columns.id : experiment.unit }

  /// The formula of a column, or `nil`.
  public func formula(_ column: String) -> Formula? { formulas.first { $0.column == column } }
}
