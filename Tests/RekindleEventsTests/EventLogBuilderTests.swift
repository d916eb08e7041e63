import RekindleCore
import RekindleEvents
import Testing

/// The builder against a slow one that sorts whole rows, on logs drawn so that everything that can
/// tie does: few customers, times, words and values.
@Suite struct EventLogBuilderTests {
  static let schema = EventSchema(kinds: [
    .init(
      name: "purchase",
      attributes: [
        .init(name: "value", type: .number), .init(name: "category", type: .category),
        .init(name: "gift", type: .flag), .init(name: "shipped", type: .time),
        .init(name: "channel", type: .category),
      ], isRecorded: true),
    .init(name: "visit", attributes: [.init(name: "page", type: .category)]),
    .init(name: "cart", attributes: []),
  ])

  static func randomBatches(
    _ random: inout SplitMix, count: Int, rows: Int, customers: Int, instants: Int64
  ) -> [EventBatch] {
    (0..<count).map { _ in
      let kind = Int(random.next() % 3)
      var ids = ByteStrings()
      for _ in 0..<rows {
        let number = random.next() % UInt64(customers)
        // Short ids, one at the edge of what fits a key, and long ones that share their beginning.
        let id =
          switch number % 4 {
          case 0: "\(number)"
          case 1: "customer-\(String(repeating: "x", count: 5))\(number % 10)"
          case 2: "a customer with a long id, number \(number)"
          default: "客户\(number)"
          }
        ids.append(id.utf8)
      }
      func instant() -> Instant {
        Instant(microseconds: Int64(random.next() % UInt64(instants)) - instants / 2)
      }
      func column(_ type: AttributeType) -> EventColumn {
        switch type {
        case .number:
          let values = [1.5, -2, 0, -0.0, .nan, -.nan, .infinity]
          return .number((0..<rows).map { _ in values[Int(random.next() % 7)] })
        case .flag: return .flag((0..<rows).map { _ in [0, 1, 255][Int(random.next() % 3)] })
        case .time:
          return .time((0..<rows).map { _ in random.next() % 4 == 0 ? .distantPast : instant() })
        case .category:
          // "é" in two spellings; "never" is in the dictionary and in no row.
          let words = ["tea", "\u{e9}", "e\u{301}", "", "Tea", "a word of more than fifteen bytes", "never"]
          let shift = Int(random.next() % 6)
          let own = (0..<6).map { words[($0 + shift) % 6] } + ["never"]
          return .category(
            codes: (0..<rows).map { _ in Int32(random.next() % 7) - 1 }, dictionary: own)
        }
      }
      let definition = schema.kinds[kind]
      return EventBatch(
        kind: kind, customers: ids, times: (0..<rows).map { _ in instant() },
        recorded: definition.isRecorded ? (0..<rows).map { _ in instant() } : nil,
        columns: definition.attributes.map { column($0.type) })
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8]) func equalsTheSlowBuilder(seed: UInt64) {
    var random = SplitMix(state: seed)
    let batches = Self.randomBatches(
      &random, count: 12, rows: Int(random.next() % 200), customers: 40, instants: seed < 5 ? 6 : 1_000_000)
    let builder = EventLogBuilder(schema: Self.schema, calendar: .utc)
    for batch in batches { builder.append(batch) }
    #expect(Contents(builder.finish()) == Contents(slowLog(batches, schema: Self.schema)))
  }

  /// Enough rows for many ranges of customers and many slabs, from two threads.
  @Test func orderAndThreadsChangeNothing() {
    var random = SplitMix(state: 99)
    let batches = Self.randomBatches(
      &random, count: 300, rows: 1000, customers: 5000, instants: 10_000)
    let expected = Contents(slowLog(batches, schema: Self.schema))
    for threads in [1, 2] {
      var order = Array(batches.indices)
      order.shuffle(using: &random)
      let shuffled = order.map { batches[$0] }
      let builder = EventLogBuilder(schema: Self.schema, calendar: .utc, workers: Workers(threads))
      Workers(threads).forEach(blocks: shuffled.count) { builder.append(shuffled[$0]) }
      #expect(Contents(builder.finish()) == expected)
    }
  }

  @Test func logWithoutEvents() {
    let log = EventLogBuilder(schema: Self.schema, calendar: .utc).finish()
    #expect(log.customers.isEmpty)
    #expect(log.span == nil)
    #expect(log.streams.map(\.kind) == ["cart", "purchase", "visit"])
    #expect(log.streams.allSatisfy { $0.offsets == [0] })
  }

  @Test func customerWithoutEventsOfAKindHasAnEmptyRange() throws {
    let log = EventLog(events: [
      Event(customer: "b", kind: "visit", time: Instant(seconds: 5)),
      Event(customer: "a", kind: "purchase", time: Instant(seconds: 4), attributes: ["value": .number(3)]),
      Event(customer: "b", kind: "visit", time: Instant(seconds: 2)),
    ])
    #expect(log.customers == ["a", "b"])
    let visits = try #require(log.stream("visit"))
    #expect(visits.offsets == [0, 0, 2])
    #expect(visits.times == [Instant(seconds: 2), Instant(seconds: 5)])
    #expect(log.stream("purchase")?.offsets == [0, 1, 1])
    #expect(log.span == Instant(seconds: 2)...Instant(seconds: 5))
  }
}

