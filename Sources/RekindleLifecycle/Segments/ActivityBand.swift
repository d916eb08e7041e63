public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents

/// How alive the buying is.
public enum ActivityBand: String, Sendable, Hashable, Codable, CaseIterable {
  case high, low, silent
}

/// One customer's activity, against the own rhythm and against fixed borders.
public struct Activity: Sendable, Hashable {
  /// Days since the last purchase.
  public let silence: Double
  /// The usual days between purchases, drawn to the population's.
  public let interval: Double
  /// `silence / interval`.
  public let overdueRatio: Double
  /// By the overdue ratio; `nil` while the rhythm is not the customer's own (fewer than two gaps).
  public let byRhythm: ActivityBand?
  public let absolute: ActivityBand

  /// By the own rhythm where there is one, else absolute.
  public var band: ActivityBand { byRhythm ?? absolute }

  /// Silent, but for no longer than usual: this is waiting, not leaving.
  public var isNotDueYet: Bool { overdueRatio < 1 }
}

/// Where the bands begin.
public struct ActivityRules: Sendable, Hashable, Codable {
  /// Overdue ratios from which a customer is low, and silent.
  public var lowRatio: Double
  public var silentRatio: Double
  /// Days without a purchase from which a customer is low, and silent.
  public var lowDays: Double
  public var silentDays: Double

  public init(
    lowRatio: Double = 1.5, silentRatio: Double = 3, lowDays: Double = 90, silentDays: Double = 180
  ) {
    self.lowRatio = lowRatio
    self.silentRatio = silentRatio
    self.lowDays = lowDays
    self.silentDays = silentDays
  }

  /// What a `CustomerTable` has to hold for the activity.
  ///
  /// The interval is the feature `ipi_median` of the set `retail`: the median of the latest eight gaps
  /// between purchase days, drawn to the population's median with the weight of two.
  public static var columns: [FeatureDefinition] {
    [
      FeatureDefinition(
        name: "silence", expression: Expression(.aggregate(Aggregate(.daysSinceLast, "purchase")))),
      FeatureDefinition(
        name: "usual interval",
        expression: FeatureSet.retail["ipi_median"]?.definition.expression ?? Expression(.missing)),
      FeatureDefinition(
        name: "order days", expression: Expression(.aggregate(Aggregate(.activeDays, "purchase")))),
    ]
  }

  /// The activity of every customer; `nil` for who has not bought.
  /// - Parameter table: with `columns`.
  public func activities(in table: CustomerTable) -> [Activity?] {
    let columns = Self.columns.map { table.column($0.name) }
    return table.workers.map(rows: columns[0].count) { customer in
      let (silence, interval, days) = (columns[0][customer], columns[1][customer], columns[2][customer])
      guard !silence.isNaN else { return nil }
      let ratio = interval > 0 ? silence / interval : .nan
      return Activity(
        silence: silence, interval: interval, overdueRatio: ratio,
        byRhythm: days >= 3 && !ratio.isNaN ? band(ratio, lowRatio, silentRatio) : nil,
        absolute: band(silence, lowDays, silentDays))
    }
  }

  /// The activity of a log's customers at a moment, on a table of its own.
  /// - Throws: what the evaluator throws.
  public func activities(
    in log: EventLog, at moment: Instant, workers: Workers = Workers(1)
  ) throws(Diagnostic) -> [Activity?] {
    activities(in: try CustomerTable(of: Self.columns, in: log, at: moment, workers: workers))
  }

  private func band(_ value: Double, _ low: Double, _ silent: Double) -> ActivityBand {
    value >= silent ? .silent : value >= low ? .low : .high
  }
}
