internal import RekindleCore
internal import RekindleEvents

/// When each customer was, or is to be, sent a marketing message, near enough to the moment to matter.
///
/// Messages of the log that lie ahead of the moment count like those that are scheduled: who plans does
/// not mind where a message is written down. A scheduled one that the log has at the same
/// time, by the same channel, was sent since and is counted once.
struct MessageTimes: Sendable {
  /// Customer c has `times[offsets[c] ..< offsets[c + 1]]`, ascending.
  let offsets: [UInt32]
  let times: [Int64]
  /// Scheduled messages of customers that the log does not know.
  let unknown: Int

  /// - Parameter from: earlier messages are left out.
  init(
    in log: EventLog, scheduled: ScheduledMessages, isMarketing: (String?) -> Bool, from: Instant,
    workers: Workers
  ) {
    let stream = log.stream("message")
    var codes: [Int32]?
    var names: [String] = []
    if case .category(let own, let dictionary)? = stream?.attribute("channel")?.column {
      (codes, names) = (own, dictionary)
    }
    var extra: [(customer: Int32, time: Int64)] = []
    var unknown = 0
    for index in 0..<scheduled.count where isMarketing(scheduled.actions[index]) {
      guard scheduled.times[index] >= from else { continue }
      guard let customer = log.customerIndex(of: scheduled.customers[index]) else {
        unknown += 1
        continue
      }
      if let stream {
        let events = Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1])
        let isSent = events.contains { event in
          stream.times[event] == scheduled.times[index]
            && (codes.map { $0[event] >= 0 && names[Int($0[event])] == scheduled.channels[index] } ?? true)
        }
        if isSent { continue }
      }
      extra.append((Int32(customer), scheduled.times[index].microseconds))
    }
    extra.sort { ($0.customer, $0.time) < ($1.customer, $1.time) }
    self.unknown = unknown
    let count = log.customers.count
    let blocks = (count + customersPerBlock - 1) / customersPerBlock
    let sorted = extra
    let parts = workers.map(blocks: blocks) { block in
      var ends: [Int] = []
      var times: [Int64] = []
      let range = block * customersPerBlock..<min(count, (block + 1) * customersPerBlock)
      var next = sorted.partitionPoint { Int($0.customer) >= range.lowerBound }
      for customer in range {
        let first = times.count
        if let stream {
          var event = Int(stream.offsets[customer + 1])
          let start = Int(stream.offsets[customer])
          while event > start, stream.times[event - 1] >= from { event -= 1 }
          while event < Int(stream.offsets[customer + 1]) {
            times.append(stream.times[event].microseconds)
            event += 1
          }
        }
        let logged = times.count
        while next < sorted.count, Int(sorted[next].customer) == customer {
          times.append(sorted[next].time)
          next += 1
        }
        if times.count > logged { times[first...].sort() }
        ends.append(times.count)
      }
      return (ends, times)
    }
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(count + 1)
    var all: [Int64] = []
    for (ends, times) in parts {
      let base = all.count
      offsets.append(contentsOf: ends.map { UInt32(base + $0) })
      all.append(contentsOf: times)
    }
    self.offsets = offsets
    times = all
  }

  func range(_ customer: Int) -> Range<Int> { Int(offsets[customer])..<Int(offsets[customer + 1]) }

  /// Messages in the `days` before the moment.
  func counts(from: Instant, to moment: Instant) -> [Double] {
    (0..<offsets.count - 1).map { customer in
      Double(times[range(customer)].count { $0 >= from.microseconds && $0 < moment.microseconds })
    }
  }
}

extension EventLog {
  /// The index of a customer by id, or `nil`.
  func customerIndex(of id: String) -> Int? {
    let place = customers.partitionPoint { !$0.utf8.lexicographicallyPrecedes(id.utf8) }
    return place < customers.count && customers[place].utf8.elementsEqual(id.utf8) ? place : nil
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first index from which `isLater` holds, of a collection that is ordered by it.
  func partitionPoint(_ isLater: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if isLater(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
