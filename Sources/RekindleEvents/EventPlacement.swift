internal import RekindleCore

/// Moves the events of a kind from the lanes, where they lie as they came, to the columns of a
/// stream, where they lie by customer and time.
///
/// Two moves. The first deals the records out to ranges of customers; the second places those of a
/// range, which fit the cache, and writes their part of every column. One move straight to the
/// columns would miss the cache, and the page table, once a value.
struct EventPlacement: Sendable {
  /// What a lane has of the kind.
  struct Source: Sendable {
    var records: EventRecords
    /// The words of each attribute by the lane's codes.
    var words: [ByteStringIndex]
    /// The customer of each of the lane's codes.
    var ranks: [UInt32]
  }

  let customerCount: Int
  let workers: Workers

  /// A range of customers holds about this many bytes of records: a quarter of a usual L2 cache.
  private static let bytesInRange = 1 << 19
  /// More ranges than this and dealing itself would miss the cache.
  private static let mostRanges = 256

  func stream(_ kind: EventSchema.Kind, from sources: [Source]) -> EventStream {
    let layout = EventRecordLayout(kind)
    let total = sources.reduce(0) { $0 + $1.records.count }
    let words = kind.attributes.indices.map { attribute in
      ByteStringIndex.merged(sources.map { $0.words[attribute] }, workers: workers)
    }
    let width = rangeWidth(bytes: total * layout.stride)
    let rangeCount = (customerCount + width - 1) / width
    let dealt = deal(sources, codes: words.map(\.ranks), layout, width: width, rangeCount: rangeCount)
    var next = 0
    let starts =
      (0..<rangeCount).map { range in
        defer { next += dealt.reduce(0) { $0 + $1[range].count } }
        return next
      } + [total]

    var offsets = [UInt32](repeating: UInt32(total), count: customerCount + 1)
    let recordedType: [AttributeType] = layout.recorded == nil ? [] : [.time]
    var columns = offsets.withUnsafeMutableBufferPointer { offsets in
      nonisolated(unsafe) let offsets = offsets
      return Self.columns([.time] + recordedType + layout.types, count: total) { columns in
        nonisolated(unsafe) let columns = columns
        let fields = [0] + (layout.recorded.map { [$0] } ?? []) + layout.offsets
        workers.forEach(blocks: rangeCount) { range in
          let customers = range * width..<min((range + 1) * width, customerCount)
          let sorted = Self.place(
            dealt.map { $0[range] }, layout, customers: customers, start: starts[range], offsets)
          for (column, field) in zip(columns, fields) {
            column.fill(
              starts[range]..<starts[range + 1], records: sorted, stride: layout.stride, field: field)
          }
          sorted.deallocate()
        }
      }
    }
    let times = columns.removeFirst()
    let recorded = layout.recorded == nil ? nil : columns.removeFirst()
    return EventStream(
      kind: kind.name, offsets: offsets, times: times.instants, recorded: recorded?.instants,
      attributes: kind.attributes.indices.map { index in
        var column = columns[index]
        if case .category(let codes, _) = column {
          column = .category(codes: codes, dictionary: words[index].ids)
        }
        return EventAttribute(name: kind.attributes[index].name, column: column)
      })
  }

  /// How many neighbouring customers make a range.
  private func rangeWidth(bytes: Int) -> Int {
    let wanted = min(Self.mostRanges, max(1, bytes / Self.bytesInRange))
    return max(1, (customerCount + wanted - 1) / wanted)
  }

  /// The records of every range, by worker; customers are ranks now, and words their final codes.
  private func deal(
    _ sources: [Source], codes: [[[UInt32]]], _ layout: EventRecordLayout, width: Int, rangeCount: Int
  ) -> [[EventRecords]] {
    let slabs = sources.enumerated().flatMap { source, own in own.records.slabs.map { (source, $0) } }
    let jobs = workers.count
    nonisolated(unsafe) let shared = slabs
    return workers.map(blocks: jobs) { job in
      let dealer = EventDealer(layout, width: width, rangeCount: rangeCount)
      let categories = layout.types.indices.filter { layout.types[$0] == .category }
      var spare: [UnsafeMutableRawPointer] = []
      defer { for slab in spare { EventRecords.release(slab) } }
      var index = job
      while index < shared.count {
        let (source, slab) = shared[index]
        let ranks = sources[source].ranks
        let tables = categories.map { (offset: layout.offsets[$0], codes: codes[$0][source]) }
        for table in tables { Self.translate(slab, layout.stride, table.offset, table.codes) }
        Self.translate(slab, layout.stride, layout.customer, ranks)
        dealer.deal(slab, spare: &spare)
        spare.append(slab.base)
        index += jobs
      }
      return dealer.finish()
    }
  }

  /// Puts the entries of a table in place of a field's indices into it; −1 stays.
  private static func translate(
    _ slab: EventRecords.Slab, _ stride: Int, _ field: Int, _ table: [UInt32]
  ) {
    table.withUnsafeBufferPointer { table in
      var place = slab.base + field
      for _ in 0..<slab.count {
        let code = place.load(as: Int32.self)
        if code >= 0 { place.storeBytes(of: table[Int(code)], as: UInt32.self) }
        place += stride
      }
    }
  }

