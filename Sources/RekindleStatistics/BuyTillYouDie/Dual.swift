internal import RekindleNumerics

/// What a log-likelihood is written in: a plain number, or one that carries its derivatives.
///
/// A likelihood is written once, for any such number. Derivatives then cannot disagree with the
/// formula, as those worked out by hand can, and are exact, as differences are not.
protocol Real: Sendable {
  init(_ constant: Double)
  var value: Double { get }
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  static func + (a: Self, b: Double) -> Self
  static func * (a: Double, b: Self) -> Self
  func log() -> Self
  func exp() -> Self
  func logGamma() -> Self
}

extension Real {
  /// ln(eᵃ + eᵇ) without overflow.
  static func logSum(_ a: Self, _ b: Self) -> Self {
    let (high, low) = a.value >= b.value ? (a, b) : (b, a)
    // A term 1e-17 of the other changes nothing, and exp would underflow.
    if low.value < high.value - 40 { return high }
    return high + (Self(1) + (low - high).exp()).log()
  }
}

extension Double: Real {
  var value: Double { self }
  func log() -> Double { logarithm(self) }
  func exp() -> Double { exponential(self) }
  func logGamma() -> Double { RekindleNumerics.logGamma(self) }
}

/// A number and its derivatives by up to four parameters (forward automatic differentiation).
struct Dual: Real {
  var value: Double
  var slope: SIMD4<Double>

  init(_ constant: Double) {
    self.init(value: constant, slope: .zero)
  }

  init(value: Double, slope: SIMD4<Double>) {
    self.value = value
    self.slope = slope
  }

  static func + (a: Dual, b: Dual) -> Dual { Dual(value: a.value + b.value, slope: a.slope + b.slope) }
  static func - (a: Dual, b: Dual) -> Dual { Dual(value: a.value - b.value, slope: a.slope - b.slope) }
  static func * (a: Dual, b: Dual) -> Dual {
    Dual(value: a.value * b.value, slope: a.slope * b.value + b.slope * a.value)
  }
  static func / (a: Dual, b: Dual) -> Dual {
    let quotient = a.value / b.value
    return Dual(value: quotient, slope: (a.slope - b.slope * quotient) / b.value)
  }
  static func + (a: Dual, b: Double) -> Dual { Dual(value: a.value + b, slope: a.slope) }
  static func * (a: Double, b: Dual) -> Dual { Dual(value: a * b.value, slope: a * b.slope) }

  func log() -> Dual { Dual(value: logarithm(value), slope: slope / value) }
  func exp() -> Dual {
    let e = exponential(value)
    return Dual(value: e, slope: slope * e)
  }
  func logGamma() -> Dual {
    Dual(value: RekindleNumerics.logGamma(value), slope: slope * digamma(value))
  }
}

/// Four parameters as numbers of one sort.
struct Parameters<R: Real>: Sendable {
  let first, second, third, fourth: R

  init(_ theta: [R]) {
    first = theta[0]
    second = theta[1]
    third = theta[2]
    fourth = theta[3]
  }
}
