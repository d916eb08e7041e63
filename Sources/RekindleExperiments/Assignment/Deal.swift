internal import RekindleNumerics

/// Complete randomisation within strata: of n units each arm gets n·w of them, rounded up or down.
///
/// ```
/// count_a = ⌊n W_a + u⌋ − ⌊n W_{a−1} + u⌋,   u uniform on [0, 1), W the running sums of the weights
/// ```
/// The arms are taken in a random order. Each count is a neighbour of n·w_a and has that mean, so that, with
/// the units shuffled, every unit gets arm a with probability exactly w_a. Giving what is left over to the
/// largest remainders would do so only where n·w is whole: in many small strata some arms would always lose.
///
/// Source: W. G. Madow, "On the theory of systematic sampling, II", Ann. Math. Statist. 20, 1949.
struct Deal: Sendable {
  /// Units of one stratum, in the order of ids.
  struct Stratum: Sendable {
    /// What its numbers are drawn with, so that no stratum's hand depends on which others there are.
    var key: UInt64
    var units: [Int]
  }

  let strata: [Stratum]
  let weights: [Double]

  /// Writes the arm of every unit.
  func callAsFunction(_ stream: RandomStream, into arms: inout [Int32]) {
    var hand: [Int32] = []
    for stratum in strata {
      var own = stream.stream(stratum.key)
      hand.removeAll(keepingCapacity: true)
      for (arm, count) in counts(of: stratum.units.count, &own).enumerated() {
        hand.append(contentsOf: repeatElement(Int32(arm), count: count))
      }
      own.shuffle(&hand)
      for (unit, arm) in zip(stratum.units, hand) { arms[unit] = arm }
    }
  }

  func counts(of n: Int, _ stream: inout RandomStream) -> [Int] {
    var order = weights.indices.filter { weights[$0] > 0 }
    stream.shuffle(&order)
    let u = stream.uniform()
    var counts = [Int](repeating: 0, count: weights.count)
    var sum = 0.0
    var before = 0
    for arm in order {
      sum += weights[arm]
      // The last sum is 1 whatever the rounding.
      let until = arm == order.last ? n : min(n, Int((Double(n) * sum + u).rounded(.down)))
      counts[arm] = until - before
      before = until
    }
    return counts
  }
}
