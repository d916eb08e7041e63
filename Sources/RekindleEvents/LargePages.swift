internal import Foundation

/// Memory for tables that are larger than a processor's caches and are read all over: in large
/// pages where the system has them, because there a wait for memory is first of all a wait for the
/// page table.
enum LargePages {
  private static let least = 1 << 21

  /// Zeroed memory, for `free(_:bytes:)`.
  static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
    guard bytes >= least else {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: max(16, bytes), alignment: 16)
      memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      return memory
    }
    let memory = map(bytes: bytes)
    advise(memory, bytes: bytes)
    return memory
  }

  static func free(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    if bytes >= least { unmap(memory, bytes: bytes) } else { memory.deallocate() }
  }

  /// Asks for large pages under memory that is not yet used.
  static func advise(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    #if os(Linux)
      let page = Int(bitPattern: memory) & ~4095
      if bytes >= least {
        madvise(UnsafeMutableRawPointer(bitPattern: page), bytes, Int32(MADV_HUGEPAGE))
      }
    #endif
  }

  /// Whole pages from the system, zeroed; with `isUsedSoon` all of them at once.
  static func map(bytes: Int, isUsedSoon: Bool = false) -> UnsafeMutableRawPointer {
    var flags = MAP_PRIVATE | MAP_ANON
    #if os(Linux)
      if isUsedSoon { flags |= Int32(MAP_POPULATE) }
    #endif
    guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0),
      memory != UnsafeMutableRawPointer(bitPattern: -1)
    else { fatalError("out of memory") }
    return memory
  }

  static func unmap(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    munmap(memory, bytes)
  }
}
