internal import RekindleCore

/// What casting made of a block: the marks of its rows, and one batch for each kind that it holds.
struct CastBlock: Sendable {
  var marks: RowMarks
  /// Rows of kind `refund`.
  var refunds: Int
  var batches: [HashedBatch]
}

/// A batch, with a hash of each of its rows where identical rows are looked for.
struct HashedBatch: Sendable {
  var batch: EventBatch
  var hashes: [UInt128]
}

/// The columns of all rows of a block, before they are dealt out to their kinds.
struct CastColumns {
  let customers: ByteStrings
  let times: [Instant]
  let recorded: [Instant]?
  let values: [Double]
  let attributes: [EventColumn]

  /// One batch a kind, of the rows without a mark; all of them over the same columns.
  func batches(
    kinds: [UInt8], marks: RowMarks, targets: [Caster.KindTarget], _ hashes: [UInt128]
  ) -> [HashedBatch] {
    // Rows in the order of their kinds, each kind's in their own order.
    var ends = [Int](repeating: 0, count: targets.count + 1)
    for row in kinds.indices where marks[row] == 0 { ends[Int(kinds[row]) + 1] += 1 }
    for index in targets.indices { ends[index + 1] += ends[index] }
    var next = ends
    let order = [Int32](unsafeUninitializedCapacity: ends[targets.count]) { order, made in
      next.withUnsafeMutableBufferPointer { next in
        for row in kinds.indices where marks[row] == 0 {
          let kind = Int(kinds[row])
          order[next[kind]] = Int32(truncatingIfNeeded: row)
          next[kind] &+= 1
        }
      }
      made = ends[targets.count]
    }
    var batches: [HashedBatch] = []
    for (index, target) in targets.enumerated() where ends[index + 1] > ends[index] {
      let count = ends[index + 1] - ends[index]
      // Mostly all rows are of one kind.
      let rows = count < times.count ? Array(order[ends[index]..<ends[index + 1]]) : nil
      let columns = target.columns.map { origin in
        switch origin {
        case .value: EventColumn.number(values)
        case .attribute(let attribute): attributes[attribute]
        case .absent(let type): EventColumn(missing: times.count, type: type)
        }
      }
      var batch = EventBatch(
        kind: target.kind, customers: customers, times: times,
        recorded: target.isRecorded ? recorded ?? times : nil, columns: columns)
      batch.rows = rows
      batches.append(
        HashedBatch(
          batch: batch,
          hashes: hashes.isEmpty ? [] : rows.map { $0.map { hashes[Int($0)] } } ?? hashes))
    }
    return batches
  }
}

/// The elements at `rows`.
func taking<Element>(_ values: [Element], _ rows: [Int]) -> [Element] {
  [Element](unsafeUninitializedCapacity: rows.count) { target, made in
    values.withUnsafeBufferPointer { values in
      for (index, row) in rows.enumerated() { target.initializeElement(at: index, to: values[row]) }
    }
    made = rows.count
  }
}

extension EventColumn {
  func taking(_ rows: [Int]) -> EventColumn {
    switch self {
    case .number(let values): .number(RekindleEvents.taking(values, rows))
    case .category(let codes, let dictionary):
      .category(codes: RekindleEvents.taking(codes, rows), dictionary: dictionary)
    case .flag(let values): .flag(RekindleEvents.taking(values, rows))
    case .time(let values): .time(RekindleEvents.taking(values, rows))
    }
  }

  /// A column in which every value is missing.
  init(missing count: Int, type: AttributeType) {
    switch type {
    case .number: self = .number([Double](repeating: .nan, count: count))
    case .category:
      self = .category(codes: [Int32](repeating: EventColumn.missingCode, count: count), dictionary: [])
    case .flag: self = .flag([UInt8](repeating: EventColumn.missingFlag, count: count))
    case .time: self = .time([Instant](repeating: .distantPast, count: count))
    }
  }
}

extension CellColumn {
  /// The first `count` cells, end to end. A row with a mark has an empty one: a record that is too
  /// short has no cell there.
  func strings(count: Int, marks: RowMarks) -> ByteStrings {
    var strings = ByteStrings()
    strings.ends = [Int](unsafeUninitializedCapacity: count) { ends, made in
      var end = 0
      for row in 0..<count {
        if marks[row] == 0 { end &+= Int(spans[row &* stride].length) }
        ends[row] = end
      }
      made = count
    }
    let total = strings.ends.last ?? 0
    // Ids are short: they are copied as one or two words, and the room behind takes what is too much.
    strings.bytes = [UInt8](unsafeUninitializedCapacity: total + 16) { bytes, made in
      made = total
      guard let start = bytes.baseAddress else { return }
      var target = UnsafeMutableRawPointer(start)
      for row in 0..<count where marks[row] == 0 {
        let cell = self[row]
        let source = UnsafeRawPointer(cell.start)
        if cell.count <= 16 {
          target.storeBytes(of: source.loadUnaligned(as: UInt64.self), as: UInt64.self)
          if cell.count > 8 {
            target.storeBytes(
              of: source.loadUnaligned(fromByteOffset: 8, as: UInt64.self), toByteOffset: 8,
              as: UInt64.self)
          }
        } else {
          target.copyMemory(from: source, byteCount: cell.count)
        }
        target += cell.count
      }
    }
    return strings
  }
}

extension EventBatch {
  /// The events at `places`.
  func taking(_ places: [Int]) -> EventBatch {
    var batch = self
    batch.rows = places.map { rows?[$0] ?? Int32($0) }
    return batch
  }
}
