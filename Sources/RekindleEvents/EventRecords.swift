internal import RekindleCore

/// How an event of one kind lies in memory while a log is made: the time, then what is 8 bytes
/// wide, then 4, then 1, in a record whose size is a multiple of 8.
///
/// Rows and not columns, because the log is made by moving events twice, once to the part of the
/// customers that they belong to and once to their place in it: a row moves as one.
struct EventRecordLayout: Sendable {
  let types: [AttributeType]
  /// Where the attribute's value lies in the record.
  let offsets: [Int]
  /// Where the time of recording lies; `nil` when the kind has none.
  let recorded: Int?
  /// Where the customer's code, later rank, lies.
  let customer: Int
  let stride: Int

  init(_ kind: EventSchema.Kind) {
    types = kind.attributes.map(\.type)
    var next = 8
    var offsets = [Int](repeating: 0, count: types.count)
    recorded = kind.isRecorded ? 8 : nil
    if kind.isRecorded { next += 8 }
    for (index, type) in types.enumerated() where type == .number || type == .time {
      offsets[index] = next
      next += 8
    }
    customer = next
    next += 4
    for (index, type) in types.enumerated() where type == .category {
      offsets[index] = next
      next += 4
    }
    for (index, type) in types.enumerated() where type == .flag {
      offsets[index] = next
      next += 1
    }
    self.offsets = offsets
    stride = (next + 7) / 8 * 8
  }

  /// Whether `a` comes before `b` among the events of a customer: by time, time of recording and
  /// then content. A total order (−0 before 0, NaN last), so that equal events are the same bytes.
  func precedes(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer) -> Bool {
    func at<Value>(_ record: UnsafeRawPointer, _ offset: Int, _ type: Value.Type) -> Value {
      record.loadUnaligned(fromByteOffset: offset, as: type)
    }
    let (timeA, timeB) = (at(a, 0, Int64.self), at(b, 0, Int64.self))
    if timeA != timeB { return timeA < timeB }
    if let recorded {
      let (a, b) = (at(a, recorded, Int64.self), at(b, recorded, Int64.self))
      if a != b { return a < b }
    }
    for (type, offset) in zip(types, offsets) {
      switch type {
      case .number:
        let (a, b) = (at(a, offset, Double.self), at(b, offset, Double.self))
        if a.bitPattern != b.bitPattern { return a.isTotallyOrdered(belowOrEqualTo: b) }
      case .time:
        let (a, b) = (at(a, offset, Int64.self), at(b, offset, Int64.self))
        if a != b { return a < b }
      case .category:
        let (a, b) = (at(a, offset, Int32.self), at(b, offset, Int32.self))
        if a != b { return a < b }
      case .flag:
        let (a, b) = (at(a, offset, UInt8.self), at(b, offset, UInt8.self))
        if a != b { return a < b }
      }
    }
    return false
  }
}

/// Records end to end in slabs of one size, taken from the system and given back to it as soon as
/// they are read, so that making a log never holds its events twice.
///
/// Not a Swift array: growing one copies it, and freeing a small one gives nothing back.
struct EventRecords: @unchecked Sendable {
  struct Slab {
    var base: UnsafeMutableRawPointer
    var count: Int
  }

  static let slabBytes = 1 << 16

  let stride: Int
  private(set) var slabs: [Slab] = []
  private var room = 0

  init(stride: Int) {
    self.stride = stride
  }

  var count: Int { slabs.reduce(0) { $0 + $1.count } }

  /// Makes room for at most `wanted` records at the end.
  /// - Parameter spare: slabs that were released for use again; taken from first.
  /// - Returns: where the first lies and how many there is room for.
  @inline(__always)
  mutating func extend(
    by wanted: Int, spare: inout [UnsafeMutableRawPointer]
  ) -> (base: UnsafeMutableRawPointer, count: Int) {
    if room == 0 {
      let base = spare.popLast() ?? LargePages.map(bytes: Self.slabBytes, isUsedSoon: true)
      slabs.append(Slab(base: base, count: 0))
      room = Self.slabBytes / stride
    }
    let last = slabs.count - 1
    let taken = min(wanted, room)
    let base = slabs[last].base + slabs[last].count * stride
    slabs[last].count += taken
    room -= taken
    return (base, taken)
  }

  /// Takes a slab that somebody else has filled.
  mutating func append(_ slab: Slab) {
    slabs.append(slab)
    room = 0
  }

  func forEach(_ body: (UnsafeRawPointer) -> Void) {
    for slab in slabs {
      var record = UnsafeRawPointer(slab.base)
      for _ in 0..<slab.count {
        body(record)
        record += stride
      }
    }
  }

  /// Copies a record, eight bytes at a time: records are too short for a call to be worth it.
  @inline(__always)
  static func copy(_ record: UnsafeRawPointer, to place: UnsafeMutableRawPointer, _ stride: Int) {
    var offset = 0
    while offset < stride {
      (place + offset).storeBytes(of: (record + offset).load(as: UInt64.self), as: UInt64.self)
      offset += 8
    }
  }

  /// Gives a slab back that nobody reads any more.
  static func release(_ slab: UnsafeMutableRawPointer) {
    LargePages.unmap(slab, bytes: slabBytes)
  }
}
