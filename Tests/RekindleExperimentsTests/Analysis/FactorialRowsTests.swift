import RekindleCore
import RekindleExperiments
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct FactorialRowsTests {
  private let factors = [
    Experiment.Factor("coupon", levels: ["200-50", "300-80"]),
    Experiment.Factor("slot", levels: ["weekday_20", "weekend_12"]),
  ]

  private var experiment: Experiment {
    var arms: [Experiment.Arm] = []
    for (i, coupon) in factors[0].levels.enumerated() {
      for (j, slot) in factors[1].levels.enumerated() {
        arms.append(.init("\(coupon)/\(slot)", weight: 0.25, levels: [i, j]))
      }
    }
    return Experiment(
      id: "coupon", arms: arms, factors: factors, control: arms[0].name,
      metrics: [Metric("converted", kind: .proportion)])
  }

  /// Cells of 2,000 with these numbers of conversions.
  private func report(_ successes: [Int]) throws -> ExperimentReport {
    let experiment = experiment
    var lines: [MomentLine] = []
    for (arm, count) in zip(experiment.arms, successes) {
      lines.append(MomentLine(metric: "converted", arm: arm.name, statistic: "n", amount: 2000))
      lines.append(
        MomentLine(metric: "converted", arm: arm.name, statistic: "sum", x: "y", amount: Double(count)))
    }
    return try analyze(ExperimentMoments(lines: lines, of: experiment), of: experiment)
  }

  @Test func effectsAreDifferencesOfAverages() throws {
    let rows = try report([200, 240, 300, 400]).rows.filter { $0.section == .factorial }
    let coupon = try #require(rows.first { $0.segment == "effect=coupon" })
    #expect(abs(coupon.effect.difference - 0.065) < 1e-12)
    #expect(coupon.control == "200-50" && coupon.variant == "300-80" && coupon.controlCount == 4000)
    let both = try #require(rows.first { $0.segment == "effect=coupon × slot" })
    #expect(abs(both.effect.difference - 0.03) < 1e-12)
    #expect(coupon.warnings.contains { $0.hasPrefix("log odds") })
    #expect(rows.count == 3)
  }

  @Test func cellsStandBesideThem() throws {
    let cells = try report([200, 240, 300, 400]).rows.filter { $0.section == .cell }
    #expect(cells.map(\.effect.variant) == [0.1, 0.12, 0.15, 0.2])
    #expect(cells.last?.variant == "300-80/weekend_12")
  }

  @Test func theBestArmIsShipped() throws {
    let report = try report([200, 240, 300, 400])
    #expect(report.status.kind == .ship)
    #expect(report.status.words.hasPrefix("Ship 300-80/weekend_12: "))
  }

  @Test func mainEffectsAreAFamilyOfTheirOwn() throws {
    let rows = try report([200, 225, 240, 262]).rows.filter { $0.section == .factorial }
    let main = rows.filter { $0.effect.method == "main_effect" }
    let expected = AdjustedPValues(main.map(\.effect.pValue), by: .holm).adjusted
    #expect(main.map(\.adjustedP) == expected && main.allSatisfy { $0.correction == "holm" })
    // The interval says what the adjusted p says.
    for row in rows {
      #expect((row.adjustedP < 0.05) == !row.effect.differenceInterval.contains(0))
      #expect(row.controlCount == 4000 && row.variantCount == 4000)
    }
  }
}
