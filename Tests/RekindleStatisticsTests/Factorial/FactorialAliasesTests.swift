import RekindleStatistics
import Testing

/// Designs with cells missing: what can be told is told, what cannot is refused by name.
@Suite struct FactorialAliasesTests {
  private let factors = ["coupon", "slot", "copy"].map { FactorialModel.Factor($0, levels: ["0", "1"]) }

  private func cells(_ levels: [[Int]], value: ([Int]) -> Double = { _ in 0 }) -> [FactorialCell] {
    levels.map {
      FactorialCell(levels: $0, count: 10, value: value($0), standardError: 1, degreesOfFreedom: 9)
    }
  }

  /// 2³⁻¹ with copy = coupon × slot.
  @Test func halfFraction() throws {
    let half = [[0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 1, 1]]
    let table = try FactorialModel(factors: factors, order: 2).table(
      cells: cells(half) { Double(3 * $0[0] + 5 * $0[1] + 7 * $0[2]) })
    #expect(table.terms.map { $0.name } == ["coupon", "slot", "copy"])
    for (term, effect) in zip(table.terms, [3.0, 5, 7]) {
      #expect(near(term.effects[0].estimate, effect, 1e-12))
      #expect(near(term.effects[0].standardError, 1, 1e-12))
    }
    #expect(table.terms[2].effects[0].carries == ["coupon × slot"])
    #expect(table.refused.map { $0.name } == ["coupon × slot", "coupon × copy", "slot × copy"])
    #expect(table.refused.map { $0.aliasedWith } == [["copy"], ["slot"], ["coupon"]])
    #expect(
      table.refused[0].message
        == "coupon × slot cannot be told from copy with the cells that have units")
    #expect(table.findings.contains(.assumes(["slot × copy", "coupon × copy", "coupon × slot"])))
  }

  /// 2⁴⁻¹ of resolution IV: pairs of interactions are one column, and neither is preferred.
  @Test func interactionsAliasedWithEachOther() throws {
    let four = ["a", "b", "c", "d"].map { FactorialModel.Factor($0, levels: ["0", "1"]) }
    let half = (0..<8).map { [$0 / 4, $0 / 2 % 2, $0 % 2, ($0 / 4 + $0 / 2 + $0) % 2] }
    let table = try FactorialModel(factors: four, order: 2).table(cells: cells(half))
    #expect(table.terms.map { $0.name } == ["a", "b", "c", "d"])
    #expect(table.refused.count == 6)
    #expect(table.refused.first { $0.name == "a × b" }?.aliasedWith == ["c × d"])
    #expect(table.refused.first { $0.name == "c × d" }?.aliasedWith == ["a × b"])
  }

  @Test func oneCellMissing() throws {
    let two = Array(factors.prefix(2))
    let table = try FactorialModel(factors: two).table(
      cells: cells([[0, 0], [0, 1], [1, 0]]) { Double(2 * $0[0] + 4 * $0[1]) })
    #expect(table.refused.map { $0.name } == ["coupon × slot"])
    #expect(Set(table.refused[0].aliasedWith) == ["the overall mean", "coupon", "slot"])
    #expect(near(table.terms[0].effects[0].estimate, 2, 1e-12))
    #expect(table.terms[0].effects[0].carries == ["coupon × slot"])
    #expect(table.findings == [.emptyCell("1/1"), .assumes(["coupon × slot"])])
  }

  /// Two factors that were always changed together cannot be told apart at all.
  @Test func factorsChangedTogether() throws {
    let two = Array(factors.prefix(2))
    let table = try FactorialModel(factors: two, order: 1).table(cells: cells([[0, 0], [1, 1]]))
    #expect(table.terms.isEmpty)
    #expect(table.refused.map { $0.aliasedWith } == [["slot"], ["coupon"]])
  }

  @Test func aLevelThatNobodyGot() throws {
    let three = [FactorialModel.Factor("coupon", levels: ["none", "small", "large"])]
    let table = try FactorialModel(factors: three).table(cells: cells([[0], [1]]))
    #expect(table.terms.isEmpty)
    #expect(table.refused[0].name == "coupon")
    #expect(table.findings.contains(.emptyCell("large")))
  }
}
