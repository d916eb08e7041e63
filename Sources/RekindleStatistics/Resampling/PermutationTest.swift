public import RekindleCore
internal import RekindleNumerics

/// The permutation test of two arms, by the randomisation that was used.
///
/// ```
/// t   = (ȳ_b − ȳ_a) / √(s_a²/n_a + s_b²/n_b)     of the units as they were assigned
/// t*  the same, of the units as they might have been assigned
/// p   = (#{t* ≥ t} + 1) / (B + 1)               one-sided; of B draws
/// p   = #{t* ≥ t} / all                         where all assignments are no more than B
/// ```
/// Two-sided p-values are twice the smaller tail, at most 1. Drawn p-values are never 0: the assignment
/// that happened is one of those that might have. The level is exact, however heavy the tail, for the
/// hypothesis that no unit was changed; because the difference is divided by its own standard error the
/// test is also right in large arms for equal means with unequal spreads.
///
/// The interval takes t* for the distribution of (d − δ)/SE, and so holds 0 exactly when p exceeds
/// 1 − confidence; the lift's is Fieller's with the same critical values.
///
/// Where it differs: SciPy's `permutation_test` gives the same p-values for this statistic; coin's
/// two-sided ones count |t*| in place of twice a tail.
///
/// Source: A. Janssen, "Studentized permutation tests for non-iid hypotheses", 1997; B. Phipson and
/// G. Smyth, "Permutation p-values should never be zero", 2010.
public struct PermutationTest: Sendable {
  private let observed: EstimatedArms
  private let statistic: Double
  private let plan: Plan
  public let findings: [EstimateFinding]

  private enum Plan: Sendable {
    case blocks([PermutationBlock], control: Int, variant: Int, total: PermutationSums)
    case redraw(values: [Double], codes: (Int, Int), @Sendable (inout RandomStream) -> [Int])
  }

  /// - Parameters:
  ///   - values: one a unit, without missing ones.
  ///   - arms: the arm of each unit. Units of other arms than the two take no part, save that a
  ///     `redraw` may bring them in: then the hypothesis is that no arm changed any unit.
  /// - Precondition: as many arms (and strata) as values.
  public init(
    values: [Double], arms: [Int], control: Int = 0, variant: Int = 1,
    randomisation: Randomisation = .free
  ) {
    precondition(values.count == arms.count, "\(values.count) values of \(arms.count) units")
    func own(_ arm: Int) -> [Double] { values.indices.filter { arms[$0] == arm }.map { values[$0] }.sorted() }
    let (controls, variants) = (own(control), own(variant))
    // Centred, so that sums of squares keep the variance.
    let taken = Double(controls.count + variants.count)
    let centre = taken > 0 ? (controls.reduce(0, +) + variants.reduce(0, +)) / taken : 0
    let a = PermutationSums(controls, less: centre)
    let b = PermutationSums(variants, less: centre)
    let two = TwoMeans(
      control: Moments(count: controls.count, sums: [a.sum], products: [a.squares]).moved(by: centre),
      variant: Moments(count: variants.count, sums: [b.sum], products: [b.squares]).moved(by: centre))
    observed = two.welch
    findings = two.findings
    statistic = studentised(control: a, controls.count, variant: b, variants.count)

    let strata: [Int]
    switch randomisation {
    case .redraw(let draw):
      plan = .redraw(values: values.map { $0 - centre }, codes: (control, variant), draw)
      return
    case .free: strata = [Int](repeating: 0, count: values.count)
    case .strata(let codes): strata = codes
    }
    precondition(strata.count == values.count, "\(strata.count) strata of \(values.count) units")
    var units: [Int: (values: [Double], variants: Int)] = [:]
    for index in values.indices where arms[index] == control || arms[index] == variant {
      units[strata[index], default: ([], 0)].values.append(values[index] - centre)
      if arms[index] == variant { units[strata[index], default: ([], 0)].variants += 1 }
    }
    let blocks = units.sorted { $0.key < $1.key }.map {
      PermutationBlock($0.value.values.sorted(), variantCount: $0.value.variants)
    }
    var total = a
    total.add(b)
    plan = .blocks(blocks, control: controls.count, variant: variants.count, total: total)
  }

  /// Draws assignments, or goes through all of them where they are few, and compares.
  /// - Parameters:
  ///   - draws: B.
  ///   - seed: draw i takes the stream of key i: the result is the same for any number of workers.
  /// - Returns: a comparison named `permutation`; NaN where Welch's has no statistic.
  public func effect(
    draws: Int = 9999, seed: UInt64, confidence: Double = 0.95, alternative: Alternative = .twoSided,
    workers: Workers = Workers(1)
  ) -> Effect {
    var effect = Effect(
      control: observed.control, variant: observed.variant, difference: observed.difference,
      standardError: observed.standardError, differenceInterval: .undefined, lift: observed.lift,
      liftInterval: .undefined, method: "permutation", degreesOfFreedom: nil, statistic: .nan,
      pValue: .nan)
    guard observed.standardError.isFinite, !observed.isConstant else { return effect }
    effect.statistic = statistic

    let all = everyStatistic(atMost: draws)
    let drawn = (all ?? draw(draws, seed: seed, workers: workers)).sorted()
    // The assignment that happened is among all, and comes on top of those that were drawn.
    let extra = all == nil ? 1 : 0
    let count = Double(drawn.count + extra)
    // Two orders of one sum must count as a tie.
    let slack = 1e-10 * max(1, abs(statistic))
    let above = drawn.count - drawn.partitioningIndex { $0 >= statistic - slack }
    let below = drawn.partitioningIndex { $0 > statistic + slack }
    let upper = Double(above + extra) / count
    let lower = Double(below + extra) / count
    switch alternative {
    case .twoSided: effect.pValue = min(1, 2 * min(upper, lower))
    case .greater: effect.pValue = upper
    case .less: effect.pValue = lower
    }

    // The k-th from either end is the last that is not rejected.
    let tail = alternative == .twoSided ? (1 - confidence) / 2 : 1 - confidence
    let k = Int((tail * count + 1e-9).rounded(.down)) + (1 - extra)
    let high = k >= 1 && k <= drawn.count ? drawn[drawn.count - k] : .infinity
    let low = k >= 1 && k <= drawn.count ? drawn[k - 1] : -.infinity
    effect.differenceInterval = Interval(
      alternative == .less ? -.infinity : observed.difference - high * observed.standardError,
      alternative == .greater ? .infinity : observed.difference - low * observed.standardError)
    if observed.lift.isFinite {
      effect.liftInterval = liftInterval(
        low: alternative == .greater ? -.infinity : low, high: alternative == .less ? .infinity : high)
    }
    return effect
  }

