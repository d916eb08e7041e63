internal import RekindleCore
internal import Synchronization

/// The lanes of a builder: as many as threads were ever appending at once.
final class EventLanes: Sendable {
  private let schema: EventSchema
  private let idle = Mutex<[EventLane]>([])

  init(schema: EventSchema) {
    self.schema = schema
  }

  /// A lane that is nobody else's until it is put back.
  func take() -> EventLane {
    idle.withLock { $0.popLast() } ?? EventLane(schema: schema)
  }

  func put(back lane: EventLane) {
    idle.withLock { $0.append(lane) }
  }

  func takeAll() -> [EventLane] {
    idle.withLock { lanes in
      defer { lanes = [] }
      return lanes
    }
  }
}

/// The events that one thread at a time appends, under codes of the lane's own for customers and
/// words: a lock for every lookup would cost more than the lookup.
///
/// Unchecked, because the compiler cannot see that `EventLanes` hands a lane to one thread only.
final class EventLane: @unchecked Sendable {
  private(set) var customers = ByteStringIndex()
  private let layouts: [EventRecordLayout]
  private var records: [EventRecords]
  /// By kind and attribute; used where the attribute is a category.
  private var dictionaries: [[ByteStringIndex]]

  init(schema: EventSchema) {
    layouts = schema.kinds.map(EventRecordLayout.init)
    records = layouts.map { EventRecords(stride: $0.stride) }
    dictionaries = layouts.map { $0.types.map { _ in ByteStringIndex() } }
  }

  func words(kind: Int) -> [ByteStringIndex] { dictionaries[kind] }

  func takeRecords(kind: Int) -> EventRecords {
    defer { records[kind] = EventRecords(stride: records[kind].stride) }
    return records[kind]
  }

  func forgetCustomers() { customers = ByteStringIndex() }

  func append(_ batch: EventBatch) {
    let kind = batch.kind
    let layout = layouts[kind]
    let stride = layout.stride
    let codes = customers.codes(of: batch.customers, rows: batch.rows)
    let translations = layout.types.indices.map {
      translation(batch.columns[$0], rows: batch.rows, kind, attribute: $0)
    }
    var start = 0
    var spare: [UnsafeMutableRawPointer] = []
    while start < batch.count {
      let (base, count) = records[kind].extend(by: batch.count - start, spare: &spare)
      let rows = Rows(places: start..<(start + count), list: batch.rows)
      Self.store(rows, of: batch.times, at: base, stride)
      if let recorded = layout.recorded {
        Self.store(rows, of: batch.recorded ?? batch.times, at: base + recorded, stride)
      }
      Self.store(Rows(places: rows.places, list: nil), of: codes, at: base + layout.customer, stride)
      for (index, offset) in layout.offsets.enumerated() {
        switch batch.columns[index] {
        case .number(let values):
          // One bit pattern for what is missing.
          Self.store(rows, of: values, at: base + offset, stride) { $0.isNaN ? .nan : $0 }
        case .category(let codes, _):
          translations[index].withUnsafeBufferPointer { translated in
            Self.store(rows, of: codes, at: base + offset, stride) {
              $0 < 0 ? EventColumn.missingCode : translated[Int($0)]
            }
          }
        case .flag(let values): Self.store(rows, of: values, at: base + offset, stride)
        case .time(let values): Self.store(rows, of: values, at: base + offset, stride)
        }
      }
      start += count
    }
  }

  /// The lane's codes of a batch's words; words that no row has are left out of the dictionary.
  private func translation(
    _ column: EventColumn, rows: [Int32]?, _ kind: Int, attribute: Int
  ) -> [Int32] {
    guard case .category(let codes, let dictionary) = column else { return [] }
    var isUsed = [Bool](repeating: false, count: dictionary.count)
    isUsed.withUnsafeMutableBufferPointer { isUsed in
      if let rows {
        for row in rows where codes[Int(row)] >= 0 { isUsed[Int(codes[Int(row)])] = true }
      } else {
        for code in codes where code >= 0 { isUsed[Int(code)] = true }
      }
    }
    var words = ByteStrings()
    for (word, isUsed) in zip(dictionary, isUsed) where isUsed { words.append(word.utf8) }
    let own = dictionaries[kind][attribute].codes(of: words)
    var next = 0
    return isUsed.map { isUsed in
      guard isUsed else { return EventColumn.missingCode }
      defer { next += 1 }
      return Int32(own[next])
    }
  }

  /// Some events of a batch: their places in it, and the rows of its columns where those differ.
  private struct Rows {
    var places: Range<Int>
    var list: [Int32]?
  }

  @inline(__always)
  private static func store<Value>(
    _ rows: Rows, of values: [Value], at base: UnsafeMutableRawPointer, _ stride: Int,
    _ change: (Value) -> Value = { $0 }
  ) {
    values.withUnsafeBufferPointer { values in
      var place = base
      guard let list = rows.list else {
        for row in rows.places {
          place.storeBytes(of: change(values[row]), as: Value.self)
          place += stride
        }
        return
      }
      list.withUnsafeBufferPointer { list in
        for index in rows.places {
          place.storeBytes(of: change(values[Int(list[index])]), as: Value.self)
          place += stride
        }
      }
    }
  }
}
