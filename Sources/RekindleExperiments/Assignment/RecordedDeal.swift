public import RekindleCore
package import RekindleNumerics

/// A re-randomised assignment as it was dealt, for tests that deal it again and keep only what would have been
/// kept then.
///
/// Two arms exchange their units within each stratum, all other arms stay as they are, and a deal counts when
/// its distance (`CovariateBalance`) is no more than what the record allowed. Given the other arms and the
/// counts, each such deal was as likely as the one that happened: the test of two arms is exact, and what the
/// other arms did to their units has no part in it, as it would have if all units were dealt anew (`Redraw`).
///
/// Source: K. L. Morgan, D. B. Rubin, "Rerandomization to improve covariate balance in experiments", Ann.
/// Statist. 40(2), 2012, section 2.2.
public struct RecordedDeal: Sendable {
  private struct Group: Sendable {
    /// Rows of the table by stratum.
    let strata: [[Int]]
    let balance: CovariateBalance
  }

  /// Ascending by bytes.
  private let ids: [String]
  private let arms: [String]
  /// By row of the table the place in `arms`; −1 for a unit held out.
  private let dealt: [Int32]
  private let groups: [Group]
  /// Deals a draw, at the most that are to be expected.
  private let expectedTries: Double

  public var count: Int { ids.count }

  /// - Throws: `RK0826` for covariates that are not stored or infinite, `RK0824` for a stratum that the record
  ///   does not know, `RK0845` for units that are not those of the record, or not dealt as it says.
  /// - Precondition: the record's method is `rerandomised`.
  public init(_ table: AssignmentTable, _ record: AssignmentRecord) throws(Diagnostic) {
    precondition(record.method == .rerandomised, "a deal without a rule of acceptance is a permutation")
    guard table.balanced == record.covariates else {
      throw Diagnostic(
        "RK0826", "the assignment was balanced by covariates that are not stored with it",
        notes: ["covariates: " + record.covariates.joined(separator: ", ")],
        help: "give the assignment with all its columns, as it was written")
    }
    ids = table.customers
    arms = record.arms
    let places = table.arms.dictionary.map { name in
      Int32(record.arms.firstIndex(of: name) ?? -1)
    }
    dealt = table.arms.codes.map { places[Int($0)] }
    let units = try BatchDealer.units(record, rows: ids.indices, strata: table.strata)
    let acceptance = record.acceptance ?? 1
    expectedTries = 1 / acceptance
    var groups: [Group] = []
    for group in BatchDealer.groups(record, units) {
      let deal = Deal(
        strata: group.strata.map { Deal.Stratum(key: 0, units: $0.units) }, weights: group.weights)
      groups.append(
        Group(
          strata: group.strata.map(\.units),
          balance: CovariateBalance(table.covariates, deal: deal, acceptance: acceptance)))
    }
    self.groups = groups
    try check(record, units)
  }

  /// That the units are those that were dealt, and that the deal is one that was kept: without both the rule
  /// of acceptance would be applied to something else.
  private func check(_ record: AssignmentRecord, _ units: [[Int]]) throws(Diagnostic) {
    for (stratum, rows) in zip(record.strata, units) {
      var counts = [Int](repeating: 0, count: arms.count)
      for row in rows where dealt[row] >= 0 { counts[Int(dealt[row])] += 1 }
      guard counts == stratum.counts else {
        throw RecordedDeal.unfit(
          "the stratum \"\(stratum.name)\" has \(RecordedDeal.words(counts, arms)), "
            + "and was dealt \(RecordedDeal.words(stratum.counts, arms))")
      }
    }
    for group in groups {
      let distance = group.balance.distance(dealt)
      guard distance <= group.balance.threshold * (1 + 1e-9) else {
        throw RecordedDeal.unfit(
          "its covariates are not balanced as they were: distance \(significant(distance, 4)), "
            + "accepted up to \(significant(group.balance.threshold, 4))")
      }
    }
  }

  private static func words(_ counts: [Int], _ arms: [String]) -> String {
    zip(arms, counts).map { "\($0) \($1)" }.joined(separator: ", ")
  }

  private static func unfit(_ note: String) -> Diagnostic {
    Diagnostic(
      "RK0845", "the assignment is not the one that its record tells of", notes: [note],
      help: "give the whole assignment with its covariates, as it was written, with the record beside it")
  }

  // MARK: Who is who

