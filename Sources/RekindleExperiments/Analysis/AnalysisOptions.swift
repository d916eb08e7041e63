public import RekindleCore

/// What the reader of a report chooses; everything that decides is in the experiment's plan.
public struct AnalysisOptions: Sendable, Hashable {
  /// Today, or the last day of the data: for "days left". `nil`: the experiment is taken to be over.
  public var asOf: CivilDate?
  /// Adds the probability that the variant is better and the expected loss: beta-binomial for
  /// proportions, normal for the rest.
  public var posterior: Posterior?
  /// Seeds permutations and bootstraps.
  public var seed: UInt64

  public init(asOf: CivilDate? = nil, posterior: Posterior? = nil, seed: UInt64 = 1) {
    self.asOf = asOf
    self.posterior = posterior
    self.seed = seed
  }

  /// The prior of the Bayesian columns.
  public struct Posterior: Sendable, Hashable {
    /// Of a rate: Beta(a, b).
    public var a: Double
    public var b: Double
    /// Of a difference of means, relative to the control's value: standard deviation around 0.
    /// Infinite: flat.
    public var liftStandardDeviation: Double

    public init(a: Double = 1, b: Double = 1, liftStandardDeviation: Double = .infinity) {
      self.a = a
      self.b = b
      self.liftStandardDeviation = liftStandardDeviation
    }
  }
}
