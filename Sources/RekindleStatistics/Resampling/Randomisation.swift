public import RekindleNumerics

/// How the arms were handed out, which is how a permutation test hands them out again.
public enum Randomisation: Sendable {
  /// Every choice of as many units for the variant was as likely.
  case free
  /// The same within each stratum; one code a unit.
  case strata([Int])
  /// By a rule of its own, as re-randomisation until covariates balance: the arms of all units anew, in
  /// the units' order, drawn from the stream and from nothing else.
  case redraw(@Sendable (inout RandomStream) -> [Int])
}

/// Units of one stratum: their values, and how many of them the variant has.
struct PermutationBlock: Sendable, Hashable {
  /// Ascending, so that the units' order changes nothing.
  let values: [Double]
  let variantCount: Int
  let total: PermutationSums

  init(_ values: [Double], variantCount: Int) {
    self.values = values
    self.variantCount = variantCount
    total = PermutationSums(values)
  }

  var controlCount: Int { values.count - variantCount }

  /// The number of ways to choose the variant's units; infinite where it overflows.
  var choices: Double {
    var product = 1.0
    let few = min(variantCount, controlCount)
    for i in 0..<few { product = (product * Double(values.count - i) / Double(i + 1)).rounded() }
    return product
  }

  /// Sum and sum of squares of the variant's units for every choice of them.
  func allSums() -> [PermutationSums] {
    var sums: [PermutationSums] = []
    var chosen = Array(0..<variantCount)
    while true {
      sums.append(
        chosen.reduce(into: PermutationSums()) { sums, index in sums.add(values[index]) })
      // The next choice in lexicographic order.
      guard let moving = chosen.indices.last(where: { chosen[$0] < $0 + controlCount }) else { return sums }
      chosen[moving] += 1
      for later in (moving + 1)..<max(moving + 1, chosen.count) { chosen[later] = chosen[later - 1] + 1 }
    }
  }
}

/// Sum and sum of squares of some values.
struct PermutationSums: Sendable, Hashable {
  var sum = 0.0
  var squares = 0.0

  init(sum: Double = 0, squares: Double = 0) {
    self.sum = sum
    self.squares = squares
  }

  init(_ values: [Double], less centre: Double = 0) {
    for value in values { add(value - centre) }
  }

  mutating func add(_ value: Double) {
    sum += value
    squares += value * value
  }

  mutating func add(_ other: PermutationSums) {
    sum += other.sum
    squares += other.squares
  }
}
