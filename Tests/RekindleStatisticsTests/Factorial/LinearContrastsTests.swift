import RekindleStatistics
import Testing

@Suite struct LinearContrastsTests {
  /// R 4.2, `oneway.test`: Welch's analysis of variance is the joint test of one factor.
  @Test func oneFactorIsWelchsAnalysisOfVariance() throws {
    let fixture = try FactorialFixture()
    let factor = FactorialModel.Factor("g", levels: ["0", "1", "2", "3"])
    let term = try FactorialModel(factors: [factor]).table(cells: fixture.spendCells("oneway")).terms[0]
    #expect(near(term.statistic, fixture.value("oneway", "f", "g"), 1e-12))
    #expect(near(term.denominatorDegrees, fixture.value("oneway", "denominator", "g"), 1e-12))
    #expect(near(term.pValue, fixture.value("oneway", "p", "g"), 1e-10))
  }

  /// R 4.2 with sandwich: without small-sample corrections q F is Wald's statistic.
  @Test func withKnownVariancesItIsWaldsTest() throws {
    let fixture = try FactorialFixture()
    var cells = fixture.spendCells()
    for i in cells.indices { cells[i].degreesOfFreedom = nil }
    let table = try FactorialModel(factors: FactorialFixture.factors).table(cells: cells)
    for (place, term) in table.terms.enumerated() {
      let wald = fixture.value("spend", "wald", String(place + 1))
      #expect(near(term.statistic * term.numeratorDegrees, wald, 1e-10))
      #expect(term.denominatorDegrees == .infinity)
    }
  }

  @Test func oneContrastIsItsOwnTest() throws {
    let cells = try FactorialFixture().spendCells()
    for term in try FactorialModel(factors: FactorialFixture.factors).table(cells: cells).terms
    where term.effects.count == 1 {
      let effect = term.effects[0]
      #expect(near(term.statistic, effect.statistic * effect.statistic, 1e-12))
      #expect(near(term.denominatorDegrees, effect.degreesOfFreedom ?? .nan, 1e-11))
      #expect(near(term.pValue, effect.pValue, 1e-10))
    }
  }
}