  /// The records of a range by customer and time, in memory that the caller frees; writes the
  /// customers' offsets.
  private static func place(
    _ parts: [EventRecords], _ layout: EventRecordLayout, customers: Range<Int>, start: Int,
    _ offsets: UnsafeMutableBufferPointer<UInt32>
  ) -> UnsafeMutableRawPointer {
    let stride = layout.stride
    let total = parts.reduce(0) { $0 + $1.count }
    let sorted = UnsafeMutableRawPointer.allocate(byteCount: max(1, total * stride), alignment: 8)
    // Where the next event of each customer goes; one more, so that counts become starts in place.
    var next = [Int](repeating: 0, count: customers.count + 1)
    for part in parts {
      part.forEach { next[Int(($0 + layout.customer).load(as: UInt32.self)) - customers.lowerBound + 1] += 1 }
    }
    for index in customers.indices {
      next[index - customers.lowerBound + 1] += next[index - customers.lowerBound]
      offsets[index] = UInt32(start + next[index - customers.lowerBound])
    }
    for part in parts {
      part.forEach { record in
        let customer = Int((record + layout.customer).load(as: UInt32.self)) - customers.lowerBound
        EventRecords.copy(record, to: sorted + next[customer] * stride, stride)
        next[customer] += 1
      }
      for slab in part.slabs { EventRecords.release(slab.base) }
    }
    // Each start has moved to its end.
    var first = 0
    for customer in customers.indices {
      let end = next[customer - customers.lowerBound]
      sort(sorted + first * stride, count: end - first, layout)
      first = end
    }
    return sorted
  }

  /// Sorts the events of one customer, unless they came in order.
  private static func sort(_ run: UnsafeMutableRawPointer, count: Int, _ layout: EventRecordLayout) {
    let stride = layout.stride
    // Few, and mostly in order: each record moves to its place among those before it.
    let shortest = 48
    func isBefore(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer) -> Bool {
      let (timeA, timeB) = (a.load(as: Int64.self), b.load(as: Int64.self))
      return timeA != timeB ? timeA < timeB : layout.precedes(a, b)
    }
    if count <= shortest {
      withUnsafeTemporaryAllocation(byteCount: stride, alignment: 8) { held in
        guard let held = held.baseAddress else { return }
        for index in 1..<max(1, count) {
          var place = run + index * stride
          if !isBefore(place, place - stride) { continue }
          EventRecords.copy(place, to: held, stride)
          repeat {
            EventRecords.copy(place - stride, to: place, stride)
            place -= stride
          } while place > run && isBefore(held, place - stride)
          EventRecords.copy(held, to: place, stride)
        }
      }
      return
    }
    var isSorted = true
    for index in 1..<count where isSorted {
      isSorted = !isBefore(run + index * stride, run + (index - 1) * stride)
    }
    if isSorted { return }
    let copy = UnsafeMutableRawPointer.allocate(byteCount: count * stride, alignment: 8)
    defer { copy.deallocate() }
    copy.copyMemory(from: run, byteCount: count * stride)
    let order = (0..<count).sorted { isBefore(copy + $0 * stride, copy + $1 * stride) }
    for (place, index) in order.enumerated() {
      EventRecords.copy(copy + index * stride, to: run + place * stride, stride)
    }
  }

  /// Columns of the given types, filled by `body`; dictionaries are left empty.
  ///
  /// A level of recursion an array, because only inside its initialiser is an array's memory open
  /// before it has values: values that are written twice would be touched twice.
  private static func columns(
    _ types: [AttributeType], count: Int, _ open: [OpenColumn] = [], _ body: ([OpenColumn]) -> Void
  ) -> [EventColumn] {
    guard let type = types.first else {
      body(open)
      return []
    }
    var others: [EventColumn] = []
    func array<Value>(_ make: (UnsafeMutablePointer<Value>) -> OpenColumn) -> [Value] {
      [Value](unsafeUninitializedCapacity: max(1, count)) { buffer, initialized in
        if let base = buffer.baseAddress {
          LargePages.advise(base, bytes: count * MemoryLayout<Value>.stride)
          others = columns(Array(types.dropFirst()), count: count, open + [make(base)], body)
        }
        initialized = count
      }
    }
    let column: EventColumn =
      switch type {
      case .number: .number(array(OpenColumn.number))
      case .category: .category(codes: array(OpenColumn.category), dictionary: [])
      case .flag: .flag(array(OpenColumn.flag))
      case .time: .time(array(OpenColumn.time))
      }
    return [column] + others
  }
}

/// The memory of a column that is being written.
private enum OpenColumn {
  case number(UnsafeMutablePointer<Double>)
  case category(UnsafeMutablePointer<Int32>)
  case flag(UnsafeMutablePointer<UInt8>)
  case time(UnsafeMutablePointer<Instant>)
}

extension OpenColumn {
  /// Writes one field of the records, end to end in memory, to these rows of the column.
  func fill(_ rows: Range<Int>, records: UnsafeRawPointer, stride: Int, field: Int) {
    func copy<Value>(_ out: UnsafeMutablePointer<Value>) {
      var place = records + field
      for index in rows {
        (out + index).initialize(to: place.load(as: Value.self))
        place += stride
      }
    }
    switch self {
    case .number(let out): copy(out)
    case .category(let out): copy(out)
    case .flag(let out): copy(out)
    case .time(let out): copy(out)
    }
  }
}

extension EventColumn {
  fileprivate var instants: [Instant] {
    if case .time(let values) = self { values } else { [] }
  }
}
