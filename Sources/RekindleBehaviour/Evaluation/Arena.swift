internal import Synchronization

/// Memory for the columns of one block: handed out from the front, taken back all at once, kept
/// for the next block. A block is computed thousands of times; the allocator is not asked again.
final class Arena {
  private var chunks: [UnsafeMutableRawBufferPointer] = []
  private var chunk = 0
  private var used = 0

  deinit { for chunk in chunks { chunk.deallocate() } }

  func reset() {
    chunk = 0
    used = 0
  }

  /// Room for `count` values, not initialised.
  func allocate<Element: BitwiseCopyable>(_: Element.Type, _ count: Int) -> UnsafeMutablePointer<Element> {
    let bytes = (count * MemoryLayout<Element>.stride + 63) & ~63
    while chunk < chunks.count, used + bytes > chunks[chunk].count {
      chunk += 1
      used = 0
    }
    if chunk == chunks.count {
      chunks.append(.allocate(byteCount: max(bytes, 1 << 20), alignment: 64))
      used = 0
    }
    let start = chunks[chunk].baseAddress.map { $0 + used } ?? UnsafeMutableRawPointer(bitPattern: 64)
    used += bytes
    guard let start else { fatalError("an arena of no memory") }
    return start.bindMemory(to: Element.self, capacity: count)
  }
}

/// Arenas that rest between blocks: as many as threads ever worked at once.
final class ArenaPool: Sendable {
  private struct Resting: @unchecked Sendable { var arenas: [Arena] = [] }
  private let resting = Mutex(Resting())

  func withArena(_ body: (Arena) -> Void) {
    let arena = resting.withLock { $0.arenas.popLast() } ?? Arena()
    arena.reset()
    body(arena)
    resting.withLock { $0.arenas.append(arena) }
  }
}
