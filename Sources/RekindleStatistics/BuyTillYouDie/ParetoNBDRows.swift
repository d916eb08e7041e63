internal import RekindleCore
internal import RekindleNumerics

/// The likelihood of the Pareto/NBD model over a population.
///
/// The formula is written once, for numbers that carry their derivatives or not. It is cut into what depends
/// on the number of repeats alone and the rest: customers with the same number share the gamma functions.
struct ParetoNBDRows: PopulationLikelihood {
  let rows: RepeatRows

  var count: Int { rows.count }

  /// - Parameter theta: r, α, s, β.
  func logLikelihood(at theta: [Double], workers: Workers) -> LikelihoodPoint {
    let parameters = Parameters(
      theta.enumerated().map { index, value in
        var slope = SIMD4<Double>.zero
        slope[index] = 1
        return Dual(value: value, slope: slope)
      })
    let rows = rows
    let sum = rows.sum(workers, Dual(0), { $0 = $0 + $1 }) { sum, group, range in
      let x = group.repeats
      let shared = Self.shared(parameters, repeats: x)
      for row in range {
        let (last, age) = (rows.ages[Int(rows.last[row])], rows.ages[Int(rows.age[row])])
        sum = sum + rows.weights[row] * (shared + Self.own(parameters, repeats: x, last, age))
      }
    }
    return LikelihoodPoint(value: sum.value, slope: theta.indices.map { sum.slope[$0] }, curvature: nil)
  }

  static func shared<R: Real>(_ theta: Parameters<R>, repeats x: Double) -> R {
    let (r, alpha, s, beta) = (theta.first, theta.second, theta.third, theta.fourth)
    return (r + x).logGamma() - r.logGamma() + r * alpha.log() + s * beta.log()
  }

  /// With B(t) = (α+t)^−(r+x) (β+t)^−s, κ = s / (r+s+x) and φ(t) the transformed ₂F₁:
  ///
  ///     ln {…} = ln [B(T) (1 − κ φ(T)) + B(t_x) κ φ(t_x)],      0 < κ φ < 1
  static func own<R: Real>(_ theta: Parameters<R>, repeats x: Double, _ lastAge: Double, _ age: Double) -> R {
    let (r, alpha, s, beta) = (theta.first, theta.second, theta.third, theta.fourth)
    let rate = r + x
    let total = rate + s
    func B(_ t: Double) -> R { R(0) - rate * (alpha + t).log() - s * (beta + t).log() }
    func phi(_ t: Double) -> R {
      if alpha.value >= beta.value {
        return continuedFraction(rate, total + 1, (alpha - beta) / (alpha + t))
      }
      let z = (beta - alpha) / (beta + t)
      return (alpha + t) / (beta + t) * continuedFraction(s + 1, total + 1, z)
    }
    let kappa = s / total
    let leaving = B(lastAge) + (kappa * phi(lastAge)).log()
    let left = R(1) - kappa * phi(age)
    return left.value > 0 ? R.logSum(B(age) + left.log(), leaving) : leaving
  }

  /// F(1, b; c; z) for c > b > 0 and 0 ≤ z < 1 by Gauss's continued fraction, from its end.
  ///
  /// ```
  /// F = 1 / (1 − k₁ z / (1 − k₂ z / (1 − …)))
  /// k₂ₙ₊₁ = (b + n)(c − 1 + n) / ((c + 2n − 1)(c + 2n)),   k₂ₙ = n (c − b + n − 1) / ((c + 2n − 2)(c + 2n − 1))
  /// ```
  private static func continuedFraction<R: Real>(_ b: R, _ c: R, _ z: R) -> R {
    if z.value == 0 && !(R.self is Double.Type) {
      // The derivative by z is b / c there.
      return R(1) + b / c * z
    }
    var n = depth(b.value, c.value, z.value)
    var tail = R(1)
    while n > 0 {
      let even = Double(n)
      let second =
        even * (c - b + (even - 1)) / ((c + (2 * even - 2)) * (c + (2 * even - 1)))
      tail = R(1) - second * z / tail
      let odd = even - 1
      let first = (b + odd) * (c + (odd - 1)) / ((c + (2 * odd - 1)) * (c + 2 * odd))
      tail = R(1) - first * z / tail
      n -= 1
    }
    return R(1) / tail
  }

  /// How many pairs of levels it takes. Far down every k is near 1/4, where a level leaves
  /// (1 − √(1−z)) / (1 + √(1−z)) of the error; before that, levels up to about the size of the
  /// parameters may do less.
  private static func depth(_ b: Double, _ c: Double, _ z: Double) -> Int {
    let root = (1 - z).squareRoot()
    let ratio = (1 - root) / (1 + root)
    let levels = ratio > 0 ? -37 / logarithm(ratio) : 1
    return Int(min(20_000, levels / 2 + 6 + (min(b, c - b) * levels).squareRoot()))
  }
}
