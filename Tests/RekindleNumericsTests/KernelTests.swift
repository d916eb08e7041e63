import CKernels
import Foundation
import RekindleNumerics
import Testing

/// The C kernel on every level of the instruction set that this processor has, against plain Swift.
@Suite struct KernelTests {
  struct Output: Equatable {
    var residual: [Double]
    var curvature: [Double]
    var gradient: [Double]
    var sums: [Double]
  }

  private func run(
    level: Int32, X: Matrix, y: [Double], weights: [Double]?, offset: [Double]?, beta: [Double],
    centre: [Double]?
  ) -> Output {
    let p = X.columns
    let padded = Int(rk_padded(Int64(p)))
    let padding = [Double](repeating: 0, count: padded - p)
    let paddedCentre: [Double]? = centre.map { (values: [Double]) -> [Double] in values + padding }
    var scratch = [Double](repeating: 0, count: 8 * padded)
    var out = Output(
      residual: [Double](repeating: 0, count: X.rows), curvature: [Double](repeating: 0, count: X.rows),
      gradient: [Double](repeating: 0, count: padded), sums: [0, 0])
    rk_logistic_rows(
      level, Int64(X.rows), Int64(p), X.storage, Int64(X.storage.count), beta + padding, paddedCentre,
      0.3,
      y, weights, offset, &scratch, &out.residual, &out.curvature, &out.gradient, &out.sums)
    out.gradient.removeLast(padded - p)
    return out
  }

  @Test(arguments: [1, 7, 8, 13, 24, 45, 200], [1, 5, 64, 1000])
  func allLevelsGiveTheBitsOfEachOtherAndTheValuesOfTheFormula(columns: Int, rows: Int) {
    var numbers = TestNumbers(seed: UInt64(columns * 1000 + rows))
    let (X, y) = numbers.logistic(rows: rows, columns: columns)
    let beta = (0..<columns).map { _ in numbers.normal() }
    // Every second size is run without a centre.
    let centre: [Double]? = columns % 2 == 0 ? nil : (0..<columns).map { _ in numbers.normal() }
    let weights = (0..<rows).map { _ in numbers.uniform() * 3 }
    let offset = (0..<rows).map { _ in numbers.normal() }
    for (w, o) in [(nil, nil), (weights, nil), (nil, offset), (weights, offset)] as [([Double]?, [Double]?)] {
      let reference = run(level: 0, X: X, y: y, weights: w, offset: o, beta: beta, centre: centre)
      for level in 1...max(1, rk_kernel_level()) where level <= rk_kernel_level() {
        #expect(run(level: level, X: X, y: y, weights: w, offset: o, beta: beta, centre: centre) == reference)
      }
      var loss = 0.0
      var gradient = [Double](repeating: 0, count: columns)
      for i in 0..<rows {
        var eta = 0.3 + (o?[i] ?? 0)
        for j in 0..<columns { eta += (X[i, j] - (centre?[j] ?? 0)) * beta[j] }
        let p = 1 / (1 + exp(-eta))
        let weight = w?[i] ?? 1
        loss += weight * (max(eta, 0) + log1p(exp(-abs(eta))) - y[i] * eta)
        for j in 0..<columns { gradient[j] += weight * (p - y[i]) * (X[i, j] - (centre?[j] ?? 0)) }
        #expect(abs(reference.residual[i] - weight * (p - y[i])) < 1e-13)
        #expect(abs(reference.curvature[i] - weight * p * (1 - p)) < 1e-13)
      }
      #expect(abs(reference.sums[0] - loss) <= 1e-12 * max(1, loss))
      #expect(abs(reference.sums[1] - reference.residual.reduce(0, +)) < 1e-11)
      #expect(zip(reference.gradient, gradient).allSatisfy { abs($0 - $1) < 1e-11 * Double(rows) })
    }
  }

  @Test func extremePredictorsStayFinite() {
    let X = Matrix(rows: [[-1000], [-708.5], [-30], [0], [30], [709], [1e6]])
    for label in [0.0, 1] {
      let y = [Double](repeating: label, count: 7)
      let out = run(level: rk_kernel_level(), X: X, y: y, weights: nil, offset: nil, beta: [1], centre: nil)
      #expect(out.residual.allSatisfy { $0.isFinite && abs($0) <= 1 })
      #expect(out.curvature.allSatisfy { $0 >= 0 && $0 <= 0.25 })
      let loss = X.storage.reduce(0.0) { $0 + max($1 + 0.3, 0) - label * ($1 + 0.3) }
      // The rows near 0 alone add more than the larger of 0 and eta.
      #expect(out.sums[0] - loss > 0.5 && out.sums[0] - loss < 0.7)
    }
  }
}
