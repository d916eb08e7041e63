internal import RekindleNumerics

/// What maximum likelihood found: the estimates with their standard errors, and how well they do.
public struct LikelihoodFit: Sendable, Hashable {
  public struct Estimate: Sendable, Hashable {
    public let name: String
    public let value: Double
    /// From the observed information, on the scale of the parameter itself.
    public let standardError: Double

    /// Wald's interval on the scale of the logarithm.
    ///
    /// ```
    /// θ e^(± z SE / θ),     z = Φ⁻¹((1 + confidence) / 2)
    /// ```
    /// A parameter that the data hardly show is close to 0 with an error as large as itself; θ ± z SE would
    /// reach below 0, where no parameter can be, and end far too low above. On the logarithm the likelihood
    /// is closer to a parabola, and the interval says by its factor how little is known.
    public func interval(confidence: Double = 0.95) -> Interval {
      let reach = Normal().upperQuantile((1 - confidence) / 2) * standardError / value
      return Interval(value * exponential(-reach), value * exponential(reach))
    }
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
