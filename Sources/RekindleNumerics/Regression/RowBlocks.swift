/// How the rows of a matrix are cut for work: into chunks, one a task, each a list of runs of
/// neighbouring rows. The cut depends on the number of rows alone, never on the threads.
///
/// With `thinning` t > 1 only about every t-th row is visited: of every t neighbouring runs of 32
/// rows, one, picked by a hash of its place. Runs and not single rows, because memory is read in
/// runs; by a hash and not at even steps, because rows often come with a period (six snapshots a
/// customer) and even steps would see one phase of it.
struct RowBlocks: Sendable {
  let rows: Int
  let thinning: Int

  /// Visited rows in a chunk.
  private static let chunkRows = 8192
  private static let thinChunkRows = 2048
  private static let runRows = 32

  init(rows: Int, thinning: Int) {
    self.rows = rows
    self.thinning = thinning
  }

  /// A thinning at which moments that are only coordinates are good enough.
  static func coarse(_ rows: Int) -> Int { rows >= 1 << 17 ? 64 : 1 }

  /// The rows of the matrix that one chunk spans.
  private var span: Int { thinning == 1 ? RowBlocks.chunkRows : RowBlocks.thinChunkRows * thinning }

  var chunks: Int { (rows + span - 1) / span }

  /// Calls `body` with each run of a chunk, no longer than `longest` rows.
  func forEachRun(chunk: Int, longest: Int, _ body: (Range<Int>) -> Void) {
    let end = min(rows, (chunk + 1) * span)
    var start = chunk * span
    if thinning == 1 {
      while start < end {
        let next = min(end, start + longest)
        body(start..<next)
        start = next
      }
      return
    }
    while start < end {
      let stratum = start / (RowBlocks.runRows * thinning)
      let pick = Int(mixed(UInt64(stratum)) % UInt64(thinning))
      let first = start + pick * RowBlocks.runRows
      if first < end { body(first..<min(end, first + RowBlocks.runRows)) }
      start += RowBlocks.runRows * thinning
    }
  }

  /// The finaliser of SplitMix64: every bit of the result depends on every bit of `x`.
  private func mixed(_ x: UInt64) -> UInt64 {
    var z = x &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
