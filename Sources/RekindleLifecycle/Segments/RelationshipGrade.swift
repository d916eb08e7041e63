public import RekindleCore
public import RekindleEvents

/// How firm the tie is (5CR): one or two purchases are chance, three are a habit.
public enum RelationshipGrade: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case micro, weak, strong

  public static func < (a: RelationshipGrade, b: RelationshipGrade) -> Bool { a.rank < b.rank }

  var rank: Int {
    switch self {
    case .micro: 0
    case .weak: 1
    case .strong: 2
    }
  }

  public var chineseName: String {
    switch self {
    case .micro: "微关系"
    case .weak: "弱关系"
    case .strong: "强关系"
    }
  }
}

/// What has to repeat for a grade, and how it is lost again.
public struct GradeRules: Sendable, Hashable, Codable {
  /// The literature disagrees on what it is that repeats.
  public enum Scope: String, Sendable, Hashable, Codable, CaseIterable {
    /// Purchases from the shop.
    case brand
    /// Purchases of one category (`purchase.category`), the firmest counting.
    case category
    /// Purchases of one product (`purchase.product`).
    case item
  }

  public var scope: Scope
  public var occasion: OccasionUnit
  /// Occasions within the window that make a weak and a strong tie.
  public var weakFrom: Int
  public var strongFrom: Int
  /// In days.
  public var window: Int
  /// A grade that is held is lost only when the occasions in the window are fewer than its threshold
  /// less this margin, so that it does not come and go with every purchase that grows old.
  public var margin: Int

  public init(
    scope: Scope = .brand, occasion: OccasionUnit = .day, weakFrom: Int = 3, strongFrom: Int = 6,
    window: Int = 365, margin: Int = 1
  ) {
    self.scope = scope
    self.occasion = occasion
    self.weakFrom = weakFrom
    self.strongFrom = strongFrom
    self.window = window
    self.margin = margin
  }

  /// The grade of every customer at a moment; `nil` for who has not bought.
  /// - Parameter known: the occasions of the log at the moment, where there are any already; used when they
  ///   are of these rules' unit.
  /// - Throws: `RK0910` for a log without purchases, `RK0912` when purchases lack the attribute of the
  ///   scope, `RK0913` for thresholds out of order.
  public func grades(
    in log: EventLog, at moment: Instant, known: Occasions? = nil, workers: Workers = Workers(1)
  ) throws(Diagnostic) -> [RelationshipGrade?] {
    guard weakFrom >= 2, strongFrom > weakFrom, margin >= 0, margin < weakFrom, window > 0 else {
      throw Diagnostic(
        "RK0913", "grades need 2 ≤ weak_from < strong_from and 0 ≤ margin < weak_from",
        notes: ["weak_from \(weakFrom), strong_from \(strongFrom), margin \(margin), window \(window)"],
        help: "change the numbers")
    }
    guard scope != .brand else {
      let occasions =
        if let known, known.unit == occasion, known.asOf == moment { known } else {
          try Occasions(of: log, asOf: moment, unit: occasion, workers: workers)
        }
      return workers.map(rows: log.customers.count) { customer in
        grade(of: occasions.days[occasions.range(of: customer)], on: occasions.lastDay)
      }
    }
    let attribute = scope == .category ? "category" : "product"
    let groups = try GroupedDays(of: log, attribute: attribute, asOf: moment, workers: workers)
    return workers.map(rows: log.customers.count) { customer in
      groups.groups(of: customer).compactMap { grade(of: groups.days[$0.range], on: groups.lastDay) }.max()
    }
  }

  /// The grade that occasion days (ascending) lead to on a day.
  func grade(of days: ArraySlice<Int32>, on today: Int32) -> RelationshipGrade? {
    guard !days.isEmpty else { return nil }
    var held = RelationshipGrade.micro
    var oldest = days.startIndex
    // Between occasions the count in the window only falls: it is lowest just before the next one.
    func lose(_ day: Int32, before index: Int) {
      while oldest < index, days[oldest] <= day - Int32(window) { oldest += 1 }
      let count = index - oldest
      while held != .micro, count < threshold(held) - margin { held = held == .strong ? .weak : .micro }
    }
    for index in days.indices {
      lose(days[index], before: index)
      let count = index - oldest + 1
      if count >= strongFrom { held = .strong } else if count >= weakFrom { held = max(held, .weak) }
    }
    lose(today, before: days.endIndex)
    return held
  }

  private func threshold(_ grade: RelationshipGrade) -> Int { grade == .strong ? strongFrom : weakFrom }
}
