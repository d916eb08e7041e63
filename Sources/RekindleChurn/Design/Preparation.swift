public import RekindleBehaviour
public import RekindleCore
public import RekindleNumerics

/// How feature values become the columns of a design matrix, with every constant frozen as the
/// training rows gave it.
///
/// In order, for a number: winsorised at the 0.5 % and 99.5 % quantiles (but for a splined one);
/// transformed (as it is, log1p, logit, or a natural cubic spline); a missing value replaced by the column's mean; standardised.
/// A flag is 0 or 1; a category has a column a level but for the commonest one, levels below 1 % of
/// the rows pooled. Features that are missing on the same training rows share one indicator column.
/// A column that is constant in training is left out and named in `dropped`.
public struct Preparation: Sendable, Hashable, Codable {
  public enum Style: String, Sendable, Hashable, Codable, CaseIterable {
    /// Winsorised and standardised.
    case standard
    /// Neither: transformed values as they are, for comparison with other software.
    case plain
  }

  /// One feature, and the constants that turn it into columns.
  public struct Feature: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable {
      case number, flag, category
    }

    public var name: String
    public var kind: Kind
    public var transform: FeatureDefinition.Transform
    /// Winsorising limits; `nil`: none.
    public var low: Double?
    public var high: Double?
    /// Four of a spline, else none.
    public var knots: [Double]
    /// Levels of a category that have a column, then `reference`, which has none.
    public var levels: [String]
    public var reference: String?
    /// Whether rare and unseen levels have a column together.
    public var hasPool: Bool
  }

  /// One column of the design.
  public struct Column: Sendable, Hashable, Codable {
    public var name: String
    /// The feature to which its contribution is counted.
    public var feature: Int
    /// Mean over the training rows, after the transform: what stands in for missing.
    public var mean: Double
    /// Standard deviation (divisor n) over the training rows.
    public var deviation: Double
    /// Which of the feature's columns before constant ones were dropped; −1 for an indicator.
    var part: Int
    /// The features whose being missing an indicator tells; else empty.
    var missing: [Int]
  }

  public var style: Style
  public var features: [Feature]
  public var columns: [Column]
  /// Features and columns that were constant in training.
  public var dropped: [String]

  /// Reads the constants off training rows.
  /// - Parameters:
  ///   - table: the training rows.
  ///   - definitions: the features to use; each has a column in the table.
  /// - Throws: `RK0411` for a feature that is not in the table, `RK0412` when nothing varies.
  public init(
    fitting table: FeatureTable, definitions: [FeatureDefinition], style: Style = .standard
  ) throws(Diagnostic) {
    self.style = style
    features = []
    dropped = []
    columns = []
    var patterns: [(missing: [Bool], features: [Int])] = []
    for definition in definitions {
      guard let column = table.column(definition.name) else {
        throw Diagnostic(
          "RK0411", "the feature \"\(definition.name)\" is not in the feature table",
          hint: nearMatch(of: definition.name, among: table.columns.map(\.name)).map {
            "did you mean \"\($0)\"?"
          },
          help: "name features that the table has")
      }
      let feature = Feature(fitting: column, transform: definition.transform, style: style)
      guard feature.kind == .category || feature.low != feature.high || feature.low == nil else {
        dropped.append(definition.name)
        continue
      }
      let index = features.count
      let input = FeatureInput(column, as: feature)
      let blocks = input.partColumns(feature)
      var isUsed = false
      for (part, values) in blocks.enumerated() {
        let known = values.filter { !$0.isNaN }
        let name = feature.columnName(part)
        let mean = known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
        let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(max(1, values.count))).squareRoot()
        guard deviation > 1e-12 * abs(mean), deviation > 0 else {
          dropped.append(name)
          continue
        }
        isUsed = true
        columns.append(
          Column(name: name, feature: index, mean: mean, deviation: deviation, part: part, missing: []))
      }
      let missing = input.missing
      let count = missing.count { $0 }
      guard isUsed || (count > 0 && count < missing.count) else { continue }
      features.append(feature)
      // A pattern too rare to learn from gets no column: its rows take the mean.
      if count >= 10, missing.count - count >= 10 {
        if let known = patterns.firstIndex(where: { $0.missing == missing }) {
          patterns[known].features.append(index)
        } else {
          patterns.append((missing, [index]))
        }
      }
    }
    for pattern in patterns {
      let share = Double(pattern.missing.count { $0 }) / Double(pattern.missing.count)
      columns.append(
        Column(
          name: "missing_\(features[pattern.features[0]].name)", feature: pattern.features[0], mean: share,
          deviation: (share * (1 - share)).squareRoot(), part: -1, missing: pattern.features))
    }
    guard !columns.isEmpty else {
      throw Diagnostic(
        "RK0412", "no feature varies over the \(table.rowCount) training rows",
        notes: ["features given: \(definitions.map(\.name).joined(separator: ", "))"],
        help: "add features, or check that the log reaches back before the training dates")
    }
  }

  /// The design matrix of a table: a row a row, a column a column of `columns`, without intercept.
  /// - Throws: `RK0510` when the table lacks a feature or has it as another type.
  public func matrix(_ table: FeatureTable, workers: Workers = Workers(1)) throws(Diagnostic) -> Matrix {
    let inputs = try DesignInputs(table, self)
    let width = columns.count
    var matrix = Matrix(rows: table.rowCount, columns: width)
    let rows = table.rowCount
    matrix.storage.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let base = buffer.baseAddress
      workers.forEach(blocks: (rows + DesignInputs.blockRows - 1) / DesignInputs.blockRows) { block in
        let range = DesignInputs.range(block, of: rows)
        guard let base else { return }
        inputs.write(range, into: base + range.lowerBound * width)
      }
    }
    return matrix
  }
}

