internal import Foundation
internal import RekindleCore
internal import RekindleEvents

/// The channel on which each customer answers.
///
/// ```
/// score(channel) = Σ answer · 2^(−age / 90 d)      answer: 1 for a click, ½ for an opened message
/// ```
/// over the messages of the last two years, in time order. The greatest score wins, the earlier channel of
/// the plan wins a tie; without an answer there is no preference.
enum PreferredChannels {
  static let halfLife = 90.0
  static let memory = 730.0

  /// - Returns: an index into `channels`, one a customer; −1 for no preference.
  static func indices(
    among channels: [String], in log: EventLog, at moment: Instant, workers: Workers
  ) -> [Int8] {
    guard let stream = log.stream("message"),
      case .category(let codes, let names)? = stream.attribute("channel")?.column
    else { return [Int8](repeating: -1, count: log.customers.count) }
    let place = names.map { name in channels.firstIndex(of: name) ?? -1 }
    func flags(_ name: String) -> [UInt8]? {
      if case .flag(let values)? = stream.attribute(name)?.column { values } else { nil }
    }
    let clicked = flags("clicked")
    let opened = flags("opened")
    let oldest = moment.microseconds - Int64(memory * Instant.microsecondsPerDay)
    return byBlock(log.customers.count, workers) { range in
      var scores = [Double](repeating: 0, count: channels.count)
      return range.map { customer in
        var isAny = false
        for event in Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1]) {
          let answer: Double = clicked?[event] == 1 ? 1 : opened?[event] == 1 ? 0.5 : 0
          guard answer > 0, codes[event] >= 0, stream.times[event].microseconds >= oldest,
            stream.isKnown(event, at: moment)
          else { continue }
          let channel = place[Int(codes[event])]
          guard channel >= 0 else { continue }
          if !isAny {
            for index in scores.indices { scores[index] = 0 }
            isAny = true
          }
          scores[channel] += answer * exp2(-moment.days(since: stream.times[event]) / halfLife)
        }
        guard isAny else { return -1 }
        var best = 0
        for channel in scores.indices where scores[channel] > scores[best] { best = channel }
        return Int8(best)
      }
    }
  }
}
