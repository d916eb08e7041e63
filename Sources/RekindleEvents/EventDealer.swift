internal import RekindleCore

/// Deals the records of a kind out to ranges of neighbouring customers.
///
/// A record touches the cursor of its range and the slab that is being filled there, and nothing
/// else: that is what the loop costs. A class, because it owns the cursors.
final class EventDealer {
  private struct Cursor {
    var base: UnsafeMutableRawPointer
    var next: UnsafeMutableRawPointer
    /// 0 before the first record.
    var room: Int
  }

  private let layout: EventRecordLayout
  private let width: Int
  private let slabRecords: Int
  private let cursors: UnsafeMutablePointer<Cursor>
  private var dealt: [EventRecords]

  /// - Parameter width: how many customers make a range.
  init(_ layout: EventRecordLayout, width: Int, rangeCount: Int) {
    self.layout = layout
    self.width = width
    slabRecords = EventRecords.slabBytes / layout.stride
    dealt = [EventRecords](repeating: EventRecords(stride: layout.stride), count: rangeCount)
    cursors = .allocate(capacity: rangeCount)
    // No record has been put there, so that the place does not matter.
    let nowhere = UnsafeMutableRawPointer(cursors)
    cursors.initialize(repeating: Cursor(base: nowhere, next: nowhere, room: 0), count: rangeCount)
  }

  deinit { cursors.deallocate() }

  /// Copies the records of a slab, in which customers are ranks.
  /// - Parameter spare: slabs to fill again, taken before the system is asked.
  func deal(_ slab: EventRecords.Slab, spare: inout [UnsafeMutableRawPointer]) {
    let stride = layout.stride
    let customer = layout.customer
    // rank / width without a division: exact, as both are below 2³².
    let factor = UInt64.max / UInt64(width) &+ 1
    var record = UnsafeRawPointer(slab.base)
    for _ in 0..<slab.count {
      let rank = UInt64((record + customer).load(as: UInt32.self))
      let range = width == 1 ? Int(rank) : Int(rank.multipliedFullWidth(by: factor).high)
      let cursor = cursors + range
      if cursor.pointee.room == 0 { refill(range, &spare) }
      EventRecords.copy(record, to: cursor.pointee.next, stride)
      cursor.pointee.next += stride
      cursor.pointee.room &-= 1
      record += stride
    }
  }

  @inline(never)
  private func refill(_ range: Int, _ spare: inout [UnsafeMutableRawPointer]) {
    keep(range)
    let base = spare.popLast() ?? LargePages.map(bytes: EventRecords.slabBytes, isUsedSoon: true)
    cursors[range] = Cursor(base: base, next: base, room: slabRecords)
  }

  private func keep(_ range: Int) {
    let count = (cursors[range].next - cursors[range].base) / layout.stride
    if count > 0 { dealt[range].append(EventRecords.Slab(base: cursors[range].base, count: count)) }
    cursors[range].next = cursors[range].base
    cursors[range].room = 0
  }

  /// The records of every range.
  func finish() -> [EventRecords] {
    for range in dealt.indices { keep(range) }
    return dealt
  }
}
