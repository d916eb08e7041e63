import RekindleStatistics
import Testing

@Suite struct KaplanMeierTests {
  @Test func theLungCurveIsThatOfR() throws {
    let fixture = try SurvivalFixture.read()
    let curve = KaplanMeier(fixture.observations)
    #expect(curve.count == 228)
    #expect(curve.eventCount == 165)
    #expect(curve.steps.map(\.time) == fixture.steps.time)
    #expect(curve.steps.map { Double($0.atRisk) } == fixture.steps.atRisk)
    #expect(curve.steps.map { Double($0.events) } == fixture.steps.events)
    for (step, (survival, error)) in zip(
      curve.steps, zip(fixture.steps.survival, fixture.steps.standardError))
    {
      #expect(SurvivalFixture.agree(step.survival, survival, 1e-14))
      #expect(SurvivalFixture.agree(step.standardError, error, 1e-14))
    }
  }

  @Test(arguments: [KaplanMeier.Band.plain, .log, .logLog])
  func bandsAndQuantilesAreThoseOfR(band: KaplanMeier.Band) throws {
    let fixture = try SurvivalFixture.read()
    let curve = KaplanMeier(fixture.observations)
    let expected =
      switch band {
      case .plain: fixture.plain
      case .log: fixture.log
      case .logLog: fixture.log_log
      }
    for (interval, (lower, upper)) in zip(curve.band(band), zip(expected.lower, expected.upper)) {
      #expect(SurvivalFixture.agree(interval.lower, lower) && SurvivalFixture.agree(interval.upper, upper))
    }
    for (index, p) in [0.25, 0.5, 0.75].enumerated() {
      let quantile = curve.quantile(p, band: band)
      #expect(SurvivalFixture.agree(quantile.time, expected.quantiles[index]))
      #expect(SurvivalFixture.agree(quantile.interval.lower, expected.quantileLower[index]))
      #expect(SurvivalFixture.agree(quantile.interval.upper, expected.quantileUpper[index]))
    }
  }

  /// Printed by R: median 310, 0.95LCL 285, 0.95UCL 363.
  @Test func theMedianOfTheLungData() throws {
    let median = KaplanMeier(try SurvivalFixture.read().observations).quantile(0.5)
    #expect(median.time == 310)
    #expect(median.interval == Interval(285, 363))
  }

  /// Without censoring the curve is the share that is left, and its error the binomial one.
  @Test func withoutCensoringItIsAShare() {
    let curve = KaplanMeier([3, 1, 4, 1, 5, 9, 2, 6].map { CensoredTime($0, isEvent: true) })
    #expect(curve.survival(at: 0) == 1)
    #expect(SurvivalFixture.agree(curve.survival(at: 2), 5.0 / 8, 1e-15))
    #expect(SurvivalFixture.agree(curve.steps[2].standardError, (0.5 * 0.5 / 8).squareRoot(), 1e-15))
    #expect(curve.survival(at: 100) == 0)
    #expect(curve.median == 3.5)  // half are left from 3 until 4
    #expect(curve.atRisk(at: 4) == 4)
  }

  @Test func nobodyIsLeftToSayWhatComesAfterTheLastCensoring() {
    let curve = KaplanMeier([CensoredTime(1, isEvent: true), CensoredTime(7, isEvent: false)])
    #expect(curve.survival(at: 7) == 0.5)
    #expect(curve.survival(at: 7.5).isNaN)
    #expect(curve.interval(at: 8).lower.isNaN)
    #expect(KaplanMeier([]).survival(at: 1).isNaN)
    #expect(KaplanMeier([]).median.isNaN)
    #expect(KaplanMeier([CensoredTime(.nan, isEvent: true), CensoredTime(-1, isEvent: true)]).count == 0)
  }

  /// A censoring at the time of an event is at risk at it, whatever the order of the input.
  @Test func theOrderOfTheInputChangesNothing() throws {
    let observations = try SurvivalFixture.read().observations
    #expect(KaplanMeier(observations.reversed()) == KaplanMeier(observations))
    let tied = [CensoredTime(2, isEvent: false), CensoredTime(2, isEvent: true)]
    #expect(KaplanMeier(tied).survival(at: 2) == 0.5)
  }
}
