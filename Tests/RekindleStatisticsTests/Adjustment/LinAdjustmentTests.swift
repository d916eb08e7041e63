import RekindleStatistics
import Testing

@Suite struct LinAdjustmentTests {
  private struct Customers {
    var rows: [[Double]]
    var arms: [Int]
    var moments: [Moments]

    init(_ names: [String], arms three: Bool = false) throws {
      let table = try MeansFixture("means/revenue.csv")
      let columns = try names.map { try table.column($0) }
      var arms = try table.column("arm").map { Int($0) }
      if three { for i in arms.indices where arms[i] == 1 && i % 2 == 1 { arms[i] = 2 } }
      rows = arms.indices.map { i in columns.map { $0[i] } }
      let rows = rows
      moments = (0...(arms.max() ?? 0)).map { arm in
        let own = arms.indices.filter { arms[$0] == arm }
        return RekindleStatisticsTests.moments(names.indices.map { j in own.map { rows[$0][j] } })
      }
      self.arms = arms
    }

    func residuals(_ lin: LinAdjustment) -> [LeveragedResiduals] {
      var all = lin.regressions.map { LeveragedResiduals($0) }
      for (row, arm) in zip(rows, arms) { all[arm].add(row) }
      return all
    }
  }

  private func check(_ name: String, _ effect: Effect) throws {
    let expected = try MeansFixture("adjustment/expected.csv")
    for (quantity, value) in [
      ("difference", effect.difference), ("se", effect.standardError),
      ("df", effect.degreesOfFreedom ?? .nan), ("p", effect.pValue),
      ("lower", effect.differenceInterval.lower), ("upper", effect.differenceInterval.upper),
    ] {
      let wanted = try expected.value(name, quantity)
      #expect(agrees(value, wanted), "\(name) \(quantity): \(value), not \(wanted)")
    }
  }

  @Test func hc2AgreesWithEstimatr() throws {
    for (name, columns) in [("lin_one", ["prior"]), ("lin_two", ["prior", "visits"])] {
      let customers = try Customers(["revenue"] + columns)
      let lin = LinAdjustment(arms: customers.moments)
      let estimates = lin.estimates(residuals: customers.residuals(lin))
      try check(name, estimates.effect())
    }
    let three = try Customers(["revenue", "prior"], arms: true)
    let lin = LinAdjustment(arms: three.moments)
    let residuals = three.residuals(lin)
    try check("three_1", lin.estimates(residuals: residuals, control: 0, variant: 1).effect())
    try check("three_2", lin.estimates(residuals: residuals, control: 0, variant: 2).effect())
  }

  @Test func momentsAloneGiveTheClassicalVariance() throws {
    let expected = try MeansFixture("adjustment/expected.csv")
    let lin = LinAdjustment(arms: try MeansFixture.revenue(["revenue", "prior", "visits"]))
    let effect = lin.estimates().effect()
    #expect(agrees(effect.difference, try expected.value("lin_classical", "difference")))
    #expect(agrees(effect.control, try expected.value("emmeans_lin", "control")))
    #expect(agrees(effect.variant, try expected.value("emmeans_lin", "variant")))
    #expect(agrees(effect.standardError, try expected.value("lin_classical", "se")))
    #expect(agrees(effect.degreesOfFreedom ?? 0, try expected.value("lin_classical", "df")))
  }

  @Test func secondPassInPartsIsTheWhole() throws {
    let customers = try Customers(["revenue", "prior"])
    let lin = LinAdjustment(arms: customers.moments)
    let whole = customers.residuals(lin)
    var parts = lin.regressions.map { LeveragedResiduals($0) }
    for range in [0..<100, 100..<240] {
      var block = lin.regressions.map { LeveragedResiduals($0) }
      for i in range { block[customers.arms[i]].add(customers.rows[i]) }
      for arm in parts.indices { parts[arm].merge(block[arm]) }
    }
    let (a, b) = (lin.estimates(residuals: parts), lin.estimates(residuals: whole))
    #expect(agrees(a.standardError, b.standardError, within: 1e-13))
    // Kept sums stand for the units.
    let kept = zip(lin.regressions, whole).map {
      LeveragedResiduals($0, count: $1.count, products: $1.products)
    }
    #expect(lin.estimates(residuals: kept) == b)
    // A pass that has not seen every unit gives no variance.
    let unfinished = lin.regressions.map { LeveragedResiduals($0) }
    #expect(lin.estimates(residuals: unfinished).effect().pValue.isNaN)
  }

  @Test func withoutCovariatesItIsWelchs() throws {
    let customers = try Customers(["revenue"])
    let lin = LinAdjustment(arms: customers.moments)
    let welch = TwoMeans(control: customers.moments[0], variant: customers.moments[1]).effect()
    var effect = lin.estimates().effect()
    #expect(effect.method == "lin")
    effect.method = "welch"
    #expect(agrees(effect.pValue, welch.pValue, within: 1e-12))
    #expect(agrees(effect.liftInterval.lower, welch.liftInterval.lower, within: 1e-10))
    // HC2 of a mean is its sample variance over n.
    let hc2 = lin.estimates(residuals: customers.residuals(lin))
    #expect(agrees(hc2.standardError, welch.standardError, within: 1e-12))
  }

  @Test func aUnitWithALeverageOfOneLeavesAVariance() {
    // The last column marks one unit of each arm.
    let rows = (0..<20).map { i in [Double((i * i) % 7), i >= 18 ? 1.0 : 0.0] }
    let arms = (0...1).map { arm in
      moments((0...1).map { j in rows.indices.filter { $0 % 2 == arm }.map { rows[$0][j] } })
    }
    let lin = LinAdjustment(arms: arms)
    var residuals = lin.regressions.map { LeveragedResiduals($0) }
    for (i, row) in rows.enumerated() { residuals[i % 2].add(row) }
    let effect = lin.estimates(residuals: residuals).effect()
    #expect(effect.pValue > 0 && effect.pValue <= 1)
    #expect(agrees(effect.standardError, lin.estimates().standardError, within: 0.5))
  }

  @Test func tooFewUnitsGiveNoNumber() {
    let arm = moments([[1, 2, 4], [1, 3, 2], [5, 1, 1]])
    let lin = LinAdjustment(arms: [arm, arm])
    #expect(lin.estimates().effect().pValue.isNaN)
    #expect(lin.findings() == [.tooFewForCovariates(.control), .tooFewForCovariates(.variant)])
    #expect(lin.estimates().effect().difference.isNaN)
  }

  @Test func aSmallArmLeavesTheOthersTheirCovariates() throws {
    let arms = try MeansFixture.revenue(["revenue", "prior", "visits"])
    let alone = LinAdjustment(arms: arms)
    for extra in [Moments(columns: 3), moments([[1, 2, 4], [1, 3, 2], [5, 1, 1]])] {
      let more = LinAdjustment(arms: arms + [extra])
      #expect(more.regressions[0].coefficients == alone.regressions[0].coefficients)
      #expect(more.estimates(control: 0, variant: 2).effect().pValue.isNaN)
    }
  }
}
