import Foundation
import RekindleCore
import RekindleNumerics
import Testing

@Suite struct ElasticNetCrossValidationTests {
  private func tenFolds() throws -> Folds { try Folds(ofRow: (0..<100).map { $0 % 10 + 1 }) }

  // MARK: glmnet's figures

  @Test func crossValidationIsThatOfGlmnet() throws {
    let (X, y) = try ElasticNetFixtures.binomialExample()
    let rows = try ElasticNetFixtures.table("cross_validation.csv")
    for (name, ratio, measure) in [
      ("deviance_alpha1", 1.0, CrossValidation.Measure.deviance), ("deviance_alpha0", 0, .deviance),
      ("auc_alpha1", 1, .auc),
    ] {
      let expected = rows.filter { $0["case"] == name }
      // The fixture's λ's: the automatic sequence is compared elsewhere.
      let path = ElasticNetPath(
        l1Ratio: ratio, lambdas: .given(expected.map { ElasticNetFixtures.number($0, "lambda") }),
        tolerance: 1e-11)
      let found = try CrossValidation(path, folds: tenFolds(), measure: measure).fit(X: X, y: y)
      for (index, row) in expected.enumerated() {
        // At glmnet's first ridge λ its fit is not converged.
        if ratio == 0, index == 0 { continue }
        // At the last few, it ranks probabilities that have been rounded to 1; here the scores are ranked.
        if measure == .auc, index >= 90 { continue }
        #expect(abs(found.means[index] - ElasticNetFixtures.number(row, "cvm")) < 2e-6, "\(name) \(index)")
        #expect(
          abs(found.standardErrors[index] - ElasticNetFixtures.number(row, "cvsd")) < 2e-6, "\(name) \(index)"
        )
        if index > 0 {
          #expect(Double(found.fit.nonzeroCounts[index]) == ElasticNetFixtures.number(row, "nzero"))
        }
        #expect((found.bestIndex == index) == (row["is_min"] == "1"))
        #expect((found.oneStandardErrorIndex == index) == (row["is_1se"] == "1"))
      }
    }
  }

  @Test func figuresPrintedForTheBinomialExample() throws {
    let (X, y) = try ElasticNetFixtures.binomialExample()
    let lasso = ElasticNetPath(l1Ratio: 1)
    let deviance = try CrossValidation(lasso, folds: tenFolds()).fit(X: X, y: y)
    #expect(abs(deviance.lambdaMin - 0.023494767424) < 1e-11)
    #expect(abs(deviance.lambdaOneStandardError - 0.0595677991208) < 1e-11)
    #expect(deviance.fit.nonzeroCounts[deviance.bestIndex] == 18)
    #expect(deviance.fit.nonzeroCounts[deviance.oneStandardErrorIndex] == 12)
    // The printed means are of folds interpolated between λ's of their own.
    #expect(abs(deviance.means[deviance.bestIndex] - 0.835257131791) < 1e-4)
    #expect(abs(deviance.standardErrors[deviance.bestIndex] - 0.142562340095) < 1e-4)
    let area = try CrossValidation(lasso, folds: tenFolds(), measure: .auc).fit(X: X, y: y)
    #expect(abs(area.lambdaMin - 0.00119685587884) < 1e-12)
    #expect(abs(area.lambdaOneStandardError - 0.045060855538) < 1e-11)
    #expect(abs(area.means[area.bestIndex] - 0.911023809524) < 1e-11)
  }

  // MARK: folds are what they say

  @Test(arguments: [0.0, 0.5])
  func aFoldIsThePathOfItsRows(ratio: Double) throws {
    let (X, y, w) = ElasticNetFixtures.madeUp(rows: 500, columns: 6, seed: 21)
    let part = (0..<500).map { $0 * 7 % 4 }
    let path = ElasticNetPath(l1Ratio: ratio, tolerance: 1e-10)
    for folds in [try Folds(ofRow: part), try Folds(forwardOver: part)] {
      let found = try CrossValidation(path, folds: folds).fit(X: X, y: y, weights: w)
      #expect(found.foldScores.count == folds.count)
      for fold in 0..<folds.count {
        let forward = folds.scheme == .forwardChaining
        let train = (0..<500).filter { forward ? part[$0] <= fold : part[$0] != fold }
        let test = (0..<500).filter { part[$0] == (forward ? fold + 1 : fold) }
        var own = path
        own.lambdas = .given(found.fit.lambdas)
        let alone = try own.fit(
          X: Matrix(rows: train.map { i in (0..<6).map { X[i, $0] } }), y: train.map { y[$0] },
          weights: train.map { w[$0] })
        for index in stride(from: 0, to: found.fit.lambdas.count, by: 7) {
          var deviance = 0.0
          for i in test {
            var eta = alone.intercepts[index]
            for j in 0..<6 { eta += X[i, j] * alone.coefficients[index, j] }
            deviance += 2 * w[i] * (log1p(exp(eta)) - y[i] * eta)
          }
          deviance /= test.reduce(0) { $0 + w[$1] }
          #expect(abs(found.foldScores[fold][index] - deviance) < 1e-8)
        }
      }
    }
  }

  @Test func foldsDoNotChangeTheWholePath() throws {
    let (X, y, w) = ElasticNetFixtures.madeUp(rows: 400, columns: 5, seed: 22)
    let path = ElasticNetPath(l1Ratio: 0.5, tolerance: 1e-10)
    let alone = try path.fit(X: X, y: y, weights: w)
    let found = try CrossValidation(path, folds: Folds(ofRow: (0..<400).map { $0 % 5 })).fit(
      X: X, y: y, weights: w)
    #expect(found.fit.lambdas.count == alone.lambdas.count)
    for (a, b) in zip(alone.coefficients.storage, found.fit.coefficients.storage) {
      #expect(abs(a - b) < 1e-8)
    }
  }

  @Test func sameBitsForAnyNumberOfThreads() throws {
    let (X, y, w) = ElasticNetFixtures.madeUp(rows: 12_000, columns: 6, seed: 23)
    for measure in [CrossValidation.Measure.deviance, .auc] {
      func run(_ threads: Int) throws -> CrossValidatedPath {
        let path = ElasticNetPath(l1Ratio: 0.5, workers: Workers(threads))
        return try CrossValidation(path, folds: Folds(ofRow: (0..<12_000).map { $0 % 3 }), measure: measure)
          .fit(
            X: X, y: y, weights: w)
      }
      #expect(try run(1) == run(2))
    }
  }

  @Test func groupsStayTogetherWhateverTheOrderOfRows() throws {
    let customers = (0..<1000).map { "c\($0 * 37 % 211)" }
    let folds = try Folds(groupedBy: customers, count: 5, seed: 1)
    var part: [String: Int32] = [:]
    for (customer, fold) in zip(customers, folds.partOfRow) {
      #expect(part.updateValue(fold, forKey: customer) ?? fold == fold)
    }
    let sizes = (0..<5).map { fold in part.values.count { $0 == fold } }
    #expect(sizes == [43, 42, 42, 42, 42])
    let reversed = try Folds(groupedBy: customers.reversed(), count: 5, seed: 1)
    #expect(reversed.partOfRow.reversed() == folds.partOfRow)
    #expect(try Folds(groupedBy: customers, count: 5, seed: 2) != folds)
  }

  @Test func choosesALambdaForRidgeByTime() throws {
    let (X, y, w) = ElasticNetFixtures.madeUp(rows: 900, columns: 8, seed: 24)
    let folds = try Folds(forwardOver: (0..<900).map { 20_240_101 + $0 / 300 })
    #expect(folds.count == 2)
    let best = try chooseLambda(X: X, y: y, weights: w, folds: folds)
    let simpler = try chooseLambda(X: X, y: y, weights: w, folds: folds, rule: .oneStandardError)
    #expect(best.lambda == best.validation.lambdaMin)
    #expect(best.validation.means.min() == best.validation.means[best.validation.bestIndex])
    #expect(simpler.lambda >= best.lambda)
  }

  // MARK: what cannot be validated

  @Test func whatCannotBeValidatedIsSaid() throws {
    let (X, y, _) = ElasticNetFixtures.madeUp(rows: 60, columns: 3, seed: 25)
    let path = ElasticNetPath(l1Ratio: 0.5)
    func code(_ body: () throws -> Any) -> String? {
      do {
        _ = try body()
        return nil
      } catch {
        return (error as? Diagnostic)?.code
      }
    }
    #expect(code { try Folds(ofRow: [1, 1, 1]) } == "RK0106")
    #expect(code { try Folds(forwardOver: [3]) } == "RK0106")
    #expect(code { try Folds(groupedBy: ["a", "b", "a"], count: 3, seed: 1) } == "RK0106")
    #expect(code { try CrossValidation(path, folds: Folds(ofRow: [1, 2])).fit(X: X, y: y) } == "RK0101")
    // Fold 1 holds all rows of class 1: nothing to train on in it, nothing to rank in the other.
    let split = try Folds(ofRow: y.map { Int($0) })
    #expect(code { try CrossValidation(path, folds: split).fit(X: X, y: y) } == "RK0104")
    let late = try Folds(forwardOver: (0..<60).map { y[$0] == 1 && $0 > 20 ? 1 : 0 })
    #expect(code { try CrossValidation(path, folds: late, measure: .auc).fit(X: X, y: y) } == "RK0104")
  }
}
