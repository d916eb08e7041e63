public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

/// Recency, frequency and money of every customer, and the scores that they get by common cuts.
///
/// The measures and the scores have names of their own, because they point in different directions: a
/// low `recencyDays` is good, a high `recencyScore` is good.
public struct RFM: Sendable {
  /// How to measure and where to cut.
  public struct Definition: Sendable, Hashable {
    /// A number that is good when low, missing for who has not bought.
    public var recency: Expression
    /// A number that is good when high.
    public var frequency: Expression
    /// A number that is good when high.
    public var money: Expression
    public var recencyCut: RFMCut
    public var frequencyCut: RFMCut
    public var moneyCut: RFMCut

    public init(
      recency: Expression, frequency: Expression, money: Expression, recencyCut: RFMCut,
      frequencyCut: RFMCut, moneyCut: RFMCut
    ) {
      self.recency = recency
      self.frequency = frequency
      self.money = money
      self.recencyCut = recencyCut
      self.frequencyCut = frequencyCut
      self.moneyCut = moneyCut
    }

    /// ```
    /// recency    days_since_last(purchase)
    /// frequency  active_days(purchase)
    /// money      sum(purchase.value)
    /// ```
    /// all cut in one way.
    public init(cut: RFMCut) throws(Diagnostic) {
      self.init(
        recency: try Expression(parsing: "days_since_last(purchase)"),
        frequency: try Expression(parsing: "active_days(purchase)"),
        money: try Expression(parsing: "sum(purchase.value)"), recencyCut: cut, frequencyCut: cut,
        moneyCut: cut)
    }

    /// What a `CustomerTable` has to hold for the scores.
    public var columns: [FeatureDefinition] {
      [
        FeatureDefinition(name: "rfm recency", expression: recency),
        FeatureDefinition(name: "rfm frequency", expression: frequency),
        FeatureDefinition(name: "rfm money", expression: money),
      ]
    }
  }

  /// One customer's three scores, each from 1 to the number of scores of its measure; high is good.
  public struct Scores: Sendable, Hashable {
    public let recency: Int
    public let frequency: Int
    public let money: Int
  }

  /// A measure over the customers of the log, and its cuts.
  public struct Measure: Sendable {
    /// NaN for who has not bought.
    public let values: [Double]
    /// Ascending.
    public let cuts: [Double]

    public var scoreCount: Int { cuts.count + 1 }

    fileprivate func cutsBelow(_ customer: Int) -> Int { cuts.count { $0 < values[customer] } }
  }

  public let recencyDays: Measure
  public let frequency: Measure
  public let money: Measure
  /// A customer each; `nil` for who has not bought.
  public let scores: [Scores?]

  /// - Parameter table: with `definition.columns`.
  public init(_ definition: Definition, in table: CustomerTable) {
    let columns = definition.columns.map { table.column($0.name) }
    // Who has not bought has no place in the cuts of those who have.
    let hasBought = columns[0].map { !$0.isNaN }
    let cuts = [definition.recencyCut, definition.frequencyCut, definition.moneyCut]
    let measures = table.workers.map(blocks: cuts.count) { index in
      let values = zip(columns[index], hasBought).map { $1 ? $0 : .nan }
      return Measure(values: values, cuts: cuts[index].values(over: values))
    }
    let (recency, frequency, money) = (measures[0], measures[1], measures[2])
    (recencyDays, self.frequency, self.money) = (recency, frequency, money)
    scores = table.workers.map(rows: hasBought.count) { customer in
      guard hasBought[customer] else { return nil }
      return Scores(
        recency: recency.scoreCount - recency.cutsBelow(customer),
        frequency: 1 + frequency.cutsBelow(customer),
        money: 1 + money.cutsBelow(customer))
    }
  }

  /// The scores of a log, on a table of their own.
  /// - Throws: what the evaluator throws, when a measure asks for what the log does not have.
  public init(
    _ definition: Definition, of log: EventLog, at moment: Instant, workers: Workers = Workers(1)
  ) throws(Diagnostic) {
    self.init(
      definition, in: try CustomerTable(of: definition.columns, in: log, at: moment, workers: workers))
  }

  /// The classical segment of every customer; `nil` for who has not bought.
  public var classicalSegments: [ClassicalSegment?] { scores.indices.map(classicalSegment) }

  /// The classical segment of a customer of the log; `nil` for who has not bought.
  public func classicalSegment(of customer: Int) -> ClassicalSegment? {
    scores[customer].map {
      ClassicalSegment(
        isRecent: 2 * $0.recency > recencyDays.scoreCount,
        isFrequent: 2 * $0.frequency > frequency.scoreCount, isValuable: 2 * $0.money > money.scoreCount)
    }
  }

  /// The group of every customer, those who have not bought being prospects.
  /// - Throws: `RK0914` unless every measure has five scores.
  public func groups() throws(Diagnostic) -> [RFMGroup] {
    guard recencyDays.scoreCount == 5, frequency.scoreCount == 5, money.scoreCount == 5 else {
      throw Diagnostic(
        "RK0914", "the eleven groups need five scores of each measure",
        notes: [
          "scores: recency \(recencyDays.scoreCount), frequency \(frequency.scoreCount), money \(money.scoreCount)"
        ], help: "cut by quintiles, or at four values")
    }
    return scores.map { $0.map(RFMGroup.init) ?? .prospects }
  }
}
