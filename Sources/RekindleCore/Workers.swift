internal import Dispatch
internal import Synchronization

/// How many threads may work at once, and the one way in which they do.
///
/// Work is cut into blocks whose bounds do not depend on the number of threads; each block's
/// result is kept by its index. What is then reduced in index order has the same bits for any
/// number of threads.
public struct Workers: Sendable, Hashable {
  public let count: Int

  public init(_ count: Int) {
    self.count = max(1, count)
  }

  /// Calls `body` once for every index in `0 ..< blocks`, on at most `count` threads at a time.
  public func forEach(blocks: Int, _ body: @Sendable (Int) -> Void) {
    let threads = min(count, blocks)
    if threads <= 1 {
      for block in 0..<blocks { body(block) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while true {
        let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if block >= blocks { return }
        body(block)
      }
    }
  }

  /// The results of `body` for `0 ..< blocks`, in index order.
  public func map<Result: Sendable>(blocks: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    let slots = UnsafeMutablePointer<Result>.allocate(capacity: max(1, blocks))
    defer { slots.deallocate() }
    nonisolated(unsafe) let base = slots
    forEach(blocks: blocks) { block in (base + block).initialize(to: body(block)) }
    let results = Array(UnsafeBufferPointer(start: slots, count: blocks))
    slots.deinitialize(count: blocks)
    return results
  }

  /// The results of `body` for `0 ..< rows`, in row order: threads take some thousand rows at a time, for
  /// work that is too small to be a block of its own.
  public func map<Result: Sendable>(rows: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    let size = 4096
    return Array(unsafeUninitializedCapacity: rows) { buffer, count in
      nonisolated(unsafe) let results = buffer
      forEach(blocks: (rows + size - 1) / size) { block in
        for row in block * size..<min(rows, (block + 1) * size) {
          results.initializeElement(at: row, to: body(row))
        }
      }
      count = rows
    }
  }
}
