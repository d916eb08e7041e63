public import RekindleCore

/// Takes batches in any order and makes the log of them: customers in byte order, streams grouped
/// by customer and ordered by time and then content, dictionaries in byte order. The log does not
/// depend on the order of the batches or of the rows in them.
public struct EventLogBuilder: Sendable {
  public let schema: EventSchema
  public let calendar: CivilCalendar
  private var batches: [EventBatch] = []

  public init(schema: EventSchema, calendar: CivilCalendar) {
    self.schema = schema
    self.calendar = calendar
  }

  public mutating func append(_ batch: EventBatch) {
    precondition(batch.columns.count == schema.kinds[batch.kind].attributes.count)
    batches.append(batch)
  }

  public consuming func finish() -> EventLog {
    let ids = Set(
      batches.lazy.flatMap { batch in (0..<batch.customers.count).map { batch.customers.string($0) } })
    let customers = ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let indexOf = Dictionary(uniqueKeysWithValues: customers.enumerated().map { ($1, UInt32($0)) })
    let streams = schema.kinds.indices.map {
      stream(kind: $0, customerCount: customers.count, indexOf: indexOf)
    }
    return EventLog(
      customers: customers, streams: streams.sorted { $0.kind < $1.kind }, calendar: calendar)
  }

  private func stream(kind: Int, customerCount: Int, indexOf: [String: UInt32]) -> EventStream {
    let definition = schema.kinds[kind]
    let own = batches.filter { $0.kind == kind }
    var owners: [UInt32] = []
    for batch in own {
      for row in 0..<batch.customers.count { owners.append(indexOf[batch.customers.string(row)] ?? 0) }
    }
    let times = own.flatMap(\.times)
    let recorded = definition.isRecorded ? own.flatMap { $0.recorded ?? $0.times } : nil
    let columns = definition.attributes.indices.map { index in
      EventColumn(joining: own.map { $0.columns[index] }, type: definition.attributes[index].type)
    }
    let order = (0..<times.count).sorted { a, b in
      if owners[a] != owners[b] { return owners[a] < owners[b] }
      if times[a] != times[b] { return times[a] < times[b] }
      if let recorded, recorded[a] != recorded[b] { return recorded[a] < recorded[b] }
      for column in columns {
        if column.precedes(a, b) { return true }
        if column.precedes(b, a) { return false }
      }
      return false
    }
    var offsets = [UInt32](repeating: 0, count: customerCount + 1)
    for owner in owners { offsets[Int(owner) + 1] += 1 }
    for index in 1..<max(1, offsets.count) { offsets[index] += offsets[index - 1] }
    return EventStream(
      kind: definition.name, offsets: offsets, times: order.map { times[$0] },
      recorded: recorded.map { recorded in order.map { recorded[$0] } },
      attributes: zip(definition.attributes, columns).map { attribute, column in
        EventAttribute(name: attribute.name, column: column.reordered(order))
      })
  }
}

extension EventColumn {
  /// One column of several, dictionaries merged and put in byte order.
  fileprivate init(joining parts: [EventColumn], type: AttributeType) {
    switch type {
    case .number:
      self = .number(parts.flatMap { if case .number(let values) = $0 { values } else { [Double]() } })
    case .flag:
      self = .flag(parts.flatMap { if case .flag(let values) = $0 { values } else { [UInt8]() } })
    case .time:
      self = .time(parts.flatMap { if case .time(let values) = $0 { values } else { [Instant]() } })
    case .category:
      var words: Set<String> = []
      for case .category(let codes, let dictionary) in parts {
        for code in Set(codes) where code >= 0 { words.insert(dictionary[Int(code)]) }
      }
      let sorted = words.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      let codeOf = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, Int32($0)) })
      var joined: [Int32] = []
      for case .category(let codes, let dictionary) in parts {
        let translated = dictionary.map { codeOf[$0] ?? EventColumn.missingCode }
        joined += codes.map { $0 < 0 ? EventColumn.missingCode : translated[Int($0)] }
      }
      self = .category(codes: joined, dictionary: sorted)
    }
  }

  /// A strict order of rows by content; NaN after every number.
  fileprivate func precedes(_ a: Int, _ b: Int) -> Bool {
    switch self {
    case .number(let values):
      if values[a].isNaN { return false }
      return values[b].isNaN || values[a] < values[b]
    case .category(let codes, _): return codes[a] < codes[b]
    case .flag(let values): return values[a] < values[b]
    case .time(let values): return values[a] < values[b]
    }
  }

  fileprivate func reordered(_ order: [Int]) -> EventColumn {
    switch self {
    case .number(let values): .number(order.map { values[$0] })
    case .category(let codes, let dictionary):
      .category(codes: order.map { codes[$0] }, dictionary: dictionary)
    case .flag(let values): .flag(order.map { values[$0] })
    case .time(let values): .time(order.map { values[$0] })
    }
  }
}

extension EventLog {
  /// A log of events in hand. An attribute's type is that of its first value; a value of another
  /// type is missing.
  public init(events: [Event], calendar: CivilCalendar = .utc) {
    var kinds: [String: [String: AttributeType]] = [:]
    var isRecorded: Set<String> = []
    for event in events {
      var types = kinds[event.kind] ?? [:]
      for (name, value) in event.attributes where types[name] == nil { types[name] = value.type }
      kinds[event.kind] = types
      if event.recorded != nil { isRecorded.insert(event.kind) }
    }
    let schema = EventSchema(
      kinds: kinds.keys.sorted().map { kind in
        let types = kinds[kind] ?? [:]
        return .init(
          name: kind,
          attributes: types.keys.sorted().map { .init(name: $0, type: types[$0] ?? .number) },
          isRecorded: isRecorded.contains(kind))
      })
    var builder = EventLogBuilder(schema: schema, calendar: calendar)
    for (index, kind) in schema.kinds.enumerated() {
      let own = events.filter { $0.kind == kind.name }
      var customers = ByteStrings()
      for event in own { customers.append(event.customer.utf8) }
      builder.append(
        EventBatch(
          kind: index, customers: customers, times: own.map(\.time),
          recorded: kind.isRecorded ? own.map { $0.recorded ?? $0.time } : nil,
          columns: kind.attributes.map { attribute in
            EventColumn(own.map { $0.attributes[attribute.name] }, type: attribute.type)
          }))
    }
    self = builder.finish()
  }
}

extension EventColumn {
  fileprivate init(_ values: [Event.Value?], type: AttributeType) {
    switch type {
    case .number:
      self = .number(values.map { if case .number(let value) = $0 { value } else { .nan } })
    case .flag:
      self = .flag(
        values.map { if case .flag(let value) = $0 { value ? 1 : 0 } else { EventColumn.missingFlag } })
    case .time:
      self = .time(values.map { if case .time(let value) = $0 { value } else { .distantPast } })
    case .category:
      var codeOf: [String: Int32] = [:]
      var dictionary: [String] = []
      let codes = values.map { value -> Int32 in
        guard case .category(let word) = value else { return EventColumn.missingCode }
        if let code = codeOf[word] { return code }
        let code = Int32(dictionary.count)
        codeOf[word] = code
        dictionary.append(word)
        return code
      }
      self = .category(codes: codes, dictionary: dictionary)
    }
  }
}
