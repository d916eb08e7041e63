import RekindleCore
import RekindleStatistics
import Testing

@Suite struct FactorialModelTests {
  /// R 4.2: `lm` with the same coding, errors by sandwich's HC2, which in a saturated model are those of
  /// the cells' own variances; emmeans for the averages with equal weights.
  @Test(arguments: ["spend", "bought"])
  func effectsAreThoseOfR(_ set: String) throws {
    let fixture = try FactorialFixture()
    let cells = set == "spend" ? fixture.spendCells() : fixture.boughtCells()
    let table = try FactorialModel(factors: FactorialFixture.factors).table(cells: cells)
    let effects = table.terms.flatMap { $0.effects }
    #expect(effects.map { $0.name } == fixture.all(set, "estimate").map { $0.name })
    for effect in effects {
      #expect(near(effect.estimate, fixture.value(set, "estimate", effect.name), 1e-9))
      #expect(near(effect.standardError, fixture.value(set, "error", effect.name), 1e-11))
      #expect(effect.carries.isEmpty)
    }
    #expect(table.refused.isEmpty && table.findings.isEmpty)
    guard set == "spend" else { return }
    for level in ["coupon 1", "coupon 2"] {
      let effect = try #require(effects.first { $0.name == level })
      #expect(near(effect.estimate, fixture.value("spend", "emmeans", level), 1e-10))
    }
  }

  /// Leaving out a term of a complete design moves no estimate of the others.
  @Test func theOrderDoesNotMoveTheOthers() throws {
    let cells = try FactorialFixture().spendCells()
    let all = try FactorialModel(factors: FactorialFixture.factors, order: 3).table(cells: cells)
    let main = try FactorialModel(factors: FactorialFixture.factors, order: 1).table(cells: cells)
    #expect(main.terms.count == 3)
    for (a, b) in zip(main.terms.flatMap { $0.effects }, all.terms.flatMap { $0.effects }) {
      #expect(near(a.estimate, b.estimate, 1e-11))
      #expect(near(a.standardError, b.standardError, 1e-12))
      #expect(near(a.degreesOfFreedom ?? .nan, b.degreesOfFreedom ?? .nan, 1e-10))
    }
  }

  /// Two by two, by hand: difference of averages, difference of differences, Satterthwaite.
  @Test func twoByTwoByHand() throws {
    let means = [10.0, 12, 11, 17]
    let cells = means.enumerated().map { i, mean in
      FactorialCell(levels: [i / 2, i % 2], count: 10, value: mean, standardError: 1, degreesOfFreedom: 9)
    }
    let table = try FactorialModel(factors: [
      .init("coupon", levels: ["none", "200-50"]), .init("slot", levels: ["evening", "noon"]),
    ]).table(cells: cells)
    #expect(table.terms.map { $0.name } == ["coupon", "slot", "coupon × slot"])
    let effects = table.terms.map { $0.effects[0] }
    #expect(near(effects[0].estimate, 3, 1e-14))
    #expect(near(effects[1].estimate, 4, 1e-14))
    #expect(near(effects[2].estimate, 4, 1e-14))
    #expect(near(effects[0].standardError, 1, 1e-14))
    #expect(near(effects[2].standardError, 2, 1e-14))
    for effect in effects { #expect(near(effect.degreesOfFreedom ?? .nan, 36, 1e-12)) }
    #expect(effects[2].name == "coupon 200-50 × slot noon")
    #expect(table.cells.map { $0.name } == ["none/evening", "none/noon", "200-50/evening", "200-50/noon"])
  }

  /// Turning a two-level factor's levels round changes the sign of its effects and nothing else.
  @Test func turningAFactorTurnsItsSigns() throws {
    let cells = try FactorialFixture().boughtCells()
    var turned = cells
    for i in turned.indices { turned[i].levels[1] = 1 - turned[i].levels[1] }
    let model = FactorialModel(factors: FactorialFixture.factors)
    let (a, b) = (try model.table(cells: cells), try model.table(cells: turned.reversed()))
    for (one, other) in zip(a.terms, b.terms) {
      let sign = one.factors.contains(1) ? -1.0 : 1.0
      for (x, y) in zip(one.effects, other.effects) {
        #expect(near(x.estimate, sign * y.estimate, 1e-10))
        #expect(near(x.pValue, y.pValue, 1e-9))
        #expect(near(x.logit?.coefficient ?? .nan, sign * (y.logit?.coefficient ?? .nan), 1e-7))
      }
      #expect(near(one.pValue, other.pValue, 1e-9))
    }
  }

  /// The same bytes whatever the order of the cells.
  @Test func theOrderOfTheCellsDoesNotMatter() throws {
    let cells = try FactorialFixture().boughtCells()
    let model = FactorialModel(factors: FactorialFixture.factors)
    #expect(try model.table(cells: cells) == model.table(cells: cells.reversed()))
  }

  @Test func badCellsAreRefused() {
    let model = FactorialModel(factors: [.init("a", levels: ["x", "y"])])
    let good = FactorialCell(levels: [0], successes: 1, count: 5)
    let bad: [[FactorialCell]] = [
      [], [good], [good, good], [good, FactorialCell(levels: [2], successes: 1, count: 5)],
      [good, FactorialCell(levels: [1, 0], successes: 1, count: 5)],
      [good, FactorialCell(levels: [1], successes: 6, count: 5)],
    ]
    for cells in bad {
      #expect(throws: Diagnostic.self) { try model.table(cells: cells) }
    }
    #expect(throws: Diagnostic.self) {
      try FactorialModel(factors: [.init("a", levels: ["x"])]).table(cells: [good])
    }
  }

  @Test func oneUnitAndNoVarianceAreSaid() throws {
    let model = FactorialModel(factors: [.init("a", levels: ["x", "y"])])
    let single = try model.table(cells: [
      FactorialCell(levels: [0], moments: Moments(count: 1, means: [2], crossProducts: [0])),
      FactorialCell(levels: [1], moments: Moments(count: 5, means: [3], crossProducts: [4])),
    ])
    #expect(single.findings == [.oneUnit("x")])
    #expect(near(single.terms[0].effects[0].estimate, 1, 1e-14))
    #expect(single.terms[0].effects[0].pValue.isNaN)
    let constant = try model.table(
      cells: [0, 1].map {
        FactorialCell(levels: [$0], moments: Moments(count: 5, means: [3], crossProducts: [0]))
      })
    #expect(constant.findings == [.noVariance])
    #expect(constant.terms[0].pValue.isNaN && constant.terms[0].effects[0].interval.lower.isNaN)
  }
}
