import RekindleCore
import RekindleNumerics
import Testing

@Suite struct SeparationTests {
  private func failure(
    _ X: Matrix, _ y: [Double], names: [String], lambda: Double = 0
  ) -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try LogisticRegression(lambda: lambda).fit(X: X, y: y, names: names)
      return nil
    } catch {
      return error
    }
  }

  /// Spector with a column that is 1 only for students whose grade improved: no finite coefficient.
  private func quasiSeparated() throws -> (X: Matrix, y: [Double], names: [String]) {
    let data = try LogisticFixture.spector()
    let rare = data.y.indices.map { data.y[$0] == 1 && $0 % 3 == 0 ? 1.0 : 0.0 }
    let columns = (0..<data.X.columns).map { j in (0..<data.X.rows).map { data.X[$0, j] } }
    return (matrix(columns: columns + [rare]), data.y, data.names + ["rare"])
  }

  @Test func aLevelWithEventsOnlyIsNamed() throws {
    let (X, y, names) = try quasiSeparated()
    let error = failure(X, y, names: names)
    #expect(error?.code == "RK0108")
    #expect(error?.notes == ["separating columns: rare"])
    #expect(error?.message.hasPrefix("quasi-complete separation: rare tells") == true)
  }

  @Test func aThresholdThatDividesTheClassesIsComplete() {
    var numbers = TestNumbers(seed: 1)
    let x = (0..<60).map { _ in numbers.uniform() }
    let error = failure(matrix(columns: [x]), x.map { $0 > 0.4 ? 1 : 0 }, names: ["x"])
    #expect(error?.code == "RK0108")
    #expect(error?.message.hasPrefix("complete separation: x") == true)
  }

  @Test func onMoreRowsTooThanNewtonIsGiven() {
    var numbers = TestNumbers(seed: 2)
    let (X, y) = numbers.logistic(rows: 60_000, columns: 60)
    var columns = (0..<60).map { j in (0..<X.rows).map { X[$0, j] } }
    columns[31] = y.indices.map { y[$0] == 1 && $0 % 50 == 0 ? 1 : 0 }
    let error = failure(matrix(columns: columns), y, names: (0..<60).map { "c\($0)" })
    #expect(error?.code == "RK0108")
    #expect(error?.notes == ["separating columns: c31"])
  }

  @Test func aPenaltyMakesTheMinimumFinite() throws {
    let (X, y, _) = try quasiSeparated()
    let fit = try LogisticRegression(lambda: 0.01).fit(X: X, y: y)
    #expect(fit.gradientNorm <= 1e-8)
    #expect(fit.coefficients[3] > 0 && fit.coefficients[3] < 20)
  }

  /// One row on the wrong side is enough for a finite maximum, however far out it lies.
  @Test func nearlySeparatedIsNotSeparated() throws {
    let (X, y, _) = try quasiSeparated()
    var other = X
    let row = try #require(y.firstIndex(of: 0))
    other[row, 3] = 1
    let fit = try LogisticRegression().fit(X: other, y: y)
    #expect(fit.gradientNorm <= 1e-8)
    #expect(abs(fit.coefficients[3]) < 20)
  }
}
