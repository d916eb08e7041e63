internal import RekindleCore
package import RekindleNumerics

/// A log-likelihood at some parameters, summed over customers.
package struct LikelihoodPoint: Sendable {
  package let value: Double
  /// ∂ℓ/∂θ.
  package let slope: [Double]
  /// ∂²ℓ/∂θ²; `nil` where it is left to differences of the slope.
  package let curvature: Matrix?
}

/// The likelihood of a model over a population.
protocol PopulationLikelihood: Sendable {
  /// Customers.
  var count: Int { get }
  func logLikelihood(at theta: [Double], workers: Workers) -> LikelihoodPoint
}

/// The maximum of a likelihood over positive parameters, found on their logarithms.
///
/// ```
/// θ = e^u,   ∂ℓ/∂u = θ ∂ℓ/∂θ,   ∂²ℓ/∂u² = θ θ' ∂²ℓ/∂θ² + diag(θ ∂ℓ/∂θ)
/// Cov(θ) = diag(θ) (−∂²ℓ/∂u²)⁻¹ diag(θ)       at the maximum
/// ```
struct LikelihoodSearch: Sendable {
  /// Of the parameters, in their order.
  let names: [String]
  /// Such as `MBG/NBD`.
  let model: String
  let workers: Workers

  /// About as many customers as a sample for the first steps should have: its maximum is within some
  /// hundredths of that over all, from where Newton steps square the error.
  static let sampleSize = 20_000

  /// - Parameters:
  ///   - sample: the likelihood of a part of the customers, for the longest part of the way.
  ///   - starts: tried in order until one ends in a maximum.
  /// - Throws: `RK0901` when none does.
  func maximum<L: PopulationLikelihood>(of likelihood: L, sample: L?, starts: [[Double]])
    throws(Diagnostic) -> (theta: [Double], fit: LikelihoodFit)
  {
    var starts = starts
    for start in sample == nil ? [] : starts {
      guard let sample, case .minimum(let rough) = outcome(from: start, sample) else { continue }
      starts.insert(rough.position.map { exponential($0) }, at: 0)
      break
    }
    var failure: (theta: [Double], reason: String)?
    for start in starts {
      switch outcome(from: start, likelihood) {
      case .failed(let u, let reason):
        failure = failure ?? (u.map { exponential($0) }, reason)
      case .minimum(let minimum):
        guard let information = Cholesky(minimum.hessian) else { continue }
        return fit(minimum, information, likelihood.count)
      }
    }
    let place = zip(names, failure?.theta ?? []).map { "\($0) = \($1)" }.joined(separator: ", ")
    throw Diagnostic(
      "RK0901", "the \(model) model has no maximum of its likelihood in these \(likelihood.count) customers",
      kind: .checkFailed,
      notes: ["the search ended at \(place): \(failure?.reason ?? "no start was given")"],
      help: "a parameter at the edge means that the data do not show what it stands for (nobody leaves, or "
        + "all are alike): use more customers, a longer time, or another model")
  }

  private func outcome(from start: [Double], _ likelihood: some PopulationLikelihood)
    -> QuasiNewton.Outcome
  {
    let n = Double(likelihood.count)
    return QuasiNewton().minimise(from: start.map { logarithm($0) }) { u in
      let theta = u.map { exponential($0) }
      let point = likelihood.logLikelihood(at: theta, workers: workers)
      let gradient = zip(theta, point.slope).map { -$0 * $1 / n }
      let hessian = point.curvature.map { curvature in
        var hessian = Matrix(rows: theta.count, columns: theta.count)
        for i in theta.indices {
          for j in theta.indices { hessian[i, j] = -theta[i] * theta[j] * curvature[i, j] / n }
          hessian[i, i] += gradient[i]
        }
        return hessian
      }
      return QuasiNewton.Point(value: -point.value / n, gradient: gradient, hessian: hessian)
    }
  }

  private func fit(_ minimum: QuasiNewton.Minimum, _ information: Cholesky, _ customers: Int)
    -> (theta: [Double], fit: LikelihoodFit)
  {
    let n = Double(customers)
    let inverse = information.inverse()
    let theta = minimum.position.map { exponential($0) }
    var covariance: [Double] = []
    for i in theta.indices {
      for j in theta.indices { covariance.append(theta[i] * theta[j] * inverse[i, j] / n) }
    }
    return (
      theta,
      LikelihoodFit(
        estimates: theta.indices.map {
          LikelihoodFit.Estimate(
            name: names[$0], value: theta[$0],
            standardError: covariance[$0 * theta.count + $0].squareRoot())
        },
        covariance: covariance, logLikelihood: -minimum.value * n, count: customers,
        evaluations: minimum.evaluations)
    )
  }
}
