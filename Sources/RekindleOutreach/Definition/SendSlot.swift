/// When a message is to go out, before quiet hours and the frequency cap have their say.
public enum SendSlot: Sendable, Hashable {
  public enum Days: String, Sendable, Hashable, CaseIterable {
    case day, weekday, weekend
  }

  /// As soon as may be.
  case now
  /// At the hour at which the customer is there, on the first such day: learned from their visits
  /// or purchases, and drawn to the shop's usual hour.
  case auto(Days)
  /// At a minute of the local day (0 to 1439), on the first such day from the plan's moment on.
  case at(Days, minute: Int)

  /// Reads `now`, `auto`, `weekday_auto`, `weekday_20`, `weekend_12`, `day_9:30`.
  public init?(_ text: String) {
    if text == "now" {
      self = .now
      return
    }
    if text == "auto" {
      self = .auto(.day)
      return
    }
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 2, let days = Days(rawValue: String(parts[0])) else { return nil }
    if parts[1] == "auto" {
      self = .auto(days)
      return
    }
    guard let minute = minuteOfDay(parts[1]), minute < 1440 else { return nil }
    self = .at(days, minute: minute)
  }
}

extension SendSlot: CustomStringConvertible {
  public var description: String {
    switch self {
    case .now: "now"
    case .auto(.day): "auto"
    case .auto(let days): "\(days.rawValue)_auto"
    case .at(let days, let minute):
      "\(days.rawValue)_\(minute / 60)" + (minute % 60 == 0 ? "" : clockText(minute).suffix(3))
    }
  }
}

/// `9`, `09:30`, `24:00` as minutes from midnight.
func minuteOfDay(_ text: some StringProtocol) -> Int? {
  let parts = text.split(separator: ":", omittingEmptySubsequences: false)
  guard (1...2).contains(parts.count),
    parts.allSatisfy({ (1...2).contains($0.count) && $0.utf8.allSatisfy { (48...57).contains($0) } }),
    let hours = Int(parts[0]), let minutes = parts.count == 2 ? Int(parts[1]) : 0, minutes < 60,
    hours * 60 + minutes <= 1440
  else { return nil }
  return hours * 60 + minutes
}

/// `09:30`.
func clockText(_ minute: Int) -> String {
  func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
  return "\(two(minute / 60)):\(two(minute % 60))"
}
