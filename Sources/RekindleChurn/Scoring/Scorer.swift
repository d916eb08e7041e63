internal import Foundation
public import RekindleBehaviour
public import RekindleCore

/// Applies a model to customers: probability, interval, band and the three strongest reasons.
///
///     η = β₀ + x'β,   p = 1 / (1 + e^−η),   interval = logistic(η ± 1.96 √((1, x)' V (1, x)))
///
/// `V` the covariance of β clustered by customer: the interval says how well the model's own line is
/// known at x, not how sure one customer's fate is.
public struct Scorer: Sendable {
  public let model: ChurnModel
  private let weights: [Double]
  private let offsets: [Double]
  private let intercept: Double
  private let variance: VarianceForm

  /// Rows that are worked on at a time within a block, a lane each.
  private static let lanes = 8

  public init(model: ChurnModel) {
    self.model = model
    intercept = model.coefficients[0].standardized
    weights = model.coefficients.dropFirst().map(\.standardized)
    // A contribution is relative to the training mean; standardised columns have mean 0.
    offsets = model.preparation.columns.map { model.preparation.style == .plain ? $0.mean : 0 }
    variance = VarianceForm(model.covariance)
  }

  /// Scores every row of a table that has the model's features.
  /// - Throws: `RK0510` when the table lacks a feature or has it as another type.
  public func score(_ table: FeatureTable, workers: Workers = Workers(1)) throws(Diagnostic) -> ScoreTable {
    let inputs = try DesignInputs(table, model.preparation)
    let rows = table.rowCount
    let blocks = (rows + DesignInputs.blockRows - 1) / DesignInputs.blockRows
    let scored = workers.map(blocks: blocks) { block in
      score(DesignInputs.range(block, of: rows), of: inputs)
    }
    var result = ScoreTable(model: model, table: table)
    for block in scored {
      result.probabilities += block.probabilities
      result.low += block.low
      result.high += block.high
      result.reasonFeatures += block.reasons
    }
    return result
  }

  private struct Block: Sendable {
    var probabilities: [Double] = []
    var low: [Double] = []
    var high: [Double] = []
    var reasons: [Int32] = []
  }

  private func score(_ range: Range<Int>, of inputs: DesignInputs) -> Block {
    let width = weights.count
    let columns = model.preparation.columns
    let featureCount = model.preparation.features.count
    // That a value is missing moves the probability, but is no reason that anybody could act on: it
    // goes to a slot behind the features.
    let isFlag = columns.map { $0.missing.isEmpty && model.preparation.features[$0.feature].kind == .flag }
    let owner = columns.map { $0.missing.isEmpty ? $0.feature : featureCount }
    let rows = range.count
    var block = Block()
    block.probabilities.reserveCapacity(rows)
    block.low.reserveCapacity(rows)
    block.high.reserveCapacity(rows)
    block.reasons.reserveCapacity(rows * ScoreTable.reasonCount)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, rows * width)) { design in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: featureCount + 1) { contributions in
        withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: width) { panel in
          guard let base = design.baseAddress else { return }
          inputs.write(range, into: base)
          for first in stride(from: 0, to: rows, by: Self.lanes) {
            let count = min(Self.lanes, rows - first)
            for column in 0..<width {
              var lane = SIMD8<Double>.zero
              for row in 0..<count { lane[row] = base[(first + row) * width + column] }
              panel[column] = lane
            }
            let variances = variance.values(UnsafeBufferPointer(panel))
            for row in 0..<count {
              let x = base + (first + row) * width
              contributions.update(repeating: 0)
              var eta = intercept
              for column in 0..<width {
                eta += weights[column] * x[column]
                let excess = x[column] - offsets[column]
                // That a flag does not hold is no reason: "lost the main category: no".
                if isFlag[column] && excess <= 0 { continue }
                contributions[owner[column]] += weights[column] * excess
              }
              let half = normal975 * max(0, variances[row]).squareRoot()
              block.probabilities.append(logistic(eta))
              block.low.append(logistic(eta - half))
              block.high.append(logistic(eta + half))
              Self.appendStrongest(
                UnsafeBufferPointer(rebasing: contributions[..<featureCount]), to: &block.reasons)
            }
          }
        }
      }
    }
    return block
  }

  /// The features with the greatest positive contributions, greatest first, −1 where there are
  /// fewer; of equal ones the earlier feature of the model first.
  private static func appendStrongest(_ contributions: UnsafeBufferPointer<Double>, to reasons: inout [Int32])
  {
    // Below this a contribution is rounding, not a reason: it moves no probability by 1e-9.
    let least = 1e-9
    var first: (Int32, Double) = (-1, least)
    var second: (Int32, Double) = (-1, least)
    var third: (Int32, Double) = (-1, least)
    for (index, value) in contributions.enumerated() where value > third.1 {
      if value > first.1 {
        (first, second, third) = ((Int32(index), value), first, second)
      } else if value > second.1 {
        (second, third) = ((Int32(index), value), second)
      } else {
        third = (Int32(index), value)
      }
    }
    reasons.append(first.0)
    reasons.append(second.0)
    reasons.append(third.0)
  }
}

/// (1, x)' V (1, x) for eight rows at a time.
private struct VarianceForm: Sendable {
  private let constant: Double
  private let linear: [Double]
  /// Row after row of the lower triangle, off-diagonal terms doubled.
  private let triangle: [Double]

  init(_ covariance: CovarianceMatrix) {
    constant = covariance[0, 0]
    linear = (1..<covariance.order).map { 2 * covariance[$0, 0] }
    var triangle: [Double] = []
    for row in 1..<max(1, covariance.order) {
      for column in 1..<row { triangle.append(2 * covariance[row, column]) }
      triangle.append(covariance[row, row])
    }
    self.triangle = triangle
  }

  func values(_ x: UnsafeBufferPointer<SIMD8<Double>>) -> SIMD8<Double> {
    var total = SIMD8<Double>(repeating: constant)
    triangle.withUnsafeBufferPointer { triangle in
      var at = 0
      for row in 0..<x.count {
        var inner = SIMD8<Double>(repeating: linear[row])
        for column in 0...row {
          inner += triangle[at] * x[column]
          at += 1
        }
        total += inner * x[row]
      }
    }
    return total
  }
}
