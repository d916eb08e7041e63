import RekindleNumerics
import RekindleStatistics
import Testing

/// rpact's numbers: Fixtures/sequential/stagewise.R.
@Suite struct StagewiseInferenceTests {
  @Test func anEarlyStopIsRpact() throws {
    let design = try oneSided()
    let error = 0.45 / 3.21077730605704
    let result = try #require(design.result(look: 1, estimate: 0.45, standardError: error))
    near(result.pValue, 0.000665564010906561)
    near(result.estimate, 0.449932574049146, within: 1e-5)
    near(result.interval.lower, 0.17518145421176, within: 1e-5)
    let repeated = design.repeatedInterval(look: 1, estimate: 0.45, standardError: error)
    near(repeated.lower, 0.0347082832330233, within: 1e-6)
    near(
      design.repeatedPValue(look: 1, estimate: 0.45, standardError: error), 0.0160637043857574, within: 1e-6)
  }

  @Test func aLateStopIsRpact() throws {
    let design = try oneSided()
    let error = 0.2125 / 2.15182733968643
    let result = try #require(design.result(look: 3, estimate: 0.2125, standardError: error))
    near(result.pValue, 0.0195802614374364)
    near(result.estimate, 0.20754213793082, within: 1e-5)
    near(result.interval.lower, 0.0104225550340241, within: 1e-5)
    near(
      design.repeatedPValue(look: 3, estimate: 0.2125, standardError: error), 0.0176200977573395, within: 1e-6
    )
    // The plain estimate is too far from 0.
    #expect(result.estimate < 0.2125)
  }

  @Test func bothSidesAreRpact() throws {
    let design = try twoSided()
    let first = try #require(design.result(look: 0, estimate: -0.55, standardError: 0.55 / 3.01247406627841))
    near(first.interval.lower, -0.907838828743431)
    near(first.interval.upper, -0.192161171256569)
    near(first.estimate, -0.55)
    // Its own p-value here is that of the other side; at a first look it is the plain one.
    near(first.pValue, 0.00259127576, within: 1e-6)
    let error = 0.21 / 2.11728689338267
    let last = try #require(design.result(look: 2, estimate: 0.21, standardError: error))
    near(last.estimate, 0.200082863658438, within: 1e-5)
    near(last.interval.lower, -0.00865538195594805, within: 1e-5)
    near(last.interval.upper, 0.398459081187957, within: 1e-5)
    near(last.pValue, 0.0595591617965683, within: 1e-6)
    near(
      design.repeatedPValue(look: 2, estimate: 0.21, standardError: error), 0.0765341644992828, within: 1e-6)
  }

  @Test func conditionalPowerIsRpact() throws {
    // θ = 0.25 a unit of standard deviation, 100 units in full: a drift of 2.5.
    let one = try oneSided()
    near(
      one.conditionalPower(look: 1, statistic: 1.07025910201901, assuming: .drift(2.5)), 0.500334051715562,
      within: 1e-6)
    let two = try twoSided()
    near(
      two.conditionalPower(look: 0, statistic: 1.09544511501033, assuming: .drift(3)), 0.711027433001117,
      within: 1e-6)
  }

  @Test func oneLookToComeHasClosedForms() throws {
    let design = try GroupSequentialDesign(alpha: 0.025, alternative: .greater, shares: [0.4, 1])
    let (z, t, c) = (1.3, 0.4, design.looks[1].criticalValue)
    let now = z * t.squareRoot()
    let current = Normal().upperTail((c - now - z / t.squareRoot() * (1 - t)) / (1 - t).squareRoot())
    near(design.conditionalPower(look: 0, statistic: z, assuming: .currentTrend), current)
    let planned = Normal().upperTail((c - now - design.drift * (1 - t)) / (1 - t).squareRoot())
    near(design.conditionalPower(look: 0, statistic: z, assuming: .planned), planned)
    let predictive = Normal().upperTail((c - z / t.squareRoot()) / (1 / t - 1).squareRoot())
    near(design.predictivePower(look: 0, statistic: z), predictive)
    #expect(design.conditionalPower(look: 1, statistic: 1, assuming: .planned).isNaN)
  }

  /// The average of the conditional power over the posterior, by a plain sum.
  @Test func predictivePowerIsTheAverage() throws {
    let design = try GroupSequentialDesign(
      alpha: 0.025, alternative: .greater, shares: [0.3, 0.6, 1], spending: .pocock)
    let (z, t) = (1.1, 0.3)
    var sum = 0.0
    for index in -400...400 {
      let u = Double(index) / 50
      let power = design.conditionalPower(
        look: 0, statistic: z, assuming: .drift((z + u) / t.squareRoot()))
      sum += power * exponential(-u * u / 2) / (2 * Double.pi).squareRoot() / 50
    }
    near(design.predictivePower(look: 0, statistic: z), sum, within: 1e-9)
  }

  @Test func theOtherSideIsTheMirror() throws {
    let greater = try oneSided()
    let less = try GroupSequentialDesign(alpha: 0.025, alternative: .less, shares: [0.25, 0.5, 0.75, 1])
    let up = try #require(greater.result(look: 1, estimate: 3, standardError: 0.9))
    let down = try #require(less.result(look: 1, estimate: -3, standardError: 0.9))
    #expect(up.pValue == down.pValue && up.estimate == -down.estimate)
    #expect(up.interval.lower == -down.interval.upper && down.interval.lower == -.infinity)
    #expect(greater.predictivePower(look: 0, statistic: 1) == less.predictivePower(look: 0, statistic: -1))
  }

  @Test func noSuchLook() throws {
    let design = try oneSided()
    #expect(design.result(look: 4, estimate: 1, standardError: 1) == nil)
    #expect(design.result(look: 0, estimate: 1, standardError: 0) == nil)
    #expect(design.repeatedPValue(look: 9, estimate: 1, standardError: 1).isNaN)
  }

  private func oneSided() throws -> GroupSequentialDesign {
    try GroupSequentialDesign(alpha: 0.025, alternative: .greater, shares: [0.25, 0.5, 0.75, 1])
  }

  private func twoSided() throws -> GroupSequentialDesign {
    try GroupSequentialDesign(shares: [0.3, 0.7, 1], spending: .pocock)
  }

  private func near(
    _ a: Double, _ b: Double, within tolerance: Double = 1e-7, at place: SourceLocation = #_sourceLocation
  ) {
    #expect(abs(a - b) <= tolerance, "\(a) against \(b)", sourceLocation: place)
  }
}
