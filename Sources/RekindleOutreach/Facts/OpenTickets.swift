internal import RekindleCore
internal import RekindleEvents

/// How long the oldest open ticket of each customer has been open.
///
/// A ticket is open when it was opened more often than closed before the moment, as the feature
/// `open_tickets` has it, so that rows in a wrong order change nothing; of n openings and m closings the
/// (m + 1)-th opening is the one that waits. Without ticket ids all tickets of a customer are one.
enum OpenTickets {
  /// - Returns: hours, one a customer; NaN without an open ticket.
  static func hours(in log: EventLog, at moment: Instant, workers: Workers) -> [Double] {
    guard let opened = log.stream("ticket") else {
      return [Double](repeating: .nan, count: log.customers.count)
    }
    let closed = log.stream("ticket_close")
    let openedIDs = opened.ticketCodes
    // The two streams have dictionaries of their own.
    let closedIDs = closed.flatMap { stream -> [Int32]? in
      guard let codes = stream.ticketCodes, let names = stream.ticketNames, let wanted = opened.ticketNames
      else { return nil }
      let place = Dictionary(wanted.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { a, _ in a })
      let translated = names.map { place[$0] ?? -2 }
      return codes.map { $0 < 0 ? -1 : translated[Int($0)] }
    }
    let hasIDs = openedIDs != nil && (closed == nil || closedIDs != nil)
    return byBlock(log.customers.count, workers) { range in
      var closings: [Int32] = []
      var seen: [(id: Int32, openings: Int)] = []
      return range.map { customer in
        let events = Int(opened.offsets[customer])..<Int(opened.offsets[customer + 1])
        if events.isEmpty { return .nan }
        closings.removeAll(keepingCapacity: true)
        seen.removeAll(keepingCapacity: true)
        if let closed {
          for event in Int(closed.offsets[customer])..<Int(closed.offsets[customer + 1])
          where closed.isKnown(event, at: moment) {
            closings.append(hasIDs ? closedIDs?[event] ?? -1 : -1)
          }
        }
        for event in events where opened.isKnown(event, at: moment) {
          let id = hasIDs ? openedIDs?[event] ?? -1 : -1
          let place = seen.firstIndex { $0.id == id } ?? seen.count
          if place == seen.count { seen.append((id, 0)) }
          seen[place].openings += 1
          // Openings are in time order: the first that no closing answers is the oldest of all.
          if seen[place].openings > closings.count(where: { $0 == id }) {
            return Double(moment.microseconds - opened.times[event].microseconds) / 3.6e9
          }
        }
        return .nan
      }
    }
  }
}

extension EventStream {
  fileprivate var ticketCodes: [Int32]? {
    if case .category(let codes, _)? = attribute("ticket")?.column { codes } else { nil }
  }

  fileprivate var ticketNames: [String]? {
    if case .category(_, let names)? = attribute("ticket")?.column { names } else { nil }
  }

  /// Whether a moment sees an event: it happened, and was written down, before.
  func isKnown(_ event: Int, at moment: Instant) -> Bool {
    times[event] < moment && (recorded.map { $0[event] < moment } ?? true)
  }
}
