internal import RekindleStatistics

/// Σ y³ by arm, exact but for the last rounding, as `CompensatedSums` are: what the skewness of a mean is
/// made of.
struct CubeSums: Sendable {
  private var sums: [Double]
  private var lost: [Double]

  init(armCount: Int) {
    sums = [Double](repeating: 0, count: armCount)
    lost = sums
  }

  /// Adds `count` values from `start` on, each to its arm.
  mutating func add(_ values: [Double], from start: Int, arms: [Int32], count: Int) {
    sums.withUnsafeMutableBufferPointer { sums in
      lost.withUnsafeMutableBufferPointer { lost in
        values.withUnsafeBufferPointer { values in
          for i in 0..<count {
            let value = values[start + i]
            // Most units bought nothing.
            if value == 0 { continue }
            let arm = Int(arms[i])
            let cube = value * value * value
            let old = sums[arm]
            let new = old + cube
            let back = new - old
            lost[arm] += (old - (new - back)) + (cube - back)
            sums[arm] = new
          }
        }
      }
    }
  }

  /// Σ (y − ȳ)³ / n of each arm; 0 of one without units.
  ///
  /// ```
  /// Σ (y − ȳ)³ = Σ y³ − 3 ȳ S − n ȳ³,   S = Σ (y − ȳ)²
  /// ```
  func centred(_ moments: [Moments], column: Int) -> [Double] {
    moments.indices.map { arm in
      let n = Double(moments[arm].count)
      guard n > 0 else { return 0 }
      let mean = moments[arm].means[column]
      let spread = moments[arm].crossProduct(column, column)
      return (sums[arm] + lost[arm]) / n - 3 * mean * (spread / n) - mean * mean * mean
    }
  }
}
