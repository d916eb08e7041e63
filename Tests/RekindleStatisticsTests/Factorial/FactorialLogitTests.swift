import RekindleStatistics
import Testing

@Suite struct FactorialLogitTests {
  /// R 4.2: `glm` on the same columns, and `anova(…, test = "LRT")` against the fit without the term.
  @Test(arguments: [2, 3])
  func coefficientsAndLikelihoodRatiosAreThoseOfR(_ order: Int) throws {
    let fixture = try FactorialFixture()
    let table = try FactorialModel(factors: FactorialFixture.factors, order: order)
      .table(cells: fixture.boughtCells())
    let set = "logit\(order)"
    #expect(table.terms.flatMap { $0.effects }.count == fixture.all(set, "coefficient").count)
    for effect in table.terms.flatMap({ $0.effects }) {
      let logit = try #require(effect.logit)
      #expect(near(logit.coefficient, fixture.value(set, "coefficient", effect.name), 1e-8))
      #expect(near(logit.standardError, fixture.value(set, "error", effect.name), 1e-8))
    }
    for (place, term) in table.terms.enumerated() {
      let ratio = try #require(term.likelihoodRatio)
      #expect(near(ratio.statistic, fixture.value(set, "lr", String(place + 1)), 1e-8))
      #expect(near(ratio.pValue, fixture.value(set, "lrp", String(place + 1)), 1e-8))
      #expect(ratio.degrees == term.effects.count)
    }
  }

  /// Two by two: the interaction's coefficient is the logarithm of the ratio of the odds ratios.
  @Test func theInteractionIsARatioOfOddsRatios() throws {
    let cells = [(0, 0, 10), (0, 1, 20), (1, 0, 25), (1, 1, 60)].map {
      FactorialCell(levels: [$0.0, $0.1], successes: $0.2, count: 100)
    }
    let table = try FactorialModel(factors: [
      .init("a", levels: ["0", "1"]), .init("b", levels: ["0", "1"]),
    ]).table(cells: cells)
    // log(60/40 · 10/90 / (20/80 · 25/75)) = log 2.
    #expect(near(table.terms[2].effects[0].logit?.coefficient ?? .nan, 0.693147180559945, 1e-9))
  }

  @Test func separationIsAFinding() throws {
    let cells = [(0, 0, 0), (0, 1, 20), (1, 0, 25), (1, 1, 60)].map {
      FactorialCell(levels: [$0.0, $0.1], successes: $0.2, count: 100)
    }
    let factors = [
      FactorialModel.Factor("a", levels: ["no", "yes"]), FactorialModel.Factor("b", levels: ["no", "yes"]),
    ]
    let table = try FactorialModel(factors: factors).table(cells: cells)
    #expect(table.findings == [.separation(["no/no"])])
    #expect(table.terms.allSatisfy { $0.likelihoodRatio == nil && $0.effects[0].logit == nil })
    // The difference of shares stands: (0.25 + 0.6)/2 − (0 + 0.2)/2.
    #expect(near(table.terms[0].effects[0].estimate, 0.325, 1e-13))
    #expect(table.terms[0].effects[0].pValue < 1e-12)
    // Without the interaction all cells share in the fit, and it exists.
    let main = try FactorialModel(factors: factors, order: 1).table(cells: cells)
    #expect(main.findings.isEmpty && main.terms[0].likelihoodRatio != nil)

    let nobody = try FactorialModel(factors: factors).table(
      cells: cells.map { FactorialCell(levels: $0.levels, successes: 0, count: 50) })
    #expect(nobody.findings.count == 2)
  }
}
