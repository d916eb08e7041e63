import Foundation
import Rekindle
import Testing

/// `rekindle explain`, on the committed shop and on an orders-only log.
@Suite struct ExplainCommandTests {
  private func explain(_ runner: CommandRunner, _ arguments: String...) throws -> [String: Any] {
    let run = try runner.run(["explain"] + arguments + ["--json"])
    #expect(run.code == 0, "\(run.error)")
    return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  }

  private func table(_ name: String, _ document: [String: Any]) throws -> [[String: Any]] {
    let tables = try #require(document["tables"] as? [String: Any])
    return try #require(tables[name] as? [[String: Any]], "no table \(name)")
  }

  /// Contributions add up to the score, and the actions agree with the plan.
  @Test func oneOfTheShop() throws {
    let runner = try OutreachProject.runner()
    let files = ["--model", OutreachProject.model, "--assignment", "spring.csv"]
    let planned = try runner.run(["plan", "--output", "a.csv", "--withheld", "w.csv"] + files)
    #expect(planned.code == 0, "\(planned.error)")
    let rows = SegmentsCommandTests.Rows(try runner.folder.text("a.csv"))
    let withheld = SegmentsCommandTests.Rows(try runner.folder.text("w.csv"))
    let place = try #require(try rows.column("action").firstIndex(of: "win_back"))
    let id = try rows.column("customer_id")[place]
    let document = try explain(runner, id, files[0], files[1], files[2], files[3])
    let score = try #require(document["score"] as? [String: Any])
    let probability = try #require(score["probability"] as? Double)
    #expect(abs(probability - (try rows.numbers("churn_probability"))[place]) < 1e-12)
    let average = try #require(score["average_log_odds"] as? Double)
    let parts = try table("What the score is made of", document)
    let sum = parts.reduce(average) { $0 + ($1["log_odds"] as? Double ?? .nan) }
    #expect(abs(1 / (1 + exp(-sum)) - probability) < 1e-12)
    #expect(parts.count > 20 && parts.allSatisfy { ($0["words"] as? String)?.isEmpty == false })
    let sizes = parts.map { abs($0["log_odds"] as? Double ?? .nan) }
    #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 >= $1 })
    // The plan's action is the one that is explained; those before it did not hold or were kept.
    let actions = try table("Actions, in the order of the playbook", document)
    #expect(
      actions.compactMap { $0["action"] as? String }.prefix(3) == ["call_after_ticket", "not_due", "thanks"])
    let outcomes = Dictionary(
      uniqueKeysWithValues: actions.map { ($0["action"] as? String ?? "", $0["outcome"] as? String ?? "") })
    #expect(outcomes["win_back"] == "planned" && outcomes["call_after_ticket"] == "not_meant")
    #expect((actions[0]["why"] as? String)?.contains("open_ticket_hours > 48") == true)
    #expect((document["verdict"] as? String)?.hasPrefix("Planned: win_back by ") == true)
    #expect(try table("History used", document).contains { $0["kind"] as? String == "purchase" })
    // One who is held out is told so.
    let out = try #require(try withheld.column("reason").firstIndex(of: "holdout"))
    let text = try runner.run(["explain", try withheld.column("customer_id")[out]] + files)
    #expect(text.code == 0)
    for words in [
      "Withheld: holdout", "holdout: held out of all marketing", "Churn probability", "stage", "History used",
    ] {
      #expect(text.output.contains(words), "\(words)\n\(text.output)")
    }
  }

  /// The words of a contribution are of the values that the score was computed from: those of the score file.
  @Test func contributionsSpeakOfWhatWasScored() throws {
    let runner = try OutreachProject.runner("")
    let run = try runner.run("score", "--model", OutreachProject.model, "--output", "s.csv")
    #expect(run.code == 0, "\(run.error)")
    let scores = SegmentsCommandTests.Rows(try runner.folder.text("s.csv"))
    for row in [0, 3, 20] {
      let id = try scores.column("customer_id")[row]
      let document = try explain(runner, id, "--model", OutreachProject.model)
      let words = try table("What the score is made of", document).compactMap { $0["words"] as? String }
      for column in ["reason_1", "reason_2", "reason_3"] {
        let reason = try scores.column(column)[row]
        #expect(reason.isEmpty || words.contains(reason), "\(id): \(reason)")
      }
    }
  }

  @Test func anOrdersOnlyLogWithoutAModel() throws {
    let runner = try CommandRunner(["rekindle.yaml": SmallShop.project, "orders.csv": SmallShop.orders()])
    let run = try runner.run("explain", "c1")
    #expect(run.code == 0, "\(run.error)")
    #expect(run.output.contains("No churn probability: no model was given"))
    #expect(run.output.contains("Where they stand") && run.output.contains("purchase"))
    #expect(try runner.failure("explain", "nobody").contains("RK1013"))
    #expect(try runner.failure("explain", "c1", "--as-of", "2023-01-01").contains("before 2023-01-01"))
  }
}
