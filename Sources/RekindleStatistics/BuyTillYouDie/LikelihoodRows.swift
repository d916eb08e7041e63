internal import RekindleCore
internal import RekindleNumerics

/// Four parameters as numbers of one sort.
struct Parameters<R: Real>: Sendable {
  var first, second, third, fourth: R

  init(_ theta: [R]) {
    first = theta[0]
    second = theta[1]
    third = theta[2]
    fourth = theta.count > 3 ? theta[3] : R(0)
  }
}

/// The log-likelihood of one customer, cut into what depends on the number of repeats alone and the
/// rest: customers with the same number share the gamma functions, which cost most.
protocol RowLikelihood: Sendable {
  /// In the order in which they are reported.
  static var parameterNames: [String] { get }
  static func shared<R: Real>(_ theta: Parameters<R>, repeats x: Double) -> R
  /// - Parameters first, second: t_x and T; of spend models the mean spend and 0.
  static func own<R: Real>(_ theta: Parameters<R>, repeats x: Double, _ first: Double, _ second: Double) -> R
}

/// Customers with the same numbers joined, ordered by the number of repeats: a million customers who are
/// followed by the day are a few hundred thousand distinct rows, and half of a usual shop are one-time
/// buyers with a few hundred.
struct LikelihoodRows: Sendable {
  private(set) var repeats: [Double] = []
  private(set) var first: [Double] = []
  private(set) var second: [Double] = []
  private(set) var counts: [Double] = []
  let total: Int

  init(_ rows: [SIMD3<Double>]) {
    total = rows.count
    let sorted = rows.sorted { ($0.x, $0.y, $0.z) < ($1.x, $1.y, $1.z) }
    var previous: SIMD3<Double>?
    for row in sorted {
      if row == previous {
        counts[counts.count - 1] += 1
      } else {
        repeats.append(row.x)
        first.append(row.y)
        second.append(row.z)
        counts.append(1)
        previous = row
      }
    }
  }

  /// The mean of a column over the customers, summed in the order of the rows: a search that began at a
  /// mean in the order of the input would end elsewhere by a rounding.
  func mean(of column: KeyPath<LikelihoodRows, [Double]>) -> Double {
    zip(counts, self[keyPath: column]).reduce(0) { $0 + $1.0 * $1.1 } / Double(total)
  }

  /// Σ over the customers.
  func logLikelihood<L: RowLikelihood>(_: L.Type, at theta: [Dual], workers: Workers) -> Dual {
    let size = 4096
    let blocks = (repeats.count + size - 1) / size
    let parameters = Parameters(theta)
    let parts = workers.map(blocks: blocks) { block -> (Double, SIMD4<Double>) in
      var sum = Dual(0)
      var common = Dual(0)
      var x = -1.0
      for row in block * size..<min(repeats.count, (block + 1) * size) {
        if repeats[row] != x {
          x = repeats[row]
          common = L.shared(parameters, repeats: x)
        }
        sum = sum + counts[row] * (common + L.own(parameters, repeats: x, first[row], second[row]))
      }
      return (sum.value, sum.slope)
    }
    return parts.reduce(Dual(0)) { $0 + Dual(value: $1.0, slope: $1.1) }
  }

  /// The maximum of the likelihood over positive parameters, found on their logarithms.
  ///
  /// ```
  /// θ = e^u,   ∂ℓ/∂u = θ ∂ℓ/∂θ,   Cov(θ) = diag(θ) (−∂²ℓ/∂u²)⁻¹ diag(θ)   at the maximum
  /// ```
  /// - Parameter starts: tried in order until one ends in a maximum.
  /// - Throws: `RK0901` when none does.
  func fit<L: RowLikelihood>(
    _ likelihood: L.Type, starts: [[Double]], model: String, workers: Workers
  ) throws(Diagnostic) -> (theta: [Double], fit: LikelihoodFit) {
    let names = L.parameterNames
    let n = Double(total)
    var failure: (theta: [Double], reason: String)?
    for start in starts {
      let outcome = QuasiNewton().minimise(from: start.map { logarithm($0) }) { u in
        let theta = u.enumerated().map { index, u in
          let value = exponential(u)
          var slope = SIMD4<Double>.zero
          slope[index] = value
          return Dual(value: value, slope: slope)
        }
        let sum = logLikelihood(L.self, at: theta, workers: workers)
        return (-sum.value / n, names.indices.map { -sum.slope[$0] / n })
      }
      switch outcome {
      case .failed(let u, let reason):
        failure = failure ?? (u.map { exponential($0) }, reason)
      case .minimum(let minimum):
        guard let information = Cholesky(minimum.hessian) else { continue }
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
            covariance: covariance, logLikelihood: -minimum.value * n, count: total,
            evaluations: minimum.evaluations)
        )
      }
    }
    let place = zip(names, failure?.theta ?? []).map { "\($0) = \($1)" }.joined(separator: ", ")
    throw Diagnostic(
      "RK0901", "the \(model) model has no maximum of its likelihood in these \(total) customers",
      kind: .checkFailed,
      notes: ["the search ended at \(place): \(failure?.reason ?? "no start was given")"],
      help: "a parameter at the edge means that the data do not show what it stands for (nobody leaves, or "
        + "all are alike): use more customers, a longer time, or another model")
  }
}
