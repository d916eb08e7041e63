internal import RekindleBehaviour
internal import RekindleCore
internal import RekindleTables

/// In which time zone each customer's day runs.
///
/// One calendar a zone, whatever the number of customers. Who has no zone, or one that does not exist, has
/// the shop's.
struct CustomerZones: Sendable {
  /// The shop's first.
  let calendars: [CivilCalendar]
  /// Index into `calendars`, one a customer; none where all have the shop's.
  private let places: [UInt16]
  /// Who has the shop's for want of an own one, each a sentence.
  let notes: [String]

  /// How many names that do not exist are said.
  private static let shownNames = 3

  private init(_ calendars: [CivilCalendar], _ places: [UInt16], notes: [String]) {
    self.calendars = calendars
    self.places = places
    self.notes = notes
  }

  /// Everybody in the shop's.
  init(shop: CivilCalendar) {
    self.init([shop], [], notes: [])
  }

  /// - Parameters:
  ///   - names: IANA names, a text one a customer.
  ///   - isAsked: whom the notes count; `nil`: all.
  init(_ names: FeatureValues, isAsked: [Bool]?, shop: CivilCalendar) {
    guard case .category(let codes, let dictionary) = names else {
      self.init(shop: shop)
      return
    }
    var customers = [Int](repeating: 0, count: dictionary.count)
    var withoutName = 0
    for (customer, code) in codes.enumerated() where isAsked?[customer] ?? true {
      if code < 0 { withoutName += 1 } else { customers[Int(code)] += 1 }
    }
    var calendars = [shop]
    var placeOfCode = [UInt16](repeating: 0, count: dictionary.count)
    var unknown: [(name: String, customers: Int)] = []
    for (code, name) in dictionary.enumerated() where customers[code] > 0 {
      if let known = calendars.firstIndex(where: { $0.identifier == name }) {
        placeOfCode[code] = UInt16(known)
      } else if let calendar = CivilCalendar(knownTimeZone: name), calendars.count <= UInt16.max {
        placeOfCode[code] = UInt16(calendars.count)
        calendars.append(calendar)
      } else {
        unknown.append((name, customers[code]))
      }
    }
    self.init(
      calendars, codes.map { $0 < 0 ? 0 : placeOfCode[Int($0)] },
      notes: CustomerZones.notes(withoutName, unknown, shop: shop.identifier))
  }

  private static func notes(
    _ withoutName: Int, _ unknown: [(name: String, customers: Int)], shop: String
  ) -> [String] {
    var notes: [String] = []
    if withoutName > 0 {
      notes.append(
        "\(counted(withoutName, "customer")) without a time zone: the shop's, \(shop), is taken")
    }
    guard !unknown.isEmpty else { return notes }
    let ordered = unknown.sorted { ($1.customers, $0.name) < ($0.customers, $1.name) }
    let shown = ordered.prefix(shownNames).map { name, customers in
      let near = CivilCalendar.nearName(name).map { ", perhaps \($0)" } ?? ""
      return "\"\(name)\" (\(counted(customers, "customer"))\(near))"
    }
    let more = ordered.count - shown.count
    notes.append(
      "no time zone: \(shown.joined(separator: ", "))"
        + (more > 0 ? " and \(counted(more, "other name"))" : "")
        + ": the shop's, \(shop), is taken")
    return notes
  }

  /// Index into `calendars`.
  @inline(__always)
  func place(_ customer: Int) -> Int { places.isEmpty ? 0 : Int(places[customer]) }

  func calendar(_ customer: Int) -> CivilCalendar { calendars[place(customer)] }
}

/// `1 customer`, `2 customers`.
func counted(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }
