internal import Foundation

extension RandomStream {
  /// A standard normal variate.
  ///
  /// Marsaglia's polar method: a point of the unit disc gives two independent normals. The second
  /// is let go, so that a stream has no hidden half-used state.
  /// Source: G. Marsaglia, T. Bray, SIAM Review 6(3), 1964.
  public mutating func normal() -> Double {
    while true {
      let u = 2 * uniform() - 1
      let v = 2 * uniform() - 1
      let s = u * u + v * v
      if s > 0, s < 1 { return u * (-2 * log(s) / s).squareRoot() }
    }
  }

  /// An exponential variate of mean 1: `−log U`.
  public mutating func exponential() -> Double {
    -log(openUniform())
  }

  /// A gamma variate of scale 1.
  ///
  /// ```
  /// density  x^(k−1) e^(−x) / Γ(k)
  /// ```
  ///
  /// Squeezes a transformed normal; for k < 1 a variate of shape k + 1 is multiplied by U^(1/k).
  /// Source: G. Marsaglia, W. Tsang, "A simple method for generating gamma variables",
  /// ACM Trans. Math. Softw. 26(3), 2000.
  /// - Parameter shape: k > 0.
  public mutating func gamma(shape: Double) -> Double {
    precondition(shape > 0 && shape.isFinite, "a gamma variate of shape \(shape)")
    if shape < 1 {
      let boosted = gamma(shape: shape + 1)
      return boosted * pow(openUniform(), 1 / shape)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      if root <= 0 { continue }
      let v = root * root * root
      let u = openUniform()
      if u < 1 - 0.0331 * (x * x) * (x * x) { return d * v }
      if log(u) < 0.5 * x * x + d * (1 - v + log(v)) { return d * v }
    }
  }

  /// A beta variate: `X / (X + Y)` of two gammas.
  /// - Parameters:
  ///   - a: first shape, > 0.
  ///   - b: second shape, > 0.
  public mutating func beta(_ a: Double, _ b: Double) -> Double {
    let x = gamma(shape: a)
    let y = gamma(shape: b)
    return x / (x + y)
  }

  /// A Poisson variate.
  ///
  /// Below a mean of 10 the distribution function is walked from 0; above, Hörmann's transformed
  /// rejection (PTRS), whose cost does not grow with the mean.
  /// Source: W. Hörmann, "The transformed rejection method for generating Poisson random
  /// variables", Insurance: Mathematics and Economics 12, 1993.
  /// - Parameter mean: ≥ 0 and finite; 0 gives 0.
  public mutating func poisson(mean: Double) -> Int {
    precondition(mean >= 0 && mean < 1e15, "a Poisson variate of mean \(mean)")
    if mean < 10 {
      let u = uniform()
      // Most calls have a small mean and end here: e^(−m) ≥ 1 − m saves the exponential.
      if u < 1 - mean { return 0 }
      var probability = exp(-mean)
      var cumulative = probability
      var count = 0
      while u >= cumulative, count < 200 {
        count += 1
        probability *= mean / Double(count)
        cumulative += probability
      }
      return count
    }
    let b = 0.931 + 2.53 * mean.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let edge = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = uniform() - 0.5
      let v = openUniform()
      let us = 0.5 - abs(u)
      let k = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
      if us >= 0.07, v <= edge { return Int(k) }
      if k < 0 || (us < 0.013 && v > us) { continue }
      let logAccept = log(v * inverseAlpha / (a / (us * us) + b))
      if logAccept <= k * log(mean) - mean - logFactorial(k) { return Int(k) }
    }
  }

  /// An index drawn with probability proportional to its weight; for one or a few draws from
  /// weights that change. For many draws from the same weights, use `AliasTable`.
  /// - Parameter weights: ≥ 0, at least one of them positive.
  public mutating func categorical(_ weights: [Double]) -> Int {
    var total = 0.0
    for weight in weights { total += weight }
    precondition(total > 0 && total.isFinite, "weights that sum to \(total)")
    var rest = uniform() * total
    var last = 0
    for (index, weight) in weights.enumerated() where weight > 0 {
      if rest < weight { return index }
      rest -= weight
      last = index
    }
    return last
  }
}

/// ln k! by Stirling's series from k + 10 down; absolute error under 1e-12 for k ≥ 0.
///
/// Not `lgamma`: that writes the global `signgam`, which two threads may not share.
private func logFactorial(_ k: Double) -> Double {
  var x = k + 1
  var shift = 0.0
  while x < 10 {
    shift += log(x)
    x += 1
  }
  let r = 1 / (x * x)
  let series = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680)))) / x
  return (x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi) + series - shift
}
