internal import RekindleCore

/// Several events of a kind of one customer on one local day become one, at the time of the first.
enum DayMerge {
  /// The merged events of a log, as batches in its schema.
  /// - Returns: the batches, and how many events went into others.
  static func merge(_ log: EventLog, schema: EventSchema) -> (batches: [EventBatch], merged: Int) {
    var batches: [EventBatch] = []
    var merged = 0
    for (kind, definition) in schema.kinds.enumerated() {
      guard let stream = log.stream(definition.name), !stream.times.isEmpty else { continue }
      var customers = ByteStrings()
      // The first event of every group, and where the next group begins.
      var groups: [Int] = []
      for (customer, id) in log.customers.enumerated() {
        var day: Int32?
        for event in Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1]) {
          let own = log.calendar.day(of: stream.times[event])
          if own != day {
            groups.append(event)
            customers.append(id.utf8)
            day = own
          }
        }
      }
      merged += stream.times.count - groups.count
      let ends = groups.dropFirst() + [stream.times.count]
      batches.append(
        EventBatch(
          kind: kind, customers: customers, times: taking(stream.times, groups),
          // The sum is known when its last part is.
          recorded: stream.recorded.map { recorded in
            zip(groups, ends).map { recorded[$0..<$1].reduce(.distantPast) { max($0, $1) } }
          },
          columns: stream.attributes.map { attribute in
            guard case .number(let values) = attribute.column else { return attribute.column.taking(groups) }
            return .number(zip(groups, ends).map { sum(values[$0..<$1]) })
          }))
    }
    return (batches, merged)
  }

  /// The sum of what is there; missing where nothing is.
  private static func sum(_ values: ArraySlice<Double>) -> Double {
    var total = 0.0
    var isMissing = true
    for value in values where !value.isNaN {
      total += value
      isMissing = false
    }
    return isMissing ? .nan : total
  }
}
