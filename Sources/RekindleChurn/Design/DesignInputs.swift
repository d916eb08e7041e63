internal import Foundation
internal import RekindleBehaviour
internal import RekindleCore

/// A feature table bound to a preparation: what writes blocks of design rows.
struct DesignInputs: Sendable {
  /// Rows a block: fixed, so that results do not depend on the number of threads.
  static let blockRows = 1024

  let preparation: Preparation
  let inputs: [FeatureInput]
  /// The columns of each feature that has them: (column, part).
  private let parts: [[(column: Int, part: Int)]]
  private let indicators: [Int]

  /// - Throws: `RK0510` when the table lacks a feature or has it as another type.
  init(_ table: FeatureTable, _ preparation: Preparation) throws(Diagnostic) {
    self.preparation = preparation
    var inputs: [FeatureInput] = []
    for feature in preparation.features {
      guard let column = table.column(feature.name) else {
        throw Diagnostic(
          "RK0510", "the feature table lacks \"\(feature.name)\", which the model needs",
          notes: ["table has: \(table.columns.map(\.name).joined(separator: ", "))"],
          help: "score the event log, or make the table with the features of this model")
      }
      let isCategory = if case .category = column.values { true } else { false }
      guard isCategory == (feature.kind == .category) else {
        throw Diagnostic(
          "RK0510",
          "\"\(feature.name)\" is a \(isCategory ? "category" : "number") in the feature table and "
            + "a \(feature.kind.rawValue) in the model",
          help: "make the table with the features of this model")
      }
      inputs.append(FeatureInput(column, as: feature))
    }
    self.inputs = inputs
    var parts = [[(column: Int, part: Int)]](repeating: [], count: inputs.count)
    var indicators: [Int] = []
    for (index, column) in preparation.columns.enumerated() {
      if column.part >= 0 {
        parts[column.feature].append((index, column.part))
      } else {
        indicators.append(index)
      }
    }
    self.parts = parts
    self.indicators = indicators
  }

  static func range(_ block: Int, of rows: Int) -> Range<Int> {
    block * blockRows..<min(rows, (block + 1) * blockRows)
  }

  /// Writes the design rows of `range`, row-major, to `target`.
  func write(_ range: Range<Int>, into target: UnsafeMutablePointer<Double>) {
    let width = preparation.columns.count
    let isPlain = preparation.style == .plain
    for (index, input) in inputs.enumerated() {
      let feature = preparation.features[index]
      for (columnIndex, part) in parts[index] {
        let column = preparation.columns[columnIndex]
        let centre = isPlain ? 0 : column.mean
        let factor = isPlain ? 1 : 1 / column.deviation
        // Missing takes the mean: 0 once standardised.
        let absent = isPlain ? column.mean : 0
        var place = target + columnIndex
        input.forEachPart(part, of: feature, rows: range) { value in
          place.pointee = value.isNaN ? absent : (value - centre) * factor
          place += width
        }
      }
    }
    for columnIndex in indicators {
      let column = preparation.columns[columnIndex]
      let centre = isPlain ? 0 : column.mean
      let factor = isPlain ? 1 : 1 / column.deviation
      var place = target + columnIndex
      for row in range {
        let isMissing = column.missing.contains { inputs[$0].isMissing(row) }
        place.pointee = ((isMissing ? 1 : 0) - centre) * factor
        place += width
      }
    }
  }
}

/// One feature's values as the preparation reads them.
enum FeatureInput: Sendable {
  /// NaN (or an infinity) is missing.
  case numbers([Double])
  /// The column part of each row's level: −1 missing or unknown, `Int32.max` the reference level.
  case parts([Int32])

  init(_ column: FeatureColumn, as feature: Preparation.Feature) {
    switch column.values {
    case .number(let values), .flag(let values):
      self = .numbers(values)
    case .category(let codes, let dictionary):
      let pool = feature.hasPool ? Int32(feature.levels.count) : -1
      let partOf = dictionary.map { level -> Int32 in
        if level == feature.reference { return .max }
        return feature.levels.firstIndex(of: level).map(Int32.init) ?? pool
      }
      self = .parts(codes.map { $0 < 0 ? -1 : partOf[Int($0)] })
    }
  }

  func isMissing(_ row: Int) -> Bool {
    switch self {
    case .numbers(let values): !values[row].isFinite
    case .parts(let parts): parts[row] < 0
    }
  }

  var missing: [Bool] {
    switch self {
    case .numbers(let values): values.map { !$0.isFinite }
    case .parts(let parts): parts.map { $0 < 0 }
    }
  }

  /// All parts of the feature as columns, before they are standardised; missing is NaN.
  func partColumns(_ feature: Preparation.Feature) -> [[Double]] {
    let rows =
      switch self {
      case .numbers(let values): values.count
      case .parts(let parts): parts.count
      }
    return (0..<feature.partCount).map { part in
      var values: [Double] = []
      values.reserveCapacity(rows)
      forEachPart(part, of: feature, rows: 0..<rows) { values.append($0) }
      return values
    }
  }

  @inline(__always)
  func forEachPart(
    _ part: Int, of feature: Preparation.Feature, rows: Range<Int>, _ body: (Double) -> Void
  ) {
    switch self {
    case .parts(let parts):
      for row in rows {
        let own = parts[row]
        body(own < 0 ? .nan : own == Int32(part) ? 1 : 0)
      }
    case .numbers(let values):
      let low = feature.low ?? -.greatestFiniteMagnitude
      let high = feature.high ?? .greatestFiniteMagnitude
      values.withUnsafeBufferPointer { values in
        switch feature.transform {
        case .identity:
          for row in rows {
            let x = values[row]
            body(x.isFinite ? min(max(x, low), high) : .nan)
          }
        case .log1p:
          for row in rows {
            let x = values[row]
            guard x.isFinite else {
              body(.nan)
              continue
            }
            let limited = min(max(x, low), high)
            let size = log1p(abs(limited))
            body(limited < 0 ? -size : size)
          }
        case .logit:
          let edge = 1e-6
          for row in rows {
            let x = values[row]
            guard x.isFinite else {
              body(.nan)
              continue
            }
            let p = min(max(min(max(x, low), high), edge), 1 - edge)
            body(log(p) - log1p(-p))
          }
        case .spline:
          let spline = NaturalSpline(knots: feature.knots)
          for row in rows {
            let x = values[row]
            body(x.isFinite ? spline.value(part, at: min(max(x, low), high)) : .nan)
          }
        }
      }
    }
  }
}
