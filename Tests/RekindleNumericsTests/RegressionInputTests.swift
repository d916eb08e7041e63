import RekindleCore
import RekindleNumerics
import Testing

@Suite struct RegressionInputTests {
  private let X = Matrix(rows: [[1, 2], [2, 1], [3, 5], [4, 3], [0, 1]])
  private let y: [Double] = [0, 1, 0, 1, 1]

  private func code(
    _ regression: LogisticRegression = LogisticRegression(), X: Matrix? = nil, y: [Double]? = nil,
    weights: [Double]? = nil, offset: [Double]? = nil
  ) -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try regression.fit(
        X: X ?? self.X, y: y ?? self.y, weights: weights, offset: offset, names: ["a", "b"])
      return nil
    } catch {
      return error
    }
  }

  @Test func whatDoesNotFitIsToldByCode() {
    #expect(code(y: [0, 1])?.code == "RK0101")
    #expect(code(weights: [1])?.code == "RK0101")
    #expect(code(offset: [1])?.code == "RK0101")
    #expect(code(LogisticRegression(penaltyFactors: [1]))?.code == "RK0101")
    #expect(code(offset: [0, 0, .nan, 0, 0])?.code == "RK0102")
    #expect(code(y: [0, 1, 2, 1, 0])?.code == "RK0103")
    #expect(code(y: [0, 1, .nan, 1, 0])?.code == "RK0103")
    #expect(code(y: [1, 1, 1, 1, 1])?.code == "RK0104")
    #expect(code(weights: [1, 0, 1, 0, 0])?.code == "RK0104")
    #expect(code(weights: [1, -1, 1, 1, 1])?.code == "RK0105")
    #expect(code(LogisticRegression(lambda: -1))?.code == "RK0106")
    #expect(code(LogisticRegression(lambda: .infinity))?.code == "RK0106")
    #expect(code(LogisticRegression(tolerance: 0))?.code == "RK0106")
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func theMissingValueIsNamed(value: Double) {
    var bad = X
    bad[3, 1] = value
    let error = code(X: bad)
    #expect(error?.code == "RK0102")
    #expect(error?.message == "b is \(value) in row 3")
  }

  @Test func theMissingValueOfManyRowsIsNamed() throws {
    var numbers = TestNumbers(seed: 4)
    var (X, y) = numbers.logistic(rows: 140_000, columns: 60)
    X[139_999, 59] = .nan
    for standardize in [true, false] {
      let error = #expect(throws: Diagnostic.self) {
        try LogisticRegression(lambda: 1e-3, standardize: standardize).fit(X: X, y: y)
      }
      #expect(error?.message == "column 59 is nan in row 139999")
    }
  }

  @Test func tooFewIterationsAreAnError() throws {
    let data = try LogisticFixture.admissions()
    let error = #expect(throws: Diagnostic.self) {
      try LogisticRegression(maximumIterations: 2).fit(X: data.X, y: data.y)
    }
    #expect(error?.code == "RK0107")
  }

  @Test func noColumnsIsTheBaseRate() throws {
    let fit = try LogisticRegression().fit(X: Matrix(rows: 5, columns: 0), y: y)
    #expect(abs(fit.intercept - 0.405465108108164) < 1e-12)
    #expect(fit.coefficients.isEmpty)
  }
}
