public import RekindleCore
internal import Synchronization

/// Takes batches in any order, from any number of threads at once, and makes the log of them:
/// customers in byte order, streams grouped by customer and ordered by time and then content,
/// dictionaries in byte order. The log does not depend on the order of the batches, on that of the
/// rows in them or on the number of threads.
///
/// Nothing is sorted that can be placed. Customers get codes as they come, and their ids are put
/// in order once, at the end; events are then moved to the range of customers that they belong to
/// and, range by range inside the processor's cache, to their customer. Only the few events of one
/// customer are sorted, and only when they did not come in time order.
public struct EventLogBuilder: Sendable {
  public let schema: EventSchema
  public let calendar: CivilCalendar
  private let lanes: EventLanes

  /// - Parameter workers: how many threads `finish` may use.
  public init(schema: EventSchema, calendar: CivilCalendar, workers: Workers = Workers(1)) {
    self.schema = schema
    self.calendar = calendar
    self.workers = workers
    lanes = EventLanes(schema: schema)
  }

  private let workers: Workers

  /// Takes the rows of a batch. May be called by several threads at once.
  public func append(_ batch: EventBatch) {
    precondition(batch.columns.count == schema.kinds[batch.kind].attributes.count)
    let lane = lanes.take()
    lane.append(batch)
    lanes.put(back: lane)
  }

  /// The log of all events that were appended.
  public consuming func finish() -> EventLog {
    let lanes = lanes.takeAll()
    let (customers, ranks) = ByteStringIndex.merged(lanes.map(\.customers), workers: workers)
    for lane in lanes { lane.forgetCustomers() }
    let placement = EventPlacement(customerCount: customers.count, workers: workers)
    var streams: [EventStream] = []
    for kind in schema.kinds.indices {
      streams.append(
        placement.stream(
          schema.kinds[kind],
          from: zip(lanes, ranks).map { lane, ranks in
            .init(records: lane.takeRecords(kind: kind), words: lane.words(kind: kind), ranks: ranks)
          }))
    }
    return EventLog(
      customers: customers, streams: streams.sorted { $0.kind < $1.kind }, calendar: calendar)
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
    let builder = EventLogBuilder(schema: schema, calendar: calendar)
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
