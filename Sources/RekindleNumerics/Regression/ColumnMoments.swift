internal import CKernels
internal import RekindleCore

/// Mean and standard deviation (divisor Σw) of every column.
///
/// Sums are taken of the distance from a reference row, so that a column of a large mean and a
/// small spread (a date in seconds) keeps its digits. A column whose spread is within rounding of
/// its own magnitude counts as constant: deviation 0.
struct ColumnMoments: Sendable {
  let mean: [Double]
  let deviation: [Double]

  init(X: Matrix, weights: [Double]?, blocks: RowBlocks, workers: Workers) {
    let p = X.columns
    guard p > 0, X.rows > 0 else {
      mean = []
      deviation = []
      return
    }
    let level = rk_kernel_level()
    let reference = Array(X.storage[0..<p])
    let parts: [(sum: [Double], square: [Double], weight: Double)] =
      X.storage.withUnsafeBufferPointer { x in
        guard let base = x.baseAddress else { return [] }
        nonisolated(unsafe) let data = base
        return workers.map(blocks: blocks.chunks) { chunk in
          var sum = [Double](repeating: 0, count: p)
          var square = sum
          var weight = 0.0
          blocks.forEachRun(chunk: chunk, longest: 8192) { run in
            if let weights {
              weights.withUnsafeBufferPointer { w in
                rk_moment_rows(
                  level, Int64(run.count), Int64(p), data + run.lowerBound * p, reference,
                  w.baseAddress.map { $0 + run.lowerBound }, &sum, &square)
              }
              for i in run { weight += weights[i] }
            } else {
              rk_moment_rows(
                level, Int64(run.count), Int64(p), data + run.lowerBound * p, reference, nil, &sum, &square)
              weight += Double(run.count)
            }
          }
          return (sum, square, weight)
        }
      }
    var sum = [Double](repeating: 0, count: p)
    var square = sum
    var weight = 0.0
    for part in parts {
      weight += part.weight
      for j in 0..<p {
        sum[j] += part.sum[j]
        square[j] += part.square[j]
      }
    }
    mean = (0..<p).map { reference[$0] + sum[$0] / weight }
    deviation = (0..<p).map { j in
      let shift = sum[j] / weight
      let variance = square[j] / weight - shift * shift
      // NaN stays NaN: it is told as a value that is not finite.
      if variance.isNaN || variance.isInfinite { return .nan }
      let rounding = 1e-14 * (square[j] / weight + 1e-14 * reference[j] * reference[j])
      return variance > rounding ? variance.squareRoot() : 0
    }
  }
}
