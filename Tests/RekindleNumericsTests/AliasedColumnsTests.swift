import Foundation
import RekindleCore
import RekindleNumerics
import Testing

@Suite struct AliasedColumnsTests {
  @Test func laterColumnsAreDroppedAsInR() throws {
    let data = try LogisticFixture.admissions()
    let columns = (0..<data.X.columns).map { j in (0..<data.X.rows).map { data.X[$0, j] } }
    // rank1 completes the dummies; twice the sum of two columns; a constant.
    let rank1 = data.y.indices.map { 1 - columns[2][$0] - columns[3][$0] - columns[4][$0] }
    let sum = data.y.indices.map { 2 * (columns[0][$0] + columns[1][$0]) }
    let constant = [Double](repeating: 3, count: data.y.count)
    let X = matrix(columns: [constant] + columns + [rank1, sum])
    let fit = try LogisticRegression().fit(X: X, y: data.y)
    #expect(fit.aliased == [0, 6, 7])
    #expect(fit.coefficients[0].isNaN && fit.coefficients[6].isNaN && fit.coefficients[7].isNaN)
    #expect(agree([fit.intercept] + fit.coefficients[1...5], try expected("admissions", "R_coef")))
    let plain = try LogisticRegression().fit(X: data.X, y: data.y)
    #expect(agree(fit.probabilities(X: X), plain.probabilities(X: data.X)))

    let inference = try LogisticInference(fit: fit, X: X, y: data.y)
    let errors = inference.standardErrors
    #expect(errors[1].isNaN && errors[7].isNaN && errors[8].isNaN)
    #expect(agree([errors[0]] + errors[2...6], try expected("admissions", "R_se")))
    #expect(abs(inference.effectiveParameters - 6) < 1e-12)
  }

  @Test func aPenaltyOnAllColumnsKeepsThem() throws {
    // Of two copies of a column, a ridge gives each half.
    let data = try LogisticFixture.admissions()
    let columns = (0..<data.X.columns).map { j in (0..<data.X.rows).map { data.X[$0, j] } }
    let X = matrix(columns: columns + [columns[1]])
    let fit = try LogisticRegression(lambda: 0.01).fit(X: X, y: data.y)
    #expect(fit.aliased.isEmpty)
    #expect(agree([fit.coefficients[1]], [fit.coefficients[5]]))
  }

  @Test func onMoreRowsTooThanNewtonIsGiven() throws {
    var numbers = TestNumbers(seed: 9)
    let (X, y) = numbers.logistic(rows: 60_000, columns: 60)
    var columns = (0..<60).map { j in (0..<X.rows).map { X[$0, j] } }
    columns[40] = X.storage.indices.prefix(X.rows).map { columns[3][$0] - columns[7][$0] }
    let fit = try LogisticRegression().fit(X: matrix(columns: columns), y: y)
    #expect(fit.aliased == [40])
    #expect(fit.gradientNorm <= 1e-8)
  }

  /// The Telco churn data: all dummies of all categories but their first levels, of which seven
  /// repeat "no internet service" and "no phone service".
  @Test func telco() throws {
    guard let folder = ProcessInfo.processInfo.environment["REKINDLE_DATASETS"] else {
      print("skipped: REKINDLE_DATASETS does not name the folder of the public data sets")
      return
    }
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-dc", "\(folder)/telco_churn/telco_churn.csv.gz"]
    let pipe = Pipe()
    gzip.standardOutput = pipe
    try gzip.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != "\"" } }
    }
    var names: [String] = []
    var columns: [[Double]] = []
    var y: [Double] = []
    // The numbers first, then the dummies, as the reference's recipe has them.
    for (j, header) in lines[0].enumerated()
    where ["tenure", "MonthlyCharges", "TotalCharges"].contains(header) {
      names.append(header)
      columns.append(lines.dropFirst().map { Double($0[j]) ?? 0 })
    }
    for (j, header) in lines[0].enumerated() where !names.contains(header) && header != "customerID" {
      let values = lines.dropFirst().map { $0[j] }
      if header == "Churn" {
        y = values.map { $0 == "Yes" ? 1 : 0 }
        continue
      }
      for level in Set(values).sorted().dropFirst() {
        names.append("\(header)=\(level)")
        columns.append(values.map { $0 == level ? 1 : 0 })
      }
    }
    let X = matrix(columns: columns)
    #expect(X.rows == 7043 && X.columns == 30)
    let fit = try LogisticRegression().fit(X: X, y: y, names: names)
    #expect(X.columns + 1 - fit.aliased.count == 24)
    let services = [
      "OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport", "StreamingTV", "StreamingMovies",
    ]
    #expect(
      fit.aliased.map { names[$0] } == ["MultipleLines=No phone service"]
        + services.map { "\($0)=No internet service" })
    #expect(abs(fit.logLikelihood + 2914.142154891) < 1e-8)
  }
}
