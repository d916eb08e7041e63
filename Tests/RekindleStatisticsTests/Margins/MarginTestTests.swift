import RekindleCore
import RekindleStatistics
import Testing

@Suite struct MarginTestTests {
  private let numbers: [String: Double]
  private let arms: EstimatedArms

  init() throws {
    var numbers: [String: Double] = [:]
    for line in try referenceLines("margins/margins.csv") { numbers[line[0]] = Double(line[1]) }
    self.numbers = numbers
    func value(_ name: String) -> Double { numbers[name] ?? .nan }
    arms = EstimatedArms(
      control: value("control_mean"), variant: value("variant_mean"),
      controlVariance: value("control_ss") / value("control_n") / (value("control_n") - 1),
      variantVariance: value("variant_ss") / value("variant_n") / (value("variant_n") - 1),
      reference: .welch(control: value("control_n") - 1, variant: value("variant_n") - 1), method: "welch")
  }

  /// R 4.2, `t.test` with mu, and of the variant against the control times its share.
  @Test func agreesWithR() throws {
    func p(_ margin: MarginTest.Margin, _ better: MarginTest.Better) throws -> MarginTest.NonInferiority {
      try MarginTest(arms, margin: margin, better: better).nonInferiority()
    }
    let higher = try p(.absolute(2.5), .higher)
    #expect(near(higher.pValue, numbers["absolute_higher"] ?? .nan, 1e-10))
    #expect(near(higher.bound, numbers["bound_higher"] ?? .nan, 1e-9))
    #expect(near(try p(.absolute(2.5), .lower).pValue, numbers["absolute_lower"] ?? .nan, 1e-10))
    #expect(near(try p(.relative(0.12), .higher).pValue, numbers["relative_higher"] ?? .nan, 1e-10))
    #expect(near(try p(.relative(0.12), .lower).pValue, numbers["relative_lower"] ?? .nan, 1e-10))
    #expect(near(try p(.relative(0.12), .higher).inferiorPValue, numbers["inferior_higher"] ?? .nan, 1e-10))
    let equivalence = try MarginTest(arms, margin: .absolute(2.5), better: .higher).equivalence()
    #expect(near(equivalence.pValue, numbers["equivalence"] ?? .nan, 1e-10))
    #expect(near(equivalence.interval.lower, numbers["interval_lower"] ?? .nan, 1e-9))
    #expect(near(equivalence.interval.upper, numbers["interval_upper"] ?? .nan, 1e-9))
  }

  @Test func threeVerdicts() throws {
    func verdict(_ difference: Double, _ better: MarginTest.Better) throws
      -> MarginTest.NonInferiority.Verdict
    {
      try MarginTest(
        difference: difference, standardError: 1, degreesOfFreedom: nil, margin: 3, better: better
      ).nonInferiority().verdict
    }
    for (difference, expected) in [
      (0.0, MarginTest.NonInferiority.Verdict.nonInferior), (-0.9, .nonInferior), (-1.1, .inconclusive),
      (-4.9, .inconclusive), (-5.1, .inferior),
    ] {
      #expect(try verdict(difference, .higher) == expected)
      #expect(try verdict(-difference, .lower) == expected)
    }
  }

  /// The verdict is that of the bound: beyond the margin or not.
  @Test func theBoundSaysTheSame() throws {
    for better in MarginTest.Better.allCases {
      for share in [0.001, 0.03, 0.06, 0.0909, 0.1, 0.2] {
        let test = try MarginTest(arms, margin: .relative(share), better: better).nonInferiority()
        let within = better == .higher ? test.bound > -share : test.bound < share
        #expect(within == (test.verdict == .nonInferior))
        let wide = try MarginTest(arms, margin: .absolute(share * 30), better: better).nonInferiority()
        #expect(
          (better == .higher ? wide.bound > -share * 30 : wide.bound < share * 30)
            == (wide.verdict == .nonInferior))
      }
    }
  }

  @Test func equivalenceVerdicts() throws {
    func verdict(_ difference: Double) throws -> MarginTest.Equivalence.Verdict {
      try MarginTest(
        difference: difference, standardError: 1, degreesOfFreedom: nil, margin: 3, better: .higher
      ).equivalence().verdict
    }
    #expect(try verdict(1.3) == .equivalent && verdict(-1.3) == .equivalent)
    #expect(try verdict(1.4) == .inconclusive && verdict(-4.9) == .inconclusive)
    #expect(try verdict(5) == .different && verdict(-5) == .different)
  }

  @Test func withoutVarianceNothingIsShown() throws {
    let test = try MarginTest(
      difference: 0, standardError: 0, degreesOfFreedom: nil, margin: 1, better: .higher)
    #expect(test.nonInferiority().verdict == .inconclusive && test.nonInferiority().pValue.isNaN)
    #expect(test.equivalence().verdict == .inconclusive && test.equivalence().pValue.isNaN)
  }

  @Test func badMarginsAreRefused() {
    for margin in [MarginTest.Margin.absolute(-1), .absolute(.nan), .relative(1), .relative(.infinity)] {
      #expect(throws: Diagnostic.self) { try MarginTest(arms, margin: margin, better: .higher) }
    }
    var negative = arms
    negative.control = -1
    #expect(throws: Diagnostic.self) { try MarginTest(negative, margin: .relative(0.1), better: .higher) }
  }
}
