public import RekindleCore
public import RekindleEvents
public import RekindleStatistics

/// Groups of customers by what their first purchase was like, for comparing ladders.
public struct LadderGroups: Sendable {
  public let names: [String]
  /// A group a customer of the log, `nil` where it is not known.
  public let places: [Int?]

  /// - Precondition: every place is an index of `names`.
  public init(names: [String], places: [Int?]) {
    self.names = names
    self.places = places
  }

  /// Bought first with a discount, or at full price (`purchase.discount`).
  /// - Throws: `RK0912` when purchases carry no discount.
  public static func firstDiscount(of log: EventLog, _ occasions: Occasions) throws(Diagnostic)
    -> LadderGroups
  {
    guard let stream = log.stream("purchase"),
      case .number(let discounts) = stream.attribute("discount")?.column
    else { throw lacking("discount", in: log) }
    return LadderGroups(
      names: ["full price", "discount"],
      places: firstEvents(occasions).map { event in
        event.map { discounts[$0] > 0 ? 1 : 0 }
      })
  }

  /// By a category of the first purchase, such as `channel`.
  /// - Throws: `RK0912` when purchases do not carry it.
  public static func first(
    _ attribute: String, of log: EventLog, _ occasions: Occasions
  ) throws(Diagnostic) -> LadderGroups {
    guard let stream = log.stream("purchase"),
      case .category(let codes, let dictionary) = stream.attribute(attribute)?.column
    else { throw lacking(attribute, in: log) }
    return LadderGroups(
      names: dictionary,
      places: firstEvents(occasions).map { event in
        event.flatMap { codes[$0] < 0 ? nil : Int(codes[$0]) }
      })
  }

  /// By the calendar month of the first purchase.
  public static func cohort(_ occasions: Occasions) -> LadderGroups {
    let months: [Int?] = (0..<occasions.customerCount).map { customer in
      occasions.range(of: customer).first.map { CalendarMonth(day: occasions.days[$0]).index }
    }
    let known = Set(months.compactMap { $0 }).sorted()
    var place: [Int: Int] = [:]
    for (index, month) in known.enumerated() { place[month] = index }
    return LadderGroups(
      names: known.map { CalendarMonth(index: $0).description },
      places: months.map { $0.flatMap { place[$0] } })
  }

  private static func firstEvents(_ occasions: Occasions) -> [Int?] {
    (0..<occasions.customerCount).map { occasions.range(of: $0).first.map { Int(occasions.firstEvents[$0]) } }
  }

  private static func lacking(_ attribute: String, in log: EventLog) -> Diagnostic {
    Diagnostic(
      "RK0912", "purchases carry no \"\(attribute)\"",
      notes: [
        "attributes of purchase: "
          + (log.stream("purchase")?.attributes.map(\.name).joined(separator: ", ") ?? "none")
      ], help: "map a column to purchase.\(attribute)")
  }
}

extension Ladder {
  /// One rung's curves in groups made beforehand.
  public func compare(
    rung k: Int, _ groups: LadderGroups
  ) -> (curves: [(name: String, curve: KaplanMeier)], test: LogRank?) {
    compare(rung: k, names: groups.names) { groups.places[Int($0)] }
  }
}
