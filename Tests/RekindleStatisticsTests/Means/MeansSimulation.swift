import RekindleCore
import RekindleNumerics
import RekindleStatistics

/// Made-up customers of two arms, whose true effect is known, and how often each estimator is right.
struct MeansSimulation {
  enum Population: String, CaseIterable {
    /// Normal, with a covariate that explains half the variance.
    case normal
    /// Revenue: 15 % of customers buy; amounts are lognormal with a logarithm of variance 1, half of it
    /// known from what they bought before, if they did.
    case revenue
    /// The same with a logarithm of variance 4: one order of hundreds of times the usual size.
    case heavyRevenue = "heavy_revenue"
  }

  /// How often an estimator was wrong, of so many runs.
  struct Tally {
    var runs = 0
    /// Rejections at 5 % where there is no effect.
    var falseAlarms = 0
    /// Intervals of the difference that miss a lift of 10 %.
    var differenceMissed = 0
    /// The same of the lift, and how many had no end.
    var liftMissed = 0
    var unbounded = 0

    mutating func add(_ other: Tally) {
      runs += other.runs
      falseAlarms += other.falseAlarms
      differenceMissed += other.differenceMissed
      liftMissed += other.liftMissed
      unbounded += other.unbounded
    }

    func share(_ count: Int) -> Double { Double(count) / Double(runs) }
  }

  static let names = ["welch", "cuped", "lin", "lin_hc2", "ratio_delta", "ratio_cuped"]
  static let lift = 0.1

  let population: Population
  /// In the control and in the variant.
  let units: (Int, Int)
  let seed: UInt64

  /// One tally an estimator, in the order of the names.
  func run(_ runs: Int, workers: Workers) -> [Tally] {
    let perBlock = 20
    let blocks = workers.map(blocks: (runs + perBlock - 1) / perBlock) { block in
      var tallies = [Tally](repeating: Tally(), count: Self.names.count)
      for run in block * perBlock..<min(runs, (block + 1) * perBlock) { one(UInt64(run), &tallies) }
      return tallies
    }
    return blocks.reduce(into: [Tally](repeating: Tally(), count: Self.names.count)) { all, block in
      for index in all.indices { all[index].add(block[index]) }
    }
  }

  /// Columns: outcome, sessions, what was known before (value, and whether there was one).
  private func arm(_ units: Int, _ stream: inout RandomStream) -> [[Double]] {
    var columns = [[Double]](repeating: [Double](repeating: 0, count: units), count: 4)
    let sigma = population == .heavyRevenue ? 2.0.squareRoot() : 0.5.squareRoot()
    for i in 0..<units {
      let z = stream.normal()
      switch population {
      case .normal:
        columns[0][i] = 10 + 2 * (z + stream.normal())
        columns[2][i] = 5 + z
      case .revenue, .heavyRevenue:
        if stream.bernoulli(0.15) { columns[0][i] = exponential(3 + sigma * (z + stream.normal())) }
        if stream.bernoulli(0.5) {
          columns[2][i] = exponential(3 + sigma * z)
          columns[3][i] = 1
        }
      }
      columns[1][i] = 1 + Double(stream.poisson(mean: 3 * exponential(0.3 * z)))
    }
    return columns
  }

  /// E[y] and E[sessions] of the control.
  private var truth: (mean: Double, sessions: Double) {
    let mean =
      switch population {
      case .normal: 10.0
      case .revenue: 0.15 * exponential(3 + 0.5)
      case .heavyRevenue: 0.15 * exponential(3 + 2.0)
      }
    return (mean, 1 + 3 * exponential(0.045))
  }

  private func one(_ run: UInt64, _ tallies: inout [Tally]) {
    var stream = RandomStream(seed: seed).stream(run)
    let control = arm(units.0, &stream)
    let same = arm(units.1, &stream)
    var better = same
    for i in better[0].indices { better[0][i] *= 1 + Self.lift }
    let (nothing, something) = (estimates([control, same]), estimates([control, better]))
    let (mean, sessions) = truth
    for index in tallies.indices {
      let isRatio = Self.names[index].hasPrefix("ratio")
      let effect = something[index].effect()
      let difference = Self.lift * (isRatio ? mean / sessions : mean)
      tallies[index].runs += 1
      if !(nothing[index].effect().pValue > 0.05) { tallies[index].falseAlarms += 1 }
      if !effect.differenceInterval.contains(difference) { tallies[index].differenceMissed += 1 }
      if !effect.liftInterval.contains(Self.lift) { tallies[index].liftMissed += 1 }
      if !effect.liftInterval.isBounded { tallies[index].unbounded += 1 }
    }
  }

  private func estimates(_ arms: [[[Double]]]) -> [EstimatedArms] {
    let all = arms.map { moments($0) }
    let adjusted = all.map { $0.columns([0, 2, 3]) }
    let lin = LinAdjustment(arms: adjusted)
    let residuals = zip(arms, lin.regressions).map { columns, regression in
      var residuals = LeveragedResiduals(regression)
      for i in columns[0].indices { residuals.add([columns[0][i], columns[2][i], columns[3][i]]) }
      return residuals
    }
    return [
      TwoMeans(control: all[0], variant: all[1]).welch,
      CUPED(arms: adjusted).estimates(),
      lin.estimates(),
      lin.estimates(residuals: residuals),
      TwoRatios(control: all[0], variant: all[1]).estimates,
      CUPED(arms: all.map { RatioLinearisation($0).moments(keeping: [2, 3]) }).estimates(),
    ]
  }
}