/// A log as bytes and integers, so that NaN equals NaN, −0 differs from 0, and two spellings of a
/// letter differ.
struct Contents: Equatable {
  var customers: [[UInt8]]
  var streams: [[[Int64]]] = []
  var words: [[[UInt8]]] = []

  init(_ log: EventLog) {
    customers = log.customers.map { Array($0.utf8) }
    for stream in log.streams {
      words.append([Array(stream.kind.utf8)])
      var columns = [stream.offsets.map(Int64.init), stream.times.map(\.microseconds)]
      if let recorded = stream.recorded { columns.append(recorded.map(\.microseconds)) }
      for attribute in stream.attributes {
        words.append([Array(attribute.name.utf8)])
        switch attribute.column {
        case .number(let values): columns.append(values.map { Int64(bitPattern: $0.bitPattern) })
        case .flag(let values): columns.append(values.map(Int64.init))
        case .time(let values): columns.append(values.map(\.microseconds))
        case .category(let codes, let dictionary):
          columns.append(codes.map(Int64.init))
          words.append(dictionary.map { Array($0.utf8) })
        }
      }
      streams.append(columns)
    }
  }
}

/// The obvious way: every row as a tuple of comparable fields, all sorted.
private func slowLog(_ batches: [EventBatch], schema: EventSchema) -> EventLog {
  typealias Bytes = [UInt8]
  func id(_ batch: EventBatch, _ row: Int) -> Bytes {
    Array(batch.customers.bytes[batch.customers.range(row)])
  }
  var ids: Set<Bytes> = []
  for batch in batches { for row in batch.times.indices { ids.insert(id(batch, row)) } }
  let customers = ids.sorted { $0.lexicographicallyPrecedes($1) }
  let rankOf = Dictionary(uniqueKeysWithValues: customers.enumerated().map { ($1, $0) })
  let streams = schema.kinds.enumerated().map { kind, definition in
    let own = batches.filter { $0.kind == kind }
    let dictionaries = definition.attributes.indices.map { attribute in
      var words: Set<Bytes> = []
      for batch in own {
        if case .category(let codes, let dictionary) = batch.columns[attribute] {
          for code in codes where code >= 0 { words.insert(Array(dictionary[Int(code)].utf8)) }
        }
      }
      return words.sorted { $0.lexicographicallyPrecedes($1) }
    }
    /// Customer, time, recorded, then a field an attribute whose order is the column's.
    var rows: [[Int64]] = []
    for batch in own {
      for row in batch.times.indices {
        let owner = rankOf[id(batch, row)] ?? -1
        var fields = [Int64(owner), batch.times[row].microseconds]
        fields.append((batch.recorded ?? batch.times)[row].microseconds)
        for (column, words) in zip(batch.columns, dictionaries) {
          switch column {
          case .number(let values): fields.append(sortable(values[row]))
          case .flag(let values): fields.append(Int64(values[row]))
          case .time(let values): fields.append(values[row].microseconds)
          case .category(let codes, let dictionary):
            let word = codes[row] < 0 ? nil : Array(dictionary[Int(codes[row])].utf8)
            fields.append(Int64(word.flatMap { words.firstIndex(of: $0) } ?? -1))
          }
        }
        rows.append(fields)
      }
    }
    rows.sort { $0.lexicographicallyPrecedes($1) }
    var offsets: [UInt32] = [0]
    var end = 0
    for customer in customers.indices {
      while end < rows.count, rows[end][0] == Int64(customer) { end += 1 }
      offsets.append(UInt32(end))
    }
    return EventStream(
      kind: definition.name, offsets: offsets, times: rows.map { Instant(microseconds: $0[1]) },
      recorded: definition.isRecorded ? rows.map { Instant(microseconds: $0[2]) } : nil,
      attributes: definition.attributes.enumerated().map { index, attribute in
        let fields = rows.map { $0[3 + index] }
        let column: EventColumn =
          switch attribute.type {
          case .number: .number(fields.map(number))
          case .flag: .flag(fields.map { UInt8($0) })
          case .time: .time(fields.map { Instant(microseconds: $0) })
          case .category:
            .category(
              codes: fields.map { Int32($0) },
              dictionary: dictionaries[index].map { String(decoding: $0, as: UTF8.self) })
          }
        return EventAttribute(name: attribute.name, column: column)
      })
  }
  return EventLog(
    customers: customers.map { String(decoding: $0, as: UTF8.self) },
    streams: streams.sorted { $0.kind < $1.kind }, calendar: .utc)
}

/// An integer that orders as the number does: −0 before 0, NaN last.
private func sortable(_ value: Double) -> Int64 {
  if value.isNaN { return .max }
  let bits = Int64(bitPattern: value.bitPattern)
  return bits < 0 ? bits ^ .max : bits
}

private func number(_ sortable: Int64) -> Double {
  if sortable == .max { return .nan }
  return Double(bitPattern: UInt64(bitPattern: sortable < 0 ? sortable ^ .max : sortable))
}
