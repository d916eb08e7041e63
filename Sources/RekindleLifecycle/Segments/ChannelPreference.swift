public import RekindleCore
public import RekindleEvents
internal import RekindleNumerics

/// Through which channel to reach a customer: those on which something came back, lately more than
/// long ago, among those that the customer allows.
///
/// ```
/// w_h = Σ 2^(−age / half-life)      over the purchases and the clicked messages of channel h
/// share_h = w_h / Σ w
/// ```
/// A purchase counts in the channel where it was made, a message where it was clicked. Consent is the
/// last word of the events `consent` for a channel: unknown is no, and where a grant and a withdrawal
/// have the same time the withdrawal wins.
public struct ChannelPreference: Sendable {
  public struct Weight: Sendable, Hashable {
    public let channel: String
    public let share: Double
    public let isAllowed: Bool
  }

  /// A customer of the log each: channels with a weight, by falling share, then by name.
  public let weights: [[Weight]]
  /// Whether the log has consents at all; without them nothing is allowed.
  public let knowsConsent: Bool

  /// - Parameter halfLife: days in which an event loses half its weight, > 0.
  public init(of log: EventLog, at moment: Instant, halfLife: Double = 180) {
    knowsConsent = log.stream("consent") != nil
    let signals = [("purchase", nil), ("message", "clicked")].compactMap { kind, flag in
      log.stream(kind).flatMap { ChannelStream($0, flag: flag, required: flag != nil) }
    }
    let consents = log.stream("consent").flatMap { ChannelStream($0, flag: "granted", required: false) }
    weights = log.customers.indices.map { customer in
      var sums: [String: Double] = [:]
      for stream in signals {
        stream.forEach(of: customer, before: moment) { channel, flag, time in
          guard flag == 1 else { return }
          sums[channel, default: 0] += exponential(-moment.days(since: time) / halfLife * 0.6931471805599453)
        }
      }
      var consent: [String: (time: Instant, isGranted: Bool)] = [:]
      consents?.forEach(of: customer, before: moment) { channel, flag, time in
        let isTie = consent[channel]?.time == time
        consent[channel] = (time, flag == 1 && (!isTie || consent[channel]?.isGranted == true))
      }
      let total = sums.keys.sorted().reduce(0) { $0 + (sums[$1] ?? 0) }
      return sums.map { channel, sum in
        Weight(
          channel: channel, share: sum / total, isAllowed: consent[channel]?.isGranted ?? false)
      }.sorted { ($1.share, $0.channel) < ($0.share, $1.channel) }
    }
  }

  /// The best allowed channel of a customer.
  public func preferred(by customer: Int) -> String? { weights[customer].first(where: \.isAllowed)?.channel }
}

/// Events that have a channel, and a flag that says whether they count.
private struct ChannelStream {
  let stream: EventStream
  let codes: [Int32]
  let dictionary: [String]
  let flags: [UInt8]?

  /// - Returns: `nil` when the events have no channel, or lack a flag that is required.
  init?(_ stream: EventStream, flag: String?, required: Bool) {
    guard case .category(let codes, let dictionary) = stream.attribute("channel")?.column else { return nil }
    self.stream = stream
    self.codes = codes
    self.dictionary = dictionary
    if let flag, case .flag(let values) = stream.attribute(flag)?.column {
      flags = values
    } else {
      flags = nil
    }
    if required, flags == nil { return nil }
  }

  func forEach(of customer: Int, before moment: Instant, _ body: (String, UInt8, Instant) -> Void) {
    for event in Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1]) {
      guard stream.times[event] < moment else { return }
      if let recorded = stream.recorded, recorded[event] >= moment { continue }
      guard codes[event] >= 0 else { continue }
      body(dictionary[Int(codes[event])], flags?[event] ?? 1, stream.times[event])
    }
  }
}
