internal import Foundation

/// Room that the kernels work in; it grows to the largest set of events of a block.
struct KernelScratch {
  private let arena: Arena
  private var numberCapacity = 0
  private var numberRoom: UnsafeMutablePointer<Double>
  private var countCapacity = 0
  private var countRoom: UnsafeMutablePointer<Double>

  init(_ arena: Arena) {
    self.arena = arena
    numberRoom = arena.allocate(Double.self, 1)
    countRoom = numberRoom
  }

  mutating func numbers(_ count: Int) -> UnsafeMutablePointer<Double> {
    if count > numberCapacity {
      numberCapacity = max(256, 2 * count)
      numberRoom = arena.allocate(Double.self, numberCapacity)
    }
    return numberRoom
  }

  /// Room beside `numbers`.
  mutating func counts(_ count: Int) -> UnsafeMutablePointer<Double> {
    if count > countCapacity {
      countCapacity = max(256, 2 * count)
      countRoom = arena.allocate(Double.self, countCapacity)
    }
    return countRoom
  }
}

/// How often each value occurs among a set of events.
struct Frequencies {
  /// Different values.
  let distinct: Int
  private let counts: UnsafeMutablePointer<Double>
  private let total: Double

  /// Counts the values of a column: sorted copies, then runs. A customer's purchases are few; a
  /// table over all codes would cost its clearing.
  init(_ column: BlockSelection.Column, _ count: Int, _ scratch: inout KernelScratch) {
    let values = scratch.numbers(count)
    var n = 0
    switch column {
    case .number(let numbers):
      for i in 0..<count where !numbers[i].isNaN {
        values[n] = numbers[i]
        n += 1
      }
    case .codes(let codes):
      for i in 0..<count where codes[i] >= 0 {
        values[n] = Double(codes[i])
        n += 1
      }
    }
    SliceKernels.sort(values, n)
    counts = scratch.counts(n)
    total = Double(n)
    var runs = 0
    for i in 0..<n {
      if i > 0, values[i] == values[i - 1] {
        counts[runs - 1] += 1
      } else {
        counts[runs] = 1
        runs += 1
      }
    }
    distinct = runs
  }

  var topShare: Double {
    guard distinct > 0 else { return .nan }
    var most = 0.0
    for i in 0..<distinct { most = max(most, counts[i]) }
    return most / total
  }

  /// −Σ p ln p, in ascending order of the values.
  var entropy: Double {
    guard distinct > 0 else { return .nan }
    var sum = 0.0
    for i in 0..<distinct {
      let share = counts[i] / total
      sum -= share * log(share)
    }
    return sum
  }
}
