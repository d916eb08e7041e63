internal import RekindleCore
internal import RekindleNumerics

/// Deals lists of units as a whole, and deals them again for an analysis.
///
/// Every number comes from a stream of (salt, seed, batch, phase, replicate, try, stratum): replicate 0 is the
/// assignment itself, the others are further draws from its distribution. The salt has a part in it, so that
/// two experiments of one seed over one list are dealt independently.
struct BatchDealer: Sendable {
  /// The units of one batch and phase: what balance is judged on.
  struct Group: Sendable {
    var batch: Int
    var phase: Int
    var weights: [Double]
    /// Names, ascending, with their units in the order of ids.
    var strata: [(name: String, units: [Int])]
  }

  private struct Prepared: Sendable {
    let group: Group
    let deal: Deal
    let balance: CovariateBalance?
  }

  private let root: RandomStream
  private let tries: Int
  private let prepared: [Prepared]
  private let unitCount: Int

  /// - Parameter covariates: by column, one value a unit.
  /// - Throws: `RK0826` for an infinite covariate.
  init(
    _ groups: [Group], salt: String, seed: UInt64, covariates: [[Double]], names: [String],
    acceptance: Double?, tries: Int?, unitCount: Int
  ) throws(Diagnostic) {
    for (name, column) in zip(names, covariates) where column.contains(where: \.isInfinite) {
      throw Diagnostic(
        "RK0826", "the covariate \"\(name)\" has an infinite value",
        help: "mend the column; what is not known may be left empty")
    }
    let hash = SaltedDraw(.batch, salt: salt).hash
    root = RandomStream(seed: hash("seed \(seed)"))
    self.tries = tries ?? 1
    self.unitCount = unitCount
    prepared = groups.map { group in
      let deal = Deal(
        strata: group.strata.map { Deal.Stratum(key: hash("stratum " + $0.name), units: $0.units) },
        weights: group.weights)
      let balance = acceptance.map { CovariateBalance(covariates, deal: deal, acceptance: $0) }
      return Prepared(group: group, deal: deal, balance: balance)
    }
  }

  /// The arm of every unit, −1 where it is in no group, and how each group was dealt.
  /// - Throws: `RK0827` when no deal was balanced enough.
  func callAsFunction(
    replicate: Int
  ) throws(Diagnostic) -> (arms: [Int32], draws: [AssignmentRecord.Draw]) {
    var arms = [Int32](repeating: -1, count: unitCount)
    var draws: [AssignmentRecord.Draw] = []
    for one in prepared {
      let stream = root.stream(UInt64(one.group.batch)).stream(UInt64(one.group.phase))
        .stream(UInt64(replicate))
      draws.append(try deal(one, stream, into: &arms))
    }
    return (arms, draws)
  }

  private func deal(
    _ one: Prepared, _ stream: RandomStream, into arms: inout [Int32]
  ) throws(Diagnostic) -> AssignmentRecord.Draw {
    var draw = AssignmentRecord.Draw(
      batch: one.group.batch, phase: one.group.phase,
      units: one.group.strata.reduce(0) { $0 + $1.units.count }, tries: 1, threshold: one.balance?.threshold)
    while true {
      one.deal(stream.stream(UInt64(draw.tries)), into: &arms)
      guard let balance = one.balance else { return draw }
      let distance = balance.distance(arms)
      if distance <= balance.threshold {
        draw.distance = distance
        return draw
      }
      guard draw.tries < tries else {
        throw Diagnostic(
          "RK0827", "none of \(tries) deals of \(draw.units) units was balanced enough",
          notes: ["distance of the last: \(distance), wanted: \(balance.threshold) or less"],
          help: "raise the acceptance or the number of tries, or balance fewer covariates")
      }
      draw.tries += 1
    }
  }
}