  private func liftInterval(low: Double, high: Double) -> Interval {
    // An infinite critical value leaves its side open; one beyond the control's own leaves both.
    var ends = [-Double.infinity, .infinity]
    for (t, side) in [(high, 0), (low, 1)] where t.isFinite {
      guard let end = observed.lift(atStatistic: t) else { return .unbounded }
      ends[observed.control > 0 ? side : 1 - side] = end
    }
    return Interval(ends[0], ends[1])
  }

  /// The statistics of all assignments; `nil` where they are more than `limit`, or cannot be listed.
  private func everyStatistic(atMost limit: Int) -> [Double]? {
    guard case .blocks(let blocks, let control, let variant, let total) = plan,
      blocks.reduce(1, { $0 * $1.choices }) <= Double(limit)
    else { return nil }
    var sums = [PermutationSums()]
    for block in blocks {
      let own = block.allSums()
      sums = sums.flatMap { before in
        own.map { addition in
          var after = before
          after.add(addition)
          return after
        }
      }
    }
    return sums.map { part in
      studentised(
        control: PermutationSums(sum: total.sum - part.sum, squares: total.squares - part.squares), control,
        variant: part, variant)
    }
  }

  private func draw(_ draws: Int, seed: UInt64, workers: Workers) -> [Double] {
    let streams = RandomStream(seed: seed)
    let perBlock = 32
    return workers.map(blocks: (draws + perBlock - 1) / perBlock) { block in
      let range = block * perBlock..<min(draws, (block + 1) * perBlock)
      return switch plan {
      case .blocks(let blocks, let control, let variant, let total):
        shuffled(range, blocks, control: control, variant: variant, total: total, streams)
      case .redraw(let values, let codes, let redraw):
        range.map { index in
          var stream = streams.stream(UInt64(index))
          return Self.statistic(of: values, arms: redraw(&stream), codes)
        }
      }
    }.flatMap { $0 }
  }

  private func shuffled(
    _ range: Range<Int>, _ blocks: [PermutationBlock], control: Int, variant: Int, total: PermutationSums,
    _ streams: RandomStream
  ) -> [Double] {
    range.map { index in
      var stream = streams.stream(UInt64(index))
      var part = PermutationSums()
      for block in blocks {
        var values = block.values
        // As many steps of a shuffle as the smaller arm has units; its sums give the other's.
        let few = min(block.variantCount, block.controlCount)
        var sums = PermutationSums()
        for place in 0..<few {
          values.swapAt(place, place + stream.integer(below: values.count - place))
          sums.add(values[place])
        }
        if few < block.variantCount {
          var rest = block.total
          rest.sum -= sums.sum
          rest.squares -= sums.squares
          sums = rest
        }
        part.add(sums)
      }
      return studentised(
        control: PermutationSums(sum: total.sum - part.sum, squares: total.squares - part.squares), control,
        variant: part, variant)
    }
  }

  private static func statistic(of values: [Double], arms: [Int], _ codes: (Int, Int)) -> Double {
    precondition(arms.count == values.count, "\(arms.count) arms redrawn for \(values.count) units")
    var (control, variant) = (PermutationSums(), PermutationSums())
    var (controlCount, variantCount) = (0, 0)
    for (value, arm) in zip(values, arms) {
      if arm == codes.0 {
        control.add(value)
        controlCount += 1
      } else if arm == codes.1 {
        variant.add(value)
        variantCount += 1
      }
    }
    return studentised(control: control, controlCount, variant: variant, variantCount)
  }
}

/// Welch's statistic from sums of centred values. Without a spread in either arm it is infinite, or 0
/// where there is no difference either.
private func studentised(
  control: PermutationSums, _ controlCount: Int, variant: PermutationSums, _ variantCount: Int
) -> Double {
  let (n, m) = (Double(controlCount), Double(variantCount))
  let difference = variant.sum / m - control.sum / n
  let squares = control.squares + variant.squares
  let spread =
    max(0, control.squares - control.sum * control.sum / n) / (n - 1) / n
    + max(0, variant.squares - variant.sum * variant.sum / m) / (m - 1) / m
  // No more than the rounding of the squares is none.
  if spread > 1e-14 * squares / (n + m) / (n + m) { return difference / spread.squareRoot() }
  if difference * difference <= 1e-14 * squares { return 0 }
  return difference > 0 ? .infinity : -.infinity
}

extension Moments {
  fileprivate func moved(by distance: Double) -> Moments {
    Moments(
      count: count, means: means.map { count > 0 ? $0 + distance : $0 }, crossProducts: crossProducts)
  }
}

extension [Double] {
  /// The first index from which on the condition holds; of an ascending array.
  fileprivate func partitioningIndex(_ holds: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
