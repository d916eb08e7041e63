import Foundation
import RekindleBehaviour
import RekindleChurn
import RekindleCore
import RekindleEvents
import Testing

/// Foundation has an `Expression` too.
private typealias Formula = RekindleBehaviour.Expression

/// The public CDNOW log; the numbers were computed with statsmodels and scikit-learn from the same
/// definition of rows.
@Suite struct CDNOWTests {
  static let folder = ProcessInfo.processInfo.environment["REKINDLE_DATASETS"]

  static func log(_ folder: String) throws -> EventLog {
    let unpack = Process()
    unpack.executableURL = URL(filePath: "/usr/bin/env")
    unpack.arguments = ["gzip", "-dc", folder + "/cdnow/cdnow_master.csv.gz"]
    let pipe = Pipe()
    unpack.standardOutput = pipe
    try unpack.run()
    let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    unpack.waitUntilExit()
    return EventLog(
      events: text.split(separator: "\n").dropFirst().map { line in
        let fields = line.split(separator: ",")
        return Event(
          customer: String(fields[0]), kind: "purchase", time: day(String(fields[1])),
          attributes: ["value": .number(Double(fields[3]) ?? .nan)])
      })
  }

  private static func purchases(_ function: AggregateFunction, _ window: Window = .life, value: Bool = false)
    -> Formula
  {
    Formula(.aggregate(Aggregate(function, "purchase", attribute: value ? "value" : nil, window: window)))
  }

  @Test(.enabled(if: folder != nil, "REKINDLE_DATASETS does not name the folder of the public data"))
  func theSevenFeatureModelOutOfTime() throws {
    let log = try Self.log(try #require(Self.folder))
    #expect(log.eventCount == 69_659)
    let definitions = [
      FeatureDefinition(name: "order_days", expression: Self.purchases(.activeDays), transform: .log1p),
      FeatureDefinition(name: "recency", expression: Self.purchases(.daysSinceLast)),
      FeatureDefinition(name: "tenure", expression: Self.purchases(.daysSinceFirst)),
      FeatureDefinition(name: "spend", expression: Self.purchases(.sum, value: true), transform: .log1p),
      FeatureDefinition(name: "days_30", expression: Self.purchases(.activeDays, .last(.days(30)))),
      FeatureDefinition(name: "days_90", expression: Self.purchases(.activeDays, .last(.days(90)))),
      FeatureDefinition(name: "days_180", expression: Self.purchases(.activeDays, .last(.days(180)))),
    ]
    let training = ChurnTraining(
      plan: SnapshotPlan(
        dates: .given([day("1997-07-01"), day("1997-12-28")]), horizon: .days(180),
        eligible: Formula(
          .binary(.greaterOrEqual, Self.purchases(.count), Formula(.number(1))))),
      definitions: definitions,
      trainer: ModelTrainer(specification: TrainingSpecification(penalty: .none, preparation: .plain)))
    let model = try training.run(log).model
    func rounded(_ value: Double?) -> String { String(format: "%.6f", value ?? .nan) }
    let test = model.evaluation.outOfTime
    #expect(test.count == 23_570)
    #expect(rounded(test.area.area) == "0.805425")
    #expect(rounded(test.scores.logLoss) == "0.423246")
    #expect(rounded(test.scores.brier) == "0.133325")
    #expect(rounded(test.calibration.expectedOverObserved) == "0.965539")
    #expect(rounded(model.evaluation.recency?.ranking.area) == "0.793798")
    #expect(rounded(model.evaluation.inSample.area.area) == "0.735384")
    // Estimates of statsmodels.
    let expected = [
      2.50552980, -1.36144816, 7.18964147e-03, -1.32317536e-03, -2.44309223e-01, -1.30550477e-01,
      -1.25538730e-01,
      1.01647643e-01,
    ]
    for (coefficient, value) in zip(model.coefficients, expected) {
      #expect(close(coefficient.estimate, value, 1e-7), "\(coefficient.term)")
    }
  }
}
