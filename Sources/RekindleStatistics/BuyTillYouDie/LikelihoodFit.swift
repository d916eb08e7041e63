/// What maximum likelihood found: the estimates with their standard errors, and how well they do.
public struct LikelihoodFit: Sendable, Hashable {
  public struct Estimate: Sendable, Hashable {
    public let name: String
    public let value: Double
    /// From the observed information, on the scale of the parameter itself.
    public let standardError: Double
  }

  public let estimates: [Estimate]
  /// Of the estimates, in their order, row-major: the inverse of the observed information.
  public let covariance: [Double]
  public let logLikelihood: Double
  /// Customers.
  public let count: Int
  /// Likelihoods with their derivatives that were computed over all customers.
  public let evaluations: Int

  /// −2 log L + 2 k.
  public var aic: Double { -2 * logLikelihood + 2 * Double(estimates.count) }

  public subscript(name: String) -> Estimate? { estimates.first { $0.name == name } }
}

/// A model together with how it was fitted.
public struct Fitted<Model: Sendable & Hashable>: Sendable, Hashable {
  public let model: Model
  public let fit: LikelihoodFit
}
