import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct BoundedConfidenceSequenceTests {
  typealias Arm = BoundedConfidenceSequence.Arm

  /// At the ends of the interval the mixture's likelihood ratio is 1/α: said again with gammas.
  @Test func endsAreWhereTheEvidenceIsEnough() {
    let sequence = BoundedConfidenceSequence(alpha: 0.05)
    let interval = sequence.interval(Arm(count: 400, sum: 37))
    for p in [interval.lower, interval.upper] {
      let mixture = logGamma(37.5) + logGamma(363.5) - logGamma(401) - 2 * logGamma(0.5)
      let logM = mixture - 37 * logarithm(p) - 363 * logarithm(onePlus: -p)
      #expect(abs(logM - logarithm(20)) < 1e-9)
    }
    #expect(interval.lower > 0.03 && interval.upper < 0.18)
  }

  @Test func nothingSeenSaysNothing() {
    let sequence = BoundedConfidenceSequence()
    #expect(sequence.interval(Arm(count: 0, sum: 0)) == Interval(0, 1))
    #expect(sequence.pValue(control: Arm(count: 0, sum: 0), variant: Arm(count: 0, sum: 0)) == 1)
    #expect(
      sequence.differenceInterval(control: Arm(count: 0, sum: 0), variant: Arm(count: 9, sum: 2)).upper > 0.4)
    #expect(sequence.interval(Arm(count: 100, sum: 0)).lower == 0)
    #expect(sequence.interval(Arm(count: 100, sum: 100)).upper == 1)
    #expect(sequence.interval(Arm(count: 10, sum: 11)) != Interval(0, 1))
    #expect(sequence.interval(Arm(count: 10, sum: 11)).lower.isNaN)
  }

  @Test func oneConversionIsNoProof() {
    let sequence = BoundedConfidenceSequence()
    for (a, b) in [(1.0, 0.0), (0, 1), (1, 1), (3, 1)] {
      #expect(sequence.pValue(control: Arm(count: 20, sum: a), variant: Arm(count: 20, sum: b)) == 1)
    }
    // Of 100 without and 100 with: 1/p is the two mixtures' product at a mean of one half.
    let p = sequence.pValue(control: Arm(count: 100, sum: 0), variant: Arm(count: 100, sum: 100))
    let log = 2 * (logBeta(0.5, 100.5) - logBeta(0.5, 0.5)) + 200 * logarithm(2)
    #expect(abs(logarithm(p) + log) < 1e-9)
  }

  @Test func pValueAndIntervalsAgreeAboutNoDifference() {
    for variantSum in stride(from: 20.0, through: 90, by: 5) {
      let control = Arm(count: 500, sum: 40)
      let variant = Arm(count: 600, sum: variantSum)
      let p = BoundedConfidenceSequence().pValue(control: control, variant: variant)
      let sequence = BoundedConfidenceSequence(alpha: 0.05)
      let difference = sequence.differenceInterval(control: control, variant: variant)
      let lift = sequence.liftInterval(control: control, variant: variant)
      #expect(difference.contains(0) == (p > 0.05))
      #expect(lift.contains(0) == (p > 0.05))
      #expect(difference.contains(variantSum / 600 - 40.0 / 500))
      #expect(lift.contains(variantSum / 600 / (40.0 / 500) - 1))
      // At the p-value's own level the interval ends at 0.
      if p < 1 {
        let edge = BoundedConfidenceSequence(alpha: p).differenceInterval(control: control, variant: variant)
        #expect(min(abs(edge.lower), abs(edge.upper)) < 1e-7)
      }
    }
  }

  @Test func changingPlacesChangesTheSign() {
    let sequence = BoundedConfidenceSequence()
    let (a, b) = (Arm(count: 900, sum: 80), Arm(count: 1100, sum: 130))
    let (there, back) = (
      sequence.differenceInterval(control: a, variant: b), sequence.differenceInterval(control: b, variant: a)
    )
    #expect(abs(there.lower + back.upper) < 1e-12 && abs(there.upper + back.lower) < 1e-12)
    let (lift, inverse) = (
      sequence.liftInterval(control: a, variant: b), sequence.liftInterval(control: b, variant: a)
    )
    #expect(abs((1 + lift.lower) * (1 + inverse.upper) - 1) < 1e-9)
  }

  @Test func isNarrowerThanTwoIntervalsAtHalfTheError() {
    let (a, b) = (Arm(count: 5000, sum: 500), Arm(count: 5000, sum: 550))
    let half = BoundedConfidenceSequence(alpha: 0.025)
    let joint = BoundedConfidenceSequence(alpha: 0.05).differenceInterval(control: a, variant: b)
    let apart =
      half.interval(b).upper - half.interval(a).lower - half.interval(b).lower + half.interval(a).upper
    #expect(joint.upper - joint.lower < 0.9 * apart)
  }

  @Test func otherBoundsAreAScale() {
    let unit = BoundedConfidenceSequence().interval(Arm(count: 50, sum: 20))
    let wide = BoundedConfidenceSequence(bounds: -10...30).interval(Arm(count: 50, sum: 20 * 40 - 500))
    #expect(abs(wide.lower - (-10 + 40 * unit.lower)) < 1e-9)
    #expect(abs(wide.upper - (-10 + 40 * unit.upper)) < 1e-9)
    #expect(
      BoundedConfidenceSequence(bounds: -10...30).liftInterval(
        control: Arm(count: 5, sum: 1), variant: Arm(count: 5, sum: 1)
      ).lower.isNaN)
  }

  /// Rare conversions from the first unit on, where a normal approximation has no say.
  @Test func manyEarlyLooksKeepTheErrorRate() {
    let sequence = BoundedConfidenceSequence()
    let runs = 400
    var crossed = 0
    for run in 0..<runs {
      var stream = RandomStream(seed: 77).stream(UInt64(run))
      var sums = [0.0, 0.0]
      var least = 1.0
      for look in 1...50 {
        for arm in 0..<2 { for _ in 0..<20 where stream.bernoulli(0.02) { sums[arm] += 1 } }
        let arms = sums.map { Arm(count: 20 * look, sum: $0) }
        least = min(least, sequence.pValue(control: arms[0], variant: arms[1]))
      }
      crossed += least <= 0.05 ? 1 : 0
    }
    #expect(Double(crossed) <= 0.05 * Double(runs))
  }
}
