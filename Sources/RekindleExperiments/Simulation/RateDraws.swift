internal import RekindleNumerics
internal import RekindleStatistics

/// Made-up conversions: of each arm's units so many succeed, by a binomial law.
struct RateDraws: Sendable {
  /// By chunk between two looks, and arm.
  private let laws: [[BinomialLaw]]

  /// - Parameters:
  ///   - units: by arm.
  ///   - rates: by arm.
  ///   - shares: of the units that are in at each look, ascending, the last 1.
  init(units: [Int], rates: [Double], shares: [Double]) {
    var before = units.map { _ in 0 }
    laws = shares.map { share in
      let now = units.map { Int((Double($0) * share).rounded()) }
      defer { before = now }
      return units.indices.map { BinomialLaw(trials: now[$0] - before[$0], probability: rates[$0]) }
    }
  }

  /// The moments of one draw, of all units and by chunk.
  /// - Parameter names: the arms of the experiment, then the holdout.
  func moments(names: [String], metrics: [Metric], stream: RandomStream) -> ExperimentMoments {
    let holdout = Moments(columns: 1)
    var chunks: [[Moments]] = []
    var overall = [Moments](repeating: holdout, count: names.count)
    for (chunk, laws) in laws.enumerated() {
      var own = stream.stream(UInt64(chunk))
      let arms = laws.map { law -> Moments in
        let x = Double(law.draw(&own))
        return Moments(count: law.trials, sums: [x], products: [x])
      }
      for arm in arms.indices { overall[arm].merge(arms[arm]) }
      chunks.append(arms + [holdout])
    }
    // Merged means end a rounding beside the share.
    overall = overall.map { moments in
      guard moments.count > 0 else { return moments }
      let x = Double(moments.successes(0))
      return Moments(count: moments.count, sums: [x], products: [x])
    }
    let counts = overall.map(\.count)
    return ExperimentMoments(
      arms: names, days: chunks.indices.map { Int32($0) },
      tally: UnitTally(rows: counts.reduce(0, +), assigned: counts),
      metrics: metrics.map {
        MetricMoments(plan: MomentPlan($0, complied: false), overall: overall, days: chunks)
      })
  }
}

/// A binomial law to draw from by inversion of its distribution function.
struct BinomialLaw: Sendable {
  let trials: Int
  private let first: Int
  /// P(X ≤ first + i), all but some 10⁻¹² of either tail.
  private let cumulated: [Double]

  init(trials: Int, probability: Double) {
    self.trials = trials
    let law = Binomial(trials: trials, probability: probability)
    let n = Double(trials)
    let reach = 8 * (n * probability * (1 - probability)).squareRoot() + 30
    first = max(0, Int(n * probability - reach))
    let last = min(trials, Int(n * probability + reach))
    var sum = 0.0
    cumulated = (first...max(first, last)).map { k in
      sum += law.mass(k)
      return sum
    }
  }

  func draw(_ stream: inout RandomStream) -> Int {
    let u = stream.uniform() * (cumulated.last ?? 1)
    var (low, high) = (0, cumulated.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulated[middle] > u { high = middle } else { low = middle + 1 }
    }
    return first + low
  }
}
