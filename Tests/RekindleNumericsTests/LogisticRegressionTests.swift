import Foundation
import RekindleCore
import RekindleNumerics
import Testing

@Suite struct LogisticRegressionTests {
  // MARK: Published and recomputed values

  @Test(arguments: ["admissions", "spector", "birthwt"])
  func coefficientsAreThoseOfR(set: String) throws {
    let data = try fixture(set)
    let fit = try LogisticRegression().fit(X: data.X, y: data.y)
    #expect(agree([fit.intercept] + fit.coefficients, try expected(set, "R_coef")))
    #expect(fit.gradientNorm <= 1e-8)
    #expect(fit.aliased.isEmpty)
    let measures = try expected(set, "R_fit")
    #expect(agree([fit.deviance, fit.logLikelihood], [measures[0], measures[4]], to: 1e-12))
  }

  @Test(arguments: ["admissions", "spector"])
  func coefficientsAreThoseOfStatsmodels(set: String) throws {
    let data = try fixture(set)
    let fit = try LogisticRegression().fit(X: data.X, y: data.y)
    #expect(agree([fit.intercept] + fit.coefficients, try expected(set, "sm_coef")))
  }

  @Test func admissionsAsPrinted() throws {
    // UCLA OARC, "Logit regression": the table of coefficients.
    let data = try LogisticFixture.admissions()
    let fit = try LogisticRegression().fit(X: data.X, y: data.y)
    let printed = [-3.989979, 0.002264, 0.804038, -0.675443, -1.340204, -1.551464]
    for (ours, theirs) in zip([fit.intercept] + fit.coefficients, printed) {
      #expect(abs(ours - theirs) < 5.1e-7)
    }
  }

  @Test(arguments: [0.1, 0.001])
  func ridgeIsThatOfScikitLearn(lambda: Double) throws {
    let data = try LogisticFixture.admissions()
    for standardize in [true, false] {
      let fit = try LogisticRegression(lambda: lambda, standardize: standardize).fit(X: data.X, y: data.y)
      let kind = standardize ? "standardized" : "raw"
      let theirs = try expected("admissions", "ridge_\(kind)_\(lambda)")
      // Their solver stops at a relative decrement; the last digits are its own.
      #expect(agree([fit.intercept] + fit.coefficients, theirs, to: 1e-7))
    }
    #expect(LogisticRegression.lambda(C: 1 / (0.1 * 400), weightSum: 400) == 0.1)
  }

  @Test func weightsAndOffsetAreThoseOfR() throws {
    let data = try LogisticFixture.birthwt()
    let X = matrix(columns: ["age", "lwt", "smoke"].map { column(data, $0) })
    let weights = data.y.indices.map { Double(1 + $0 % 3) }
    let offset = data.y.indices.map { Double($0 % 5 - 2) / 10 }
    let fit = try LogisticRegression().fit(X: X, y: data.y, weights: weights, offset: offset)
    #expect(agree([fit.intercept] + fit.coefficients, try expected("birthwt_weighted", "R_coef")))
    #expect(agree([fit.deviance], [try expected("birthwt_weighted", "R_fit")[0]], to: 1e-12))
  }

  // MARK: What must not matter, and what must

  @Test func aDuplicatedRowIsWeightTwo() throws {
    let data = try LogisticFixture.admissions()
    let twice = data.y.indices.filter { $0 % 7 == 0 }
    let rows = Array(data.y.indices) + twice
    let X = Matrix(rows: rows.map { i in (0..<data.X.columns).map { data.X[i, $0] } })
    let duplicated = try LogisticRegression(lambda: 0.01).fit(X: X, y: rows.map { data.y[$0] })
    let weighted = try LogisticRegression(lambda: 0.01).fit(
      X: data.X, y: data.y, weights: data.y.indices.map { $0 % 7 == 0 ? 2 : 1 })
    #expect(agree(duplicated.coefficients, weighted.coefficients))
    #expect(agree([duplicated.objective], [weighted.objective], to: 1e-13))
  }

  @Test func rescalingAColumnRescalesItsCoefficient() throws {
    let data = try LogisticFixture.admissions()
    var scaled = data.X
    for i in 0..<scaled.rows { scaled[i, 1] = scaled[i, 1] * 1000 + 5 }
    for lambda in [0, 0.01] {
      let fit = try LogisticRegression(lambda: lambda).fit(X: data.X, y: data.y)
      let other = try LogisticRegression(lambda: lambda).fit(X: scaled, y: data.y)
      #expect(agree([fit.coefficients[1]], [other.coefficients[1] * 1000]))
      #expect(agree([fit.coefficients[0]], [other.coefficients[0]]))
      #expect(agree([fit.intercept], [other.intercept + 5 * other.coefficients[1]]))
    }
  }

  @Test func flippingTheLabelNegates() throws {
    let data = try LogisticFixture.birthwt()
    let fit = try LogisticRegression().fit(X: data.X, y: data.y)
    let flipped = try LogisticRegression().fit(X: data.X, y: data.y.map { 1 - $0 })
    #expect(agree(flipped.coefficients, fit.coefficients.map { -$0 }))
    #expect(agree([flipped.intercept], [-fit.intercept]))
  }

