public import RekindleBehaviour

/// The training population's distributions, to tell later whether customers have changed.
public struct DriftReference: Sendable, Hashable, Codable {
  public struct Feature: Sendable, Hashable, Codable {
    public var name: String
    /// Of a number or a flag.
    public var histogram: Histogram?
    /// Of a category: shares of its levels, in the order of `levels`, then of missing and unknown.
    public var levels: [String]
    public var shares: [Double]
  }

  public var features: [Feature]
  public var score: Histogram

  init(_ table: FeatureTable, names: [String], probabilities: [Double]) {
    features = names.compactMap { name in
      table.column(name).map { Feature(name: name, $0.values) }
    }
    score = Histogram(of: probabilities)
  }

  /// How far a population has moved: features in the order of the model, then the score.
  ///
  /// Of more than 100,000 rows every k-th is looked at, so that about that many are: the index of a
  /// real shift is the same, and a million rows cost no time.
  public func report(_ table: FeatureTable, probabilities: [Double]) -> DriftReport {
    let step = max(1, table.rowCount / 100_000)
    func sampled(_ values: [Double]) -> [Double] {
      step == 1 ? values : stride(from: 0, to: values.count, by: step).map { values[$0] }
    }
    var entries: [DriftReport.Entry] = []
    for feature in features {
      guard let column = table.column(feature.name) else { continue }
      let stability: PopulationStability?
      switch column.values {
      case .number(let values), .flag(let values):
        stability = feature.histogram?.stability(of: sampled(values))
      case .category(let codes, let dictionary):
        let own = Feature.shares(codes: codes, dictionary: dictionary, levels: feature.levels)
        stability = codes.isEmpty ? nil : PopulationStability(expected: feature.shares, actual: own)
      }
      if let stability { entries.append(.init(name: feature.name, stability: stability)) }
    }
    return DriftReport(features: entries, score: score.stability(of: sampled(probabilities)))
  }
}

/// Stability of every feature and of the score against training.
public struct DriftReport: Sendable, Hashable {
  public struct Entry: Sendable, Hashable {
    public var name: String
    public var stability: PopulationStability
  }

  public var features: [Entry]
  /// `nil` when there were no rows.
  public var score: PopulationStability?

  /// The features that are no longer stable, the most shifted first.
  public var shifted: [Entry] {
    features.filter { $0.stability.band != .stable }
      .sorted { ($1.stability.index, $0.name) < ($0.stability.index, $1.name) }
  }
}

extension DriftReference.Feature {
  init(name: String, _ values: FeatureValues) {
    self.name = name
    levels = []
    shares = []
    switch values {
    case .number(let numbers), .flag(let numbers): histogram = Histogram(of: numbers)
    case .category(let codes, let dictionary):
      let used = Set(codes).filter { $0 >= 0 }.map { dictionary[Int($0)] }
      levels = used.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      shares = Self.shares(codes: codes, dictionary: dictionary, levels: levels)
    }
  }

  static func shares(codes: [Int32], dictionary: [String], levels: [String]) -> [Double] {
    let indexOf = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, $0) })
    let placeOf = dictionary.map { indexOf[$0] ?? levels.count }
    var counts = [Int](repeating: 0, count: levels.count + 1)
    for code in codes { counts[code < 0 ? levels.count : placeOf[Int(code)]] += 1 }
    return counts.map { codes.isEmpty ? 0 : Double($0) / Double(codes.count) }
  }
}