  /// The row of a unit in the assignment; `nil` where it is not there.
  func row(of id: String) -> Int? {
    var (low, high) = (0, ids.count)
    while low < high {
      let middle = (low + high) / 2
      let order = IDOrder.compare(ids[middle], id)
      if order == 0 { return middle }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// The name of the arm that a row was dealt; the holdout's for a unit held out.
  func arm(of row: Int) -> String {
    dealt[row] < 0 ? UnitSchema.holdoutArm : arms[Int(dealt[row])]
  }

  // MARK: Two arms

  /// Two arms of the deal, ready for exchanging their units.
  package struct Exchange: Sendable {
    /// Of all rows of the assignment: 0 the control's, 1 the variant's, −1 the others'.
    package let arms: [Int]
    fileprivate let groups: [ExchangeGroup]
    /// Steps of a draw, at the most that are to be expected.
    let expectedSteps: Double

    /// The arms of all rows anew; −1 for units of other arms, which stay where they are.
    ///
    /// It comes to an end, because the deal that happened is one of those that are accepted.
    package func callAsFunction(_ stream: inout RandomStream) -> [Int] {
      var arms = arms
      for group in groups { group.deal(&stream, into: &arms) }
      return arms
    }
  }

  package func exchange(control: String, variant: String) -> Exchange {
    let control = Int32(arms.firstIndex(of: control) ?? -2)
    let variant = Int32(arms.firstIndex(of: variant) ?? -2)
    let own = dealt.map { $0 == control ? 0 : $0 == variant ? 1 : -1 }
    let exchanges = groups.map {
      ExchangeGroup(strata: $0.strata, balance: $0.balance, dealt: dealt, own: own)
    }
    let units = own.count { $0 >= 0 }
    return Exchange(
      arms: own, groups: exchanges, expectedSteps: Double(ids.count) + Double(units) * expectedTries)
  }
}

/// The two arms' units of one batch and phase.
private struct ExchangeGroup: Sendable {
  private struct Pool: Sendable {
    /// Rows of both arms.
    let units: [Int]
    let variantCount: Int
  }

  private let pools: [Pool]
  private let balance: CovariateBalance
  private let controlCount: Int
  private let variantCount: Int
  /// Σ of the two arms' rows of whitened covariates: what one has more the other has less.
  private let both: [Double]
  /// What the other arms leave of the threshold.
  private let allowance: Double

  init(strata: [[Int]], balance: CovariateBalance, dealt: [Int32], own: [Int]) {
    self.balance = balance
    pools = strata.compactMap { stratum in
      let units = stratum.filter { own[$0] >= 0 }
      let variants = units.count { own[$0] == 1 }
      return units.isEmpty ? nil : Pool(units: units, variantCount: variants)
    }
    let variants = pools.reduce(0) { $0 + $1.variantCount }
    let controls = pools.reduce(0) { $0 + $1.units.count } - variants
    (controlCount, variantCount) = (controls, variants)
    let p = balance.columnCount
    var both = [Double](repeating: 0, count: p)
    var pair = (control: [Double](repeating: 0, count: p), variant: [Double](repeating: 0, count: p))
    for unit in pools.flatMap(\.units) {
      for j in 0..<p {
        let value = balance.values[unit * p + j]
        both[j] += value
        if own[unit] == 1 { pair.variant[j] += value } else { pair.control[j] += value }
      }
    }
    self.both = both
    let others = balance.distance(dealt) - pairDistance(pair.control, controls, pair.variant, variants)
    allowance = balance.threshold * (1 + 1e-9) - others
  }

  func deal(_ stream: inout RandomStream, into arms: inout [Int]) {
    // Nothing to exchange: the deal stays as it was.
    guard controlCount > 0, variantCount > 0 else { return }
    var hands = pools.map(\.units)
    let p = balance.columnCount
    var variant = [Double](repeating: 0, count: p)
    var control = variant
    repeat {
      for j in 0..<p { variant[j] = 0 }
      for (place, pool) in pools.enumerated() {
        // The variant's units come first; shuffled on from the last try, which is as good as from the start.
        hands[place].withUnsafeMutableBufferPointer { hand in
          for first in 0..<pool.variantCount {
            hand.swapAt(first, first + stream.integer(below: hand.count - first))
            let row = hand[first] * p
            for j in 0..<p { variant[j] += balance.values[row + j] }
          }
        }
      }
      for j in 0..<p { control[j] = both[j] - variant[j] }
    } while pairDistance(control, controlCount, variant, variantCount) > allowance
    for (hand, pool) in zip(hands, pools) {
      for (place, unit) in hand.enumerated() { arms[unit] = place < pool.variantCount ? 1 : 0 }
    }
  }
}

/// The part of two arms in the distance: their sums of whitened covariates, squared, over their units.
private func pairDistance(
  _ control: [Double], _ controlCount: Int, _ variant: [Double], _ variantCount: Int
) -> Double {
  var (first, second) = (0.0, 0.0)
  for j in control.indices {
    first += control[j] * control[j]
    second += variant[j] * variant[j]
  }
  return (controlCount > 0 ? first / Double(controlCount) : 0)
    + (variantCount > 0 ? second / Double(variantCount) : 0)
}