extension Preparation.Feature {
  /// Levels with less than this share of the rows are pooled.
  static let rareShare = 0.01

  init(fitting column: FeatureColumn, transform: FeatureDefinition.Transform, style: Preparation.Style) {
    name = column.name
    self.transform = transform
    knots = []
    levels = []
    hasPool = false
    switch column.values {
    case .flag:
      kind = .flag
      self.transform = .identity
    case .number(let values):
      kind = .number
      let quantiles = Quantiles(values.map { $0.isFinite ? $0 : .nan })
      guard let least = quantiles.sorted.first, let greatest = quantiles.sorted.last else {
        low = 0
        high = 0
        return
      }
      var limits = (quantiles(0.005), quantiles(0.995))
      // All but a few rows equal: winsorising would leave a constant.
      if limits.0 == limits.1 || style == .plain { limits = (least, greatest) }
      if transform == .spline {
        knots = [limits.0, quantiles(1.0 / 3), quantiles(2.0 / 3), limits.1]
        let isAscending = zip(knots, knots.dropFirst()).allSatisfy { $0 < $1 }
        if !isAscending {
          // Too few distinct values for three pieces.
          knots = []
          self.transform = .identity
        }
      }
      // A spline is linear beyond its outer knots, which is how far its tails may go. Held at a limit, all
      // customers silent for longer than training saw would look alike.
      if (style == .standard && self.transform != .spline) || least == greatest {
        low = limits.0
        high = limits.1
      }
    case .category(let codes, let dictionary):
      kind = .category
      self.transform = .identity
      var counts = [Int](repeating: 0, count: dictionary.count)
      for code in codes where code >= 0 { counts[Int(code)] += 1 }
      let known = counts.reduce(0, +)
      let present = dictionary.indices.filter { counts[$0] > 0 }
        .sorted { dictionary[$0].utf8.lexicographicallyPrecedes(dictionary[$1].utf8) }
      let common = present.filter { Double(counts[$0]) >= Self.rareShare * Double(known) }
      hasPool = common.count < present.count
      let top = common.max { counts[$0] < counts[$1] }
      reference = top.map { dictionary[$0] }
      levels = common.filter { $0 != top }.map { dictionary[$0] }
    }
  }

  var partCount: Int {
    switch kind {
    case .flag: 1
    case .number: transform == .spline ? 3 : 1
    case .category: levels.count + (hasPool ? 1 : 0)
    }
  }

  func columnName(_ part: Int) -> String {
    switch kind {
    case .flag: return name
    case .number:
      switch transform {
      case .identity: return name
      case .log1p: return "log1p(\(name))"
      case .logit: return "logit(\(name))"
      case .spline: return "spline\(part + 1)(\(name))"
      }
    case .category: return "\(name)=\(part < levels.count ? levels[part] : "(rare)")"
    }
  }
}
