import RekindleCore
import RekindleExperiments
import RekindleStatistics
import Testing

@Suite struct LinSliceTests {
  @Test func namedHC2ReadsTheUnitsAgain() throws {
    let units = MadeUpUnits(count: 800, arms: ["a", "b"])
    var experiment = MadeUpUnits.experiment(cap: 0.98)
    experiment.metrics[1].method = "lin_hc2"
    let moments = try collectMoments(of: experiment, from: units.batches(cuts: [333]))
    let row = try #require(
      analyze(moments, of: experiment).rows.first { $0.metric == "revenue" && $0.segment == "overall" })
    #expect(row.effect.method == "lin_hc2")

    // The same from the rows, column by column.
    let cap = try #require(moments.metrics[1].cap)
    let known = units.prior.filter { !$0.isNaN }
    let filling = known.reduce(0, +) / Double(known.count)
    let values = units.ids.indices.map { i in
      [
        min(units.revenue[i], cap), units.prior[i].isNaN ? filling : units.prior[i],
        units.prior[i].isNaN ? 1 : 0,
      ]
    }
    let arms = ["a", "b"].map { arm in units.ids.indices.filter { units.arms[$0] == arm }.map { values[$0] } }
    let lin = LinAdjustment(
      arms: arms.map { rows in
        var all = Moments(columns: 3)
        for row in rows { all.merge(Moments(count: 1, means: row, crossProducts: [0, 0, 0, 0, 0, 0])) }
        return all
      })
    let residuals = zip(lin.regressions, arms).map { regression, rows in
      var sums = LeveragedResiduals(regression)
      for row in rows { sums.add(row) }
      return sums
    }
    let expected = lin.estimates(residuals: residuals).effect()
    #expect(abs(row.effect.difference / expected.difference - 1) < 1e-9)
    #expect(abs(row.effect.standardError / expected.standardError - 1) < 1e-9)
    #expect(abs(row.effect.pValue / expected.pValue - 1) < 1e-8)
  }

  @Test func byMomentsItDiffersByLittle() throws {
    let units = MadeUpUnits(count: 5000, arms: ["a", "b"])
    var experiment = MadeUpUnits.experiment()
    func error() throws -> Double {
      let moments = try collectMoments(of: experiment, from: units.batches())
      return try #require(
        analyze(moments, of: experiment).rows.first { $0.metric == "revenue" }
      ).effect.standardError
    }
    let plain = try error()
    experiment.metrics[1].method = "lin_hc2"
    #expect(abs(try error() / plain - 1) < 0.01)
  }
}
