public import RekindleCore
internal import RekindleNumerics

/// Samples drawn with replacement from each of two arms: the variation of any statistic, without a
/// formula for it.
///
/// It is no remedy for few customers with a long tail: an order that no sample holds is in no replicate
/// either, and intervals of means are then too short, as Welch's are.
public struct Bootstrap: Sendable, Hashable {
  /// Ascending: the units' order changes nothing.
  private let control: [Double]
  private let variant: [Double]

  /// - Parameter control: one value a unit; NaN is missing and left out.
  public init(control: [Double], variant: [Double]) {
    self.control = control.filter { !$0.isNaN }.sorted()
    self.variant = variant.filter { !$0.isNaN }.sorted()
  }

  /// The distribution of a statistic of both arms.
  /// - Parameters:
  ///   - replicates: B.
  ///   - seed: replicate i takes the stream of key i: the result is the same for any number of workers.
  ///   - jackknife: whether the acceleration is computed, which BCa needs. It leaves out one unit at a
  ///     time, or, above 2,000 units an arm, one of 2,000 groups of them.
  ///   - statistic: a function of the two samples, whatever their order.
  public func distribution(
    replicates: Int, seed: UInt64, jackknife: Bool = false, workers: Workers = Workers(1),
    statistic: @Sendable ([Double], [Double]) -> Double
  ) -> BootstrapDistribution {
    guard !control.isEmpty, !variant.isEmpty else {
      return BootstrapDistribution(estimate: .nan, replicates: [])
    }
    let values = samples(replicates, seed: seed, workers: workers, statistic)
    var left: [[Double]] = []
    if jackknife {
      left = withoutActuallyEscaping(statistic) { statistic in
        [
          workers.map(blocks: groups(control)) { statistic(without($0, control), variant) },
          workers.map(blocks: groups(variant)) { statistic(control, without($0, variant)) },
        ]
      }
    }
    return BootstrapDistribution(
      estimate: statistic(control, variant), replicates: values, jackknife: left)
  }

  /// The comparison of one statistic of each arm: a mean, a trimmed mean, a quantile.
  ///
  /// The p-value is ``BootstrapDistribution/pValue(at:_:alternative:)``; there is no test statistic. The
  /// lift is unbounded where the control's replicates are of both signs.
  /// - Parameter statistic: of one sample, whatever its order.
  public func effect(
    method: BootstrapDistribution.IntervalMethod = .percentile, replicates: Int = 9999, seed: UInt64,
    confidence: Double = 0.95, alternative: Alternative = .twoSided, workers: Workers = Workers(1),
    statistic: @Sendable ([Double]) -> Double = mean
  ) -> Effect {
    let name = method == .bca ? "bootstrap_bca" : "bootstrap"
    var effect = Effect(
      control: .nan, variant: .nan, difference: .nan, standardError: .nan,
      differenceInterval: .undefined, lift: .nan, liftInterval: .undefined, method: name,
      degreesOfFreedom: nil, statistic: .nan, pValue: .nan)
    guard !control.isEmpty, !variant.isEmpty else { return effect }
    let (a, b) = (statistic(control), statistic(variant))
    let drawn = samples(replicates, seed: seed, workers: workers) { (statistic($0), statistic($1)) }
    var left: [[Double]] = []
    if method == .bca {
      left = withoutActuallyEscaping(statistic) { statistic in
        [control, variant].map { values in
          workers.map(blocks: groups(values)) { statistic(without($0, values)) }
        }
      }
    }

    let difference = BootstrapDistribution(
      estimate: b - a, replicates: drawn.map { $0.1 - $0.0 },
      jackknife: left.isEmpty ? [] : [left[0].map { b - $0 }, left[1].map { $0 - a }])
    effect.control = a
    effect.variant = b
    effect.difference = b - a
    effect.standardError = difference.standardError
    guard effect.standardError > 0 else { return effect }
    effect.pValue = difference.pValue(at: 0, method, alternative: alternative)
    effect.differenceInterval = difference.interval(
      method, confidence: confidence, alternative: alternative)

    guard a != 0 else { return effect }
    effect.lift = (b - a) / a
    guard drawn.allSatisfy({ $0.0 * a > 0 }) else {
      effect.liftInterval = .unbounded
      return effect
    }
    let lift = BootstrapDistribution(
      estimate: effect.lift, replicates: drawn.map { $0.1 / $0.0 - 1 },
      jackknife: left.isEmpty ? [] : [left[0].map { b / $0 - 1 }, left[1].map { $0 / a - 1 }])
    // "Variant above" a negative control is a lift below.
    let turned: Alternative =
      a > 0 || alternative == .twoSided ? alternative : alternative == .less ? .greater : .less
    effect.liftInterval = lift.interval(method, confidence: confidence, alternative: turned)
    return effect
  }

  public var findings: [EstimateFinding] {
    [(Arm.control, control), (.variant, variant)].compactMap { arm, values in
      values.isEmpty ? .noUnits(arm) : values.first == values.last ? .constantArm(arm) : nil
    }
  }

  /// The arithmetic mean.
  public static let mean: @Sendable ([Double]) -> Double = { values in
    var sum = 0.0
    for value in values { sum += value }
    return sum / Double(values.count)
  }

  /// One result a replicate, in their order.
  private func samples<Result: Sendable>(
    _ replicates: Int, seed: UInt64, workers: Workers,
    _ statistic: @Sendable ([Double], [Double]) -> Result
  ) -> [Result] {
    let streams = RandomStream(seed: seed)
    return withoutActuallyEscaping(statistic) { statistic in
      workers.map(blocks: replicates) { index in
        var stream = streams.stream(UInt64(index))
        let a = resample(control, &stream)
        return statistic(a, resample(variant, &stream))
      }
    }
  }

  private func resample(_ values: [Double], _ stream: inout RandomStream) -> [Double] {
    var sample = [Double](repeating: 0, count: values.count)
    for place in sample.indices { sample[place] = values[stream.integer(below: values.count)] }
    return sample
  }

  private func groups(_ values: [Double]) -> Int { min(values.count, 2000) }

  private func without(_ group: Int, _ values: [Double]) -> [Double] {
    let count = groups(values)
    if count == values.count {
      var rest = values
      rest.remove(at: group)
      return rest
    }
    // Every so many of the ascending values, so that the groups are alike.
    return values.indices.filter { $0 % count != group }.map { values[$0] }
  }
}
