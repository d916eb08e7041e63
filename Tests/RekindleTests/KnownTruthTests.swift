import Foundation
import Rekindle
import Testing

/// The committed shop has a known truth; the model has to come near it.
@Suite struct KnownTruthTests {
  static let shop = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("datasets/shop")

  /// `truth.csv.gz` by customer, for one as-of day.
  static func truth(asOf day: String) throws -> [String: Double] {
    let unpack = Process()
    unpack.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    unpack.arguments = ["gzip", "-dc", shop.appendingPathComponent("truth.csv.gz").path]
    let pipe = Pipe()
    unpack.standardOutput = pipe
    try unpack.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    unpack.waitUntilExit()
    var truth: [String: Double] = [:]
    for line in text.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",")
      if cells[1] == day { truth[String(cells[0])] = Double(cells[2]) }
    }
    return truth
  }

  static func trained() throws -> ChurnTraining.Outcome {
    let project = try Project(
      contentsOf: shop.appendingPathComponent("rekindle.yaml").path, workers: Workers(2))
    return try project.train().outcome
  }

  @Test func theModelRanksNearlyAsWellAsTheTruth() throws {
    let outcome = try Self.trained()
    let truth = try Self.truth(asOf: outcome.model.windows.test.date)
    let known = try outcome.test.table.customers.map { try #require(truth[$0]) }
    let best = try AreaUnderCurve(scores: known, outcomes: outcome.test.outcomes).area
    let model = outcome.model.evaluation.outOfTime.area.area
    #expect(best - model < 0.01, "the truth reaches \(best), the model \(model)")
    // Better than the truth by more than chance would be a leak.
    #expect(model - best < 0.01)
    #expect(outcome.audit.passed)
  }

  @Test func theCommittedModelIsTheOneThatTrainingGives() throws {
    let model = try Self.trained().model
    let models = Self.shop.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("models")
    let committed = try ChurnModel(contentsOf: models.appendingPathComponent("shop.json").path)
    #expect(committed.coefficients.map(\.term) == model.coefficients.map(\.term))
    #expect(committed.inputFingerprint == model.inputFingerprint)
    // Sums are rounded otherwise on another kind of processor, so not the bytes.
    for (a, b) in zip(committed.coefficients, model.coefficients) {
      #expect(abs(a.standardized - b.standardized) < 1e-8, "\(a.term)")
    }
    let card = try String(contentsOf: models.appendingPathComponent("shop.md"), encoding: .utf8)
    #expect(card.split(separator: "\n").first == model.card().split(separator: "\n").first)
  }
}
