import RekindleStatistics
import Testing

@Suite struct ComplianceEffectTests {
  private func value(_ set: String, _ quantity: String) throws -> Double {
    let line = try #require(
      try referenceLines("compliance/compliance.csv").first { $0[0] == set && $0[1] == quantity })
    return try #require(Double(line[2].replacing("Inf", with: "inf")))
  }

  private func arm(_ set: String, _ arm: Int) throws -> Moments {
    Moments(
      count: Int(try value(set, "n\(arm)")), means: [try value(set, "y\(arm)"), try value(set, "d\(arm)")],
      crossProducts: [
        try value(set, "yy\(arm)"), try value(set, "yd\(arm)"), try value(set, "dd\(arm)"),
      ])
  }

  /// R 4.2: `ivreg`; its robust covariance written out (checked there against sandwich's HC0); Anderson and
  /// Rubin's ends by root finding.
  @Test(arguments: ["strong", "onesided", "weak"])
  func agreesWithTwoStageLeastSquares(_ set: String) throws {
    let result = ComplianceEffect(control: try arm(set, 0), variant: try arm(set, 1))
    #expect(near(result.effect, try value(set, "effect"), 1e-9))
    #expect(near(result.standardError, try value(set, "hc2"), 1e-9))
    #expect(near(result.firstStageF, try value(set, "F"), 1e-9))
    #expect(near(result.pValue, try value(set, "p"), 1e-9))
    switch result.confidenceSet {
    case .interval(let interval):
      #expect(near(interval.lower, try value(set, "lower"), 1e-7))
      #expect(near(interval.upper, try value(set, "upper"), 1e-7))
      #expect(result.findings.isEmpty)
    default:
      #expect(set == "weak")
      #expect(try value(set, "lower") == -.infinity && value(set, "upper") == .infinity)
      #expect(result.findings == [.weakFirstStage(F: result.firstStageF)])
    }
    #expect(result.confidenceSet.contains(result.effect))
    #expect(result.confidenceSet.contains(0) == (result.pValue > 0.05))
  }

  /// When everybody in the variant opens and nobody in the control does, it is the effect of sending.
  @Test func fullComplianceIsTheIntentionToTreat() {
    let control = Moments(count: 50, means: [3, 0], crossProducts: [80, 0, 0])
    let variant = Moments(count: 40, means: [4, 1], crossProducts: [90, 0, 0])
    let result = ComplianceEffect(control: control, variant: variant)
    #expect(near(result.effect, 1, 1e-14))
    #expect(near(result.standardError, result.intentionToTreatStandardError, 1e-14))
    #expect(result.firstStageF == .infinity)
    guard case .interval(let interval) = result.confidenceSet else {
      Issue.record("no interval")
      return
    }
    #expect(near(interval.lower, result.waldInterval.lower, 1e-12))
    #expect(near(interval.upper, result.waldInterval.upper, 1e-12))
  }

  /// A clear effect of sending with a first stage that may be 0: the set is all but a hole around 0.
  @Test func aHoleInsteadOfAnInterval() {
    let control = Moments(count: 100, means: [1, 0.50], crossProducts: [100, 0, 25])
    let variant = Moments(count: 100, means: [2, 0.55], crossProducts: [100, 0, 25])
    let result = ComplianceEffect(control: control, variant: variant)
    guard case .outside(let hole) = result.confidenceSet else {
      Issue.record("not a hole")
      return
    }
    #expect(hole.contains(0) && !result.confidenceSet.contains(0))
    #expect(result.confidenceSet.contains(result.effect) && result.confidenceSet.contains(-1e9))
  }

  @Test func findings() {
    let control = Moments(count: 20, means: [1, 0.5], crossProducts: [19, 0, 5])
    let same = ComplianceEffect(control: control, variant: control)
    #expect(same.findings == [.noFirstStage] && same.effect.isNaN && same.waldInterval.lower.isNaN)
    let empty = ComplianceEffect(control: control, variant: Moments(columns: 2))
    #expect(empty.findings == [.noData] && empty.confidenceSet == .undefined && empty.pValue.isNaN)
    let reversed = ComplianceEffect(
      control: Moments(count: 200, means: [1, 0.9], crossProducts: [199, 0, 18]),
      variant: Moments(count: 200, means: [1.2, 0.2], crossProducts: [199, 0, 32]))
    #expect(reversed.findings == [.reversedFirstStage])
  }
}
