import RekindleCore
import Testing

@Suite struct WorkersTests {
  @Test(arguments: [1, 2, 3, 8]) func resultsComeInOrderOfTheirBlocks(threads: Int) {
    let squares = Workers(threads).map(blocks: 1000) { $0 * $0 }
    #expect(squares == (0..<1000).map { $0 * $0 })
  }

  @Test(arguments: [1, 3]) func resultsComeInOrderOfTheirRows(threads: Int) {
    for rows in [0, 1, 4096, 10_000] {
      #expect(Workers(threads).map(rows: rows) { "\($0)" } == (0..<rows).map { "\($0)" })
    }
  }

  @Test func noBlocksIsNoWork() {
    #expect(Workers(2).map(blocks: 0) { $0 }.isEmpty)
  }

  @Test func resultsThatOwnMemoryAreKept() {
    let words = Workers(2).map(blocks: 64) { String(repeating: "x", count: $0 + 20) }
    #expect(words.map(\.count) == (20..<84).map { $0 })
  }
}
