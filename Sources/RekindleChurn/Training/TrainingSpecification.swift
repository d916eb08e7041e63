public import RekindleBehaviour
internal import RekindleCore

/// What is to be fitted; what came of it is in `FitSummary`.
public struct TrainingSpecification: Sendable, Hashable, Codable {
  public enum Penalty: String, Sendable, Hashable, Codable, CaseIterable {
    case none, ridge, lasso
    case elasticNet = "elastic_net"
  }

  /// Names of the features to use; `nil`: all that are defined.
  public var features: [String]?
  public var penalty: Penalty
  /// Strength for one unit of mean loss; `nil`: chosen by cross-validation.
  public var lambda: Double?
  /// Mixing weight of the elastic net.
  public var l1Ratio: Double
  /// Groups of customers for cross-validation.
  public var folds: Int
  /// Deals the customers to the folds.
  public var seed: UInt64
  public var preparation: Preparation.Style
  /// What is fitted when events are fewer than ten a coefficient and no features were named.
  public var core: [String]

  public init(
    features: [String]? = nil, penalty: Penalty = .ridge, lambda: Double? = nil, l1Ratio: Double = 0.5,
    folds: Int = 5, seed: UInt64 = 1, preparation: Preparation.Style = .standard,
    core: [String] = FeatureSet.retail.core
  ) {
    self.features = features
    self.penalty = penalty
    self.lambda = lambda
    self.l1Ratio = l1Ratio
    self.folds = folds
    self.seed = seed
    self.preparation = preparation
    self.core = core
  }

  /// The mixing weight that the penalty stands for.
  public var effectiveL1Ratio: Double {
    switch penalty {
    case .none, .ridge: 0
    case .lasso: 1
    case .elasticNet: l1Ratio
    }
  }

  /// - Throws: `RK0413` for a value out of range.
  func validate() throws(Diagnostic) {
    func refuse(_ message: String, _ help: String) -> Diagnostic { Diagnostic("RK0413", message, help: help) }
    if let lambda, !(lambda >= 0 && lambda.isFinite) {
      throw refuse("lambda is \(lambda)", "give a number from 0, or auto")
    }
    guard l1Ratio >= 0, l1Ratio <= 1 else {
      throw refuse("l1_ratio is \(l1Ratio)", "give a number from 0 to 1")
    }
    guard folds >= 2 else { throw refuse("\(folds) folds", "give at least 2") }
  }
}
