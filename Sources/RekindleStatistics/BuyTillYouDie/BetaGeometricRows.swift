internal import RekindleCore
internal import RekindleNumerics

/// The likelihood of a beta-geometric model over a population, with its derivatives.
///
/// With R = r + x and o = a / (b+k−1), the likelihood of a customer (`BetaGeometricModel`) is
///
/// ```
/// ln L = A(x) − R ln(α+T) + ln(1 + e^z),     z = ln o + R D,   D = ln(α+T) − ln(α+t_x)
/// A(x) = ln Γ(r+x) − ln Γ(r) + r ln α + ln B(a, b+k) − ln B(a, b)
/// ```
/// A is computed once a number of repeats and the logarithms once an age, so that a row costs one exponential
/// and one logarithm. Derivatives of ln(1 + e^z) are those of z times its logistic σ, and of R D they are D by
/// r and R E by α with E = 1/(α+T) − 1/(α+t_x): what is summed over the rows of a group are products of σ, or
/// of σ (1−σ), with D and E, and all derivatives follow from those sums. Numbers that carry their derivatives
/// (`Dual`) would give the same from the formula alone, at seven times the cost.
struct BetaGeometricRows: PopulationLikelihood {
  private let rows: RepeatRows
  private let earlyChances: Double
  /// Σ 1 and Σ x over the customers of each age T.
  private var customersOfAge: [Double]
  private var repeatsOfAge: [Double]

  init(_ rows: RepeatRows, earlyChances: Double) {
    self.rows = rows
    self.earlyChances = earlyChances
    customersOfAge = [Double](repeating: 0, count: rows.ages.count)
    repeatsOfAge = customersOfAge
    for group in rows.groups {
      for row in group.range {
        customersOfAge[Int(rows.age[row])] += rows.weights[row]
        repeatsOfAge[Int(rows.age[row])] += rows.weights[row] * group.repeats
      }
    }
  }

  var count: Int { rows.count }

  /// - Parameter theta: r, α, a, b.
  func logLikelihood(at theta: [Double], workers: Workers) -> LikelihoodPoint {
    let theta = SIMD4(theta[0], theta[1], theta[2], theta[3])
    var total = Sum()
    addShared(&total, theta)
    let logs = rows.ages.map { logarithm(theta.y + $0) }
    let inverses = rows.ages.map { 1 / (theta.y + $0) }
    for place in rows.ages.indices {
      // −R ln(α+T) over the customers of this age.
      let (L, I) = (logs[place], inverses[place])
      let n = customersOfAge[place]
      let R = theta.x * n + repeatsOfAge[place]
      total.value -= R * L
      total.slope -= SIMD4(n * L, R * I, 0, 0)
      total.r.y -= n * I
      total.alpha.y += R * I * I
    }
    let (early, rows) = (earlyChances, rows)
    total.add(
      rows.sum(workers, Sum(), { $0.add($1) }) { part, group, range in
        guard group.repeats + early > 0 else { return }
        Self.add(&part, rows, group, range, theta, early, logs, inverses)
      })
    var curvature = Matrix(rows: 4, columns: 4)
    for (i, row) in [total.r, total.alpha, total.a, total.b].enumerated() {
      for j in i..<4 {
        curvature[i, j] = row[j]
        curvature[j, i] = row[j]
      }
    }
    return LikelihoodPoint(
      value: total.value, slope: (0..<4).map { total.slope[$0] }, curvature: curvature)
  }

  /// Value, slope and the rows of the upper triangle of the second derivatives.
  private struct Sum: Sendable {
    var value = 0.0
    var slope = SIMD4<Double>.zero
    var r = SIMD4<Double>.zero
    var alpha = SIMD4<Double>.zero
    var a = SIMD4<Double>.zero
    var b = SIMD4<Double>.zero

    mutating func add(_ other: Sum) {
      value += other.value
      slope += other.slope
      r += other.r
      alpha += other.alpha
      a += other.a
      b += other.b
    }
  }

  /// Σ A(x).
  private func addShared(_ sum: inout Sum, _ theta: SIMD4<Double>) {
    let (r, alpha, a, b) = (theta.x, theta.y, theta.z, theta.w)
    for group in rows.groups {
      let (x, n) = (group.repeats, group.customers)
      let k = x + earlyChances
      let all = a + b + k
      sum.value +=
        n
        * (logGamma(r + x) - logGamma(r) + r * logarithm(alpha)
          + (logGamma(b + k) - logGamma(b)) + (logGamma(a + b) - logGamma(all)))
      let leaving = digamma(a + b) - digamma(all)
      sum.slope +=
        n
        * SIMD4(
          digamma(r + x) - digamma(r) + logarithm(alpha), r / alpha, leaving,
          digamma(b + k) - digamma(b) + leaving)
      let bend = trigamma(a + b) - trigamma(all)
      sum.r += n * SIMD4(trigamma(r + x) - trigamma(r), 1 / alpha, 0, 0)
      sum.alpha.y -= n * r / (alpha * alpha)
      sum.a += n * SIMD4(0, 0, bend, bend)
      sum.b.w += n * (trigamma(b + k) - trigamma(b) + bend)
    }
  }

  /// Σ ln(1 + e^z) over rows of one group.
  private static func add(
    _ sum: inout Sum, _ rows: RepeatRows, _ group: RepeatRows.Group, _ range: Range<Int>,
    _ theta: SIMD4<Double>, _ earlyChances: Double, _ logs: [Double], _ inverses: [Double]
  ) {
    let R = theta.x + group.repeats
    let chances = theta.w + group.repeats + earlyChances - 1
    let odds = logarithm(theta.z) - logarithm(chances)
    var value = 0.0
    // Σ of σ times 1, D, E, E (1/(α+T) + 1/(α+t_x)), then of σ (1 − σ) times 1, D, E, D², D E, E².
    var (s, sD, sE, sF) = (0.0, 0.0, 0.0, 0.0)
    var (v, vD, vE, vDD, vDE, vEE) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for row in range {
      let (last, age) = (Int(rows.last[row]), Int(rows.age[row]))
      let D = logs[age] - logs[last]
      let E = inverses[age] - inverses[last]
      let z = odds + R * D
      let e = exponential(-abs(z))
      let inverse = 1 / (1 + e)
      let w = rows.weights[row]
      // The logarithm of 1 + e is good to the rounding of 1, which is what matters in a sum.
      value += w * (max(z, 0) + logarithm(1 + e))
      let sigma = w * (z >= 0 ? inverse : e * inverse)
      let bend = w * e * inverse * inverse
      s += sigma
      sD += sigma * D
      sE += sigma * E
      sF += sigma * E * (inverses[age] + inverses[last])
      v += bend
      vD += bend * D
      vE += bend * E
      vDD += bend * D * D
      vDE += bend * D * E
      vEE += bend * E * E
    }
    // ∂ ln o by a and by b.
    let (byA, byB) = (1 / theta.z, -1 / chances)
    sum.value += value
    sum.slope += SIMD4(sD, R * sE, byA * s, byB * s)
    sum.r += SIMD4(vDD, R * vDE + sE, byA * vD, byB * vD)
    sum.alpha += SIMD4(0, R * R * vEE - R * sF, R * byA * vE, R * byB * vE)
    sum.a += SIMD4(0, 0, byA * byA * (v - s), byA * byB * v)
    sum.b.w += byB * byB * (v + s)
  }
}