  @Test func permutingColumnsPermutesCoefficients() throws {
    let data = try LogisticFixture.birthwt()
    let order = Array((0..<data.X.columns).reversed())
    let permuted = matrix(columns: order.map { j in (0..<data.X.rows).map { data.X[$0, j] } })
    let fit = try LogisticRegression().fit(X: data.X, y: data.y)
    let other = try LogisticRegression().fit(X: permuted, y: data.y)
    #expect(agree(other.coefficients, order.map { fit.coefficients[$0] }))
  }

  /// Labels at both values with the weights that a logistic model gives them: the model's own
  /// coefficients are then the stationary point, whatever the rows.
  @Test func theKnownAnswerIsFound() throws {
    var numbers = TestNumbers(seed: 7)
    let truth = [0.3, -1.2, 0.7]
    var rows: [[Double]] = []
    var y: [Double] = []
    var weights: [Double] = []
    for _ in 0..<200 {
      let x = [numbers.normal(), numbers.normal() * 10, numbers.uniform()]
      let eta = -0.4 + truth[0] * x[0] + truth[1] * x[1] / 10 + truth[2] * x[2]
      let p = 1 / (1 + exp(-eta))
      rows += [x, x]
      y += [1, 0]
      weights += [p, 1 - p]
    }
    let fit = try LogisticRegression().fit(X: Matrix(rows: rows), y: y, weights: weights)
    #expect(agree([fit.intercept] + fit.coefficients, [-0.4, 0.3, -0.12, 0.7], to: 1e-11))
  }

  @Test func aLargeMeanCostsNoDigits() throws {
    // Seconds since 1970: the mean is ten million times what matters.
    let data = try LogisticFixture.admissions()
    var shifted = data.X
    for i in 0..<shifted.rows { shifted[i, 0] += 1_600_000_000 }
    let fit = try LogisticRegression().fit(X: data.X, y: data.y)
    let other = try LogisticRegression().fit(X: shifted, y: data.y)
    #expect(agree(fit.coefficients, other.coefficients, to: 1e-8))
  }

  // MARK: The large path

  @Test func theNumberOfThreadsChangesNoBit() throws {
    var numbers = TestNumbers(seed: 3)
    let (X, y) = numbers.logistic(rows: 60_000, columns: 61)
    for lambda in [0.0, 1e-4] {
      let one = try LogisticRegression(lambda: lambda, workers: Workers(1)).fit(X: X, y: y)
      for threads in [2, 3] {
        let many = try LogisticRegression(lambda: lambda, workers: Workers(threads)).fit(X: X, y: y)
        #expect(many == one)
      }
    }
  }

  /// Sampled curvature and Newton's method on all rows must end at one point: the first is asked
  /// for by the size, the second by giving the same rows as weights on a small problem's path.
  @Test func theSampledPathEndsWhereNewtonDoes() throws {
    var numbers = TestNumbers(seed: 5)
    let (X, y) = numbers.logistic(rows: 60_000, columns: 61)
    let sampled = try LogisticRegression(lambda: 1e-3, tolerance: 1e-10, standardize: false).fit(X: X, y: y)
    #expect(sampled.gradientNorm <= 1e-10)
    // The same objective by its definition, its gradient by hand.
    let p = sampled.probabilities(X: X)
    for j in [0, 17, 60] {
      var gradient = 1e-3 * sampled.coefficients[j]
      for i in 0..<X.rows { gradient += (p[i] - y[i]) * X[i, j] / Double(X.rows) }
      #expect(abs(gradient) < 1e-10)
    }
  }

  @Test func sortedRowsDoNotMislead() throws {
    // All rows of one class first: a sample from the head would see one class only.
    var numbers = TestNumbers(seed: 11)
    let (X, y) = numbers.logistic(rows: 50_000, columns: 66)
    let order = y.indices.sorted { (y[$0], $0) < (y[$1], $1) }
    var sorted = Matrix(rows: X.rows, columns: X.columns)
    for (i, k) in order.enumerated() {
      for j in 0..<X.columns { sorted[i, j] = X[k, j] }
    }
    let a = try LogisticRegression(lambda: 1e-4, tolerance: 1e-11).fit(X: X, y: y)
    let b = try LogisticRegression(lambda: 1e-4, tolerance: 1e-11).fit(X: sorted, y: order.map { y[$0] })
    #expect(zip(a.coefficients, b.coefficients).allSatisfy { abs($0 - $1) < 1e-8 })
  }

  // MARK: Helpers

  private func fixture(_ set: String) throws -> LogisticFixture {
    switch set {
    case "admissions": try .admissions()
    case "spector": try .spector()
    default: try .birthwt()
    }
  }

  private func column(_ data: LogisticFixture, _ name: String) -> [Double] {
    guard let j = data.names.firstIndex(of: name) else { return [] }
    return (0..<data.X.rows).map { data.X[$0, j] }
  }
}
