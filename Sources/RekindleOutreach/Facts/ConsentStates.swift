internal import RekindleCore
internal import RekindleEvents

/// Until when each customer may be written to by a channel for a purpose.
///
/// Unknown is no. Of events at one time a withdrawal wins. A withdrawal that lies ahead, or that was written
/// down late, counts from the time at which it takes effect; a grant counts only when it was known by the
/// moment.
struct ConsentStates: Sendable {
  /// What consent is asked for.
  struct Key: Hashable {
    /// The channel's name in the events.
    var channel: String
    var purpose: String
  }

  /// A row a key, in it one a customer: sends before it are allowed. `Int64.max`: all are; `Int64.min`: none
  /// is, for nothing is known; a time that is over: none is since that withdrawal.
  let until: [[Int64]]

  init(of keys: [Key], in log: EventLog, at moment: Instant, workers: Workers) {
    until = keys.map { ConsentStates.column($0, log, moment, workers) }
  }

  private static func column(_ key: Key, _ log: EventLog, _ moment: Instant, _ workers: Workers) -> [Int64] {
    guard let stream = log.stream("consent"),
      case .category(let channels, let names)? = stream.attribute("channel")?.column,
      case .flag(let granted)? = stream.attribute("granted")?.column
    else { return [Int64](repeating: .min, count: log.customers.count) }
    let channel = Int32(names.firstIndex(of: key.channel) ?? -2)
    var purposes: [Int32]?
    var purpose: Int32 = -2
    if case .category(let codes, let dictionary)? = stream.attribute("purpose")?.column {
      purposes = codes
      purpose = Int32(dictionary.firstIndex(of: key.purpose) ?? -2)
    }
    return byBlock(log.customers.count, workers) { [purposes, purpose] range in
      range.map { customer in
        // Events are in time order: the last one up to the moment decides, and at one time any that
        // withdraws.
        var isGranted = false
        var withdrawn = Int64.min
        for event in Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1]) {
          let time = stream.times[event].microseconds
          let grants = granted[event] == 1
          // Where it is not said what an event is about, a grant is about nothing and a withdrawal about
          // everything. A source without purposes speaks of all of them.
          let isMine = channels[event] == channel || (!grants && channels[event] < 0)
          let isForIt =
            purposes.map { $0[event] == purpose || (!grants && $0[event] < 0) } ?? true
          guard isMine, isForIt else { continue }
          if time > moment.microseconds {
            if !grants, isGranted { return time }
            continue
          }
          if grants {
            if let recorded = stream.recorded, recorded[event] > moment { continue }
            // At the time of a withdrawal a grant changes nothing.
            if time != withdrawn { isGranted = true }
          } else {
            isGranted = false
            withdrawn = time
          }
        }
        return isGranted ? .max : withdrawn
      }
    }
  }
}
