internal import Foundation

/// The operations of a `Program` on columns of doubles: missing is NaN, a flag is 0 or 1.
extension Program.Operation {
  func apply(to inputs: [UnsafePointer<Double>], count: Int, out: UnsafeMutablePointer<Double>) {
    let a = inputs[0]
    switch self {
    case .constant, .leaf: break
    case .negate: for i in 0..<count { out[i] = -a[i] }
    case .not: for i in 0..<count { out[i] = 1 - a[i] }
    case .isMissing: for i in 0..<count { out[i] = a[i].isNaN ? 1 : 0 }
    case .binary(let operation): operation.apply(a, inputs[1], count, out)
    case .member(let bits):
      let values = bits.map { Double(bitPattern: $0) }
      for i in 0..<count { out[i] = a[i].isNaN ? .nan : values.contains(a[i]) ? 1 : 0 }
    case .call(let function): function.apply(inputs, count, out)
    case .expectation(let expectation, let bits):
      expectation.apply(bits.map { Double(bitPattern: $0) }, inputs, count, out)
    }
  }
}

/// The number itself, or missing when it is infinite.
@inline(__always)
func finite(_ x: Double) -> Double { x.isFinite ? x : .nan }

extension BinaryOperator {
  fileprivate func apply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int,
    _ out: UnsafeMutablePointer<Double>
  ) {
    switch self {
    // A rate with no exposure is missing, not infinite: so is whatever else is not finite.
    case .add: for i in 0..<count { out[i] = finite(a[i] + b[i]) }
    case .subtract: for i in 0..<count { out[i] = finite(a[i] - b[i]) }
    case .multiply: for i in 0..<count { out[i] = finite(a[i] * b[i]) }
    case .divide: for i in 0..<count { out[i] = finite(a[i] / b[i]) }
    case .less: compare(a, b, count, out) { $0 < $1 }
    case .lessOrEqual: compare(a, b, count, out) { $0 <= $1 }
    case .greater: compare(a, b, count, out) { $0 > $1 }
    case .greaterOrEqual: compare(a, b, count, out) { $0 >= $1 }
    case .equal: compare(a, b, count, out) { $0 == $1 }
    case .notEqual: compare(a, b, count, out) { $0 != $1 }
    // Three-valued: what one side alone decides is decided.
    case .and:
      for i in 0..<count {
        out[i] = a[i] == 0 || b[i] == 0 ? 0 : a[i].isNaN || b[i].isNaN ? .nan : 1
      }
    case .or:
      for i in 0..<count {
        out[i] = a[i] == 1 || b[i] == 1 ? 1 : a[i].isNaN || b[i].isNaN ? .nan : 0
      }
    }
  }

  @inline(__always)
  private func compare(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int,
    _ out: UnsafeMutablePointer<Double>, _ holds: (Double, Double) -> Bool
  ) {
    for i in 0..<count { out[i] = a[i].isNaN || b[i].isNaN ? .nan : holds(a[i], b[i]) ? 1 : 0 }
  }
}

extension Function {
  /// How many arguments it takes: at least, at most.
  var arity: ClosedRange<Int> {
    switch self {
    case .log, .log1p, .exp, .sqrt, .abs, .floor: 1...1
    case .min, .max: 2...Int.max
    case .coalesce: 1...Int.max
    case .clamp, .if: 3...3
    }
  }

  fileprivate func apply(
    _ inputs: [UnsafePointer<Double>], _ count: Int, _ out: UnsafeMutablePointer<Double>
  ) {
    let a = inputs[0]
    switch self {
    case .log: for i in 0..<count { out[i] = a[i] > 0 ? Foundation.log(a[i]) : .nan }
    case .log1p: for i in 0..<count { out[i] = a[i] > -1 ? Foundation.log1p(a[i]) : .nan }
    case .exp: for i in 0..<count { out[i] = finite(Foundation.exp(a[i])) }
    case .sqrt: for i in 0..<count { out[i] = a[i] >= 0 ? a[i].squareRoot() : .nan }
    case .abs: for i in 0..<count { out[i] = Swift.abs(a[i]) }
    case .floor: for i in 0..<count { out[i] = a[i].rounded(.down) }
    case .min: fold(inputs, count, out) { $1 < $0 ? $1 : $0 }
    case .max: fold(inputs, count, out) { $1 > $0 ? $1 : $0 }
    case .clamp:
      let low = inputs[1]
      let high = inputs[2]
      for i in 0..<count {
        let missing = a[i].isNaN || low[i].isNaN || high[i].isNaN
        let raised = a[i] < low[i] ? low[i] : a[i]
        out[i] = missing ? .nan : raised > high[i] ? high[i] : raised
      }
    case .coalesce:
      out.update(from: a, count: count)
      for b in inputs.dropFirst() {
        for i in 0..<count where out[i].isNaN { out[i] = b[i] }
      }
    case .if:
      let then = inputs[1]
      let otherwise = inputs[2]
      for i in 0..<count { out[i] = a[i].isNaN ? .nan : a[i] != 0 ? then[i] : otherwise[i] }
    }
  }

  @inline(__always)
  private func fold(
    _ inputs: [UnsafePointer<Double>], _ count: Int, _ out: UnsafeMutablePointer<Double>,
    _ choose: (Double, Double) -> Double
  ) {
    out.update(from: inputs[0], count: count)
    for b in inputs.dropFirst() {
      for i in 0..<count {
        out[i] = out[i].isNaN || b[i].isNaN ? .nan : choose(out[i], b[i])
      }
    }
  }
}
