import RekindleCore
import RekindleNumerics
import Testing

@Suite struct LogisticInferenceTests {
  /// Data, and the clusters that the fixtures were made with.
  private func fixture(_ set: String) throws -> (data: LogisticFixture, clusters: [Int32]) {
    let data: LogisticFixture
    let groups: Int
    switch set {
    case "admissions": (data, groups) = (try .admissions(), 57)
    case "spector": (data, groups) = (try .spector(), 7)
    default: (data, groups) = (try .birthwt(), 31)
    }
    return (data, data.y.indices.map { Int32($0 % groups) })
  }

  @Test(arguments: ["admissions", "spector", "birthwt"])
  func standardErrorsAreThoseOfR(set: String) throws {
    let (data, clusters) = try fixture(set)
    let fit = try LogisticRegression().fit(X: data.X, y: data.y)
    let plain = try LogisticInference(fit: fit, X: data.X, y: data.y)
    #expect(agree(plain.standardErrors, try expected(set, "R_se")))
    #expect(agree(plain.z, try expected(set, "R_z")))
    #expect(agree(plain.pValues, try expected(set, "R_p"), to: 1e-8))
    #expect(agree(plain.intervals().map { $0.low }, try expected(set, "R_low")))
    #expect(agree(plain.intervals().map { $0.high }, try expected(set, "R_high"), to: 2e-8))
    let measures = try expected(set, "R_fit")
    #expect(
      agree([plain.deviance, plain.nullDeviance, plain.aic, plain.bic], Array(measures.prefix(4)), to: 1e-12))

    let robust = try LogisticInference(fit: fit, X: data.X, y: data.y, covariance: .robust)
    #expect(agree(robust.standardErrors, try expected(set, "R_hc0")))
    let clustered = try LogisticInference(
      fit: fit, X: data.X, y: data.y, covariance: .clustered(by: clusters))
    #expect(agree(clustered.standardErrors, try expected(set, "R_cluster")))
  }

  @Test(arguments: ["admissions", "spector"])
  func standardErrorsAreThoseOfStatsmodels(set: String) throws {
    let (data, clusters) = try fixture(set)
    let fit = try LogisticRegression().fit(X: data.X, y: data.y)
    let plain = try LogisticInference(fit: fit, X: data.X, y: data.y)
    #expect(agree(plain.standardErrors, try expected(set, "sm_se")))
    let measures = try expected(set, "sm_fit")
    #expect(agree([plain.logLikelihood, plain.aic, plain.bic], [measures[0], measures[3], measures[4]]))
    // Their null model is fitted by a general optimiser to fewer digits (R agrees with ours to 1e-12).
    let (statistic, _, tail) = plain.likelihoodRatio
    #expect(
      agree(
        [plain.nullLogLikelihood, plain.mcFadden, statistic, tail],
        [measures[1], measures[2], measures[5], measures[6]], to: 1e-7))
    let robust = try LogisticInference(fit: fit, X: data.X, y: data.y, covariance: .robust)
    #expect(agree(robust.standardErrors, try expected(set, "sm_hc0")))
    let clustered = try LogisticInference(
      fit: fit, X: data.X, y: data.y, covariance: .clustered(by: clusters))
    let n = Double(data.y.count)
    let theirs = ((n - 1) / (n - Double(data.X.columns + 1))).squareRoot()
    #expect(agree(clustered.standardErrors.map { $0 * theirs }, try expected(set, "sm_cluster")))
    #expect(clustered.clusters == Int(clusters.max() ?? 0) + 1)
  }

  @Test func weightsAreCounts() throws {
    let (data, _) = try fixture("birthwt")
    let rows = data.y.indices.flatMap { [Int](repeating: $0, count: 1 + $0 % 3) }
    let X = Matrix(rows: rows.map { i in (0..<data.X.columns).map { data.X[i, $0] } })
    let y = rows.map { data.y[$0] }
    let weights = data.y.indices.map { Double(1 + $0 % 3) }
    let long = try LogisticRegression().fit(X: X, y: y)
    let short = try LogisticRegression().fit(X: data.X, y: data.y, weights: weights)
    let codes = data.y.indices.map { Int32($0 / 4) }
    let kinds: [(LogisticInference.Covariance, LogisticInference.Covariance)] = [
      (.inverseInformation, .inverseInformation), (.robust, .robust),
      (.clustered(by: rows.map { codes[$0] }), .clustered(by: codes)),
    ]
    for (ofLong, ofShort) in kinds {
      let a = try LogisticInference(fit: long, X: X, y: y, covariance: ofLong)
      let b = try LogisticInference(fit: short, X: data.X, y: data.y, weights: weights, covariance: ofShort)
      #expect(agree(a.standardErrors, b.standardErrors))
      #expect(agree([a.bic, a.nullDeviance], [b.bic, b.nullDeviance], to: 1e-12))
    }
  }

  @Test func clustersNeedNotBeNeighbours() throws {
    // Codes shuffled by a permutation of their names give the same covariance.
    let (data, codes) = try fixture("admissions")
    let renamed = codes.map { ($0 * 23 + 5) % 57 + 1000 }
    let fit = try LogisticRegression().fit(X: data.X, y: data.y)
    let a = try LogisticInference(fit: fit, X: data.X, y: data.y, covariance: .clustered(by: codes))
    let b = try LogisticInference(fit: fit, X: data.X, y: data.y, covariance: .clustered(by: renamed))
    #expect(agree(a.standardErrors, b.standardErrors, to: 1e-12))
  }

  @Test func everyRowItsOwnClusterIsTheRobustCovariance() throws {
    let (data, _) = try fixture("spector")
    let fit = try LogisticRegression().fit(X: data.X, y: data.y)
    let robust = try LogisticInference(fit: fit, X: data.X, y: data.y, covariance: .robust)
    let alone = try LogisticInference(
      fit: fit, X: data.X, y: data.y, covariance: .clustered(by: data.y.indices.map { Int32($0) }))
    let factor = (32.0 / 31).squareRoot()
    #expect(agree(alone.standardErrors, robust.standardErrors.map { $0 * factor }))
  }

  @Test func aPenaltySpendsFewerParameters() throws {
    let (data, _) = try fixture("admissions")
    var last = 6.0 + 1e-9
    for lambda in [0, 0.001, 0.1, 10] {
      let fit = try LogisticRegression(lambda: lambda).fit(X: data.X, y: data.y)
      let inference = try LogisticInference(fit: fit, X: data.X, y: data.y)
      #expect(inference.effectiveParameters < last)
      last = inference.effectiveParameters
    }
    #expect(last > 1 && last < 1.2)
  }

  @Test func oneClusterIsRefused() throws {
    let (data, _) = try fixture("spector")
    let fit = try LogisticRegression().fit(X: data.X, y: data.y)
    let error = #expect(throws: Diagnostic.self) {
      try LogisticInference(
        fit: fit, X: data.X, y: data.y, covariance: .clustered(by: [Int32](repeating: 4, count: 32)))
    }
    #expect(error?.code == "RK0109")
  }
}
