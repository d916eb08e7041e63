import Foundation
import Rekindle
import Testing

/// `rekindle plan`, on the committed shop and on an orders-only log.
@Suite struct PlanCommandTests {
  typealias Rows = SegmentsCommandTests.Rows

  private struct Result {
    let planned: Rows
    let withheld: Rows
    let summary: [String: Any]

    func figure(_ name: String) -> Int { summary[name] as? Int ?? -1 }

    /// A column of a table of the summary by the table's first column.
    func figures(_ table: String, _ column: String) -> [String: Int] {
      var figures: [String: Int] = [:]
      for row in summary[table] as? [[String: Any]] ?? [] {
        let name = row["action"] as? String ?? row["guard"] as? String ?? ""
        figures[name] = row[column] as? Int ?? -1
      }
      return figures
    }
  }

  private func plan(_ runner: CommandRunner, _ arguments: String...) throws -> Result {
    let run = try runner.run(
      ["plan", "--output", "actions.csv", "--withheld", "withheld.csv", "--json"] + arguments)
    #expect(run.code == 0, "\(run.error)")
    let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    return Result(
      planned: Rows(try runner.folder.text("actions.csv")),
      withheld: Rows(try runner.folder.text("withheld.csv")),
      summary: try #require(json as? [String: Any]))
  }

  @Test func theShopWithItsOwnPlaybook() throws {
    let runner = try OutreachProject.runner()
    let result = try plan(
      runner, "--model", OutreachProject.model, "--assignment", "spring.csv", "--threads", "2")
    let (planned, withheld) = (result.planned, result.withheld)
    #expect(
      Set(planned.columns.keys) == [
        "customer_id", "action", "channel", "offer", "send_slot", "reason", "value_at_risk",
        "churn_probability", "experiment", "arm", "probability",
      ])
    // Every eligible customer is in exactly one of the files.
    let ids = try planned.column("customer_id")
    let others = try withheld.column("customer_id")
    #expect(ids.count == result.figure("planned") && others.count == result.figure("withheld"))
    #expect(ids.count + others.count == result.figure("eligible"))
    #expect(Set(ids).isDisjoint(with: others) && Set(ids).count == ids.count)
    #expect(ids.count > 100 && others.count > 100)
    // The summary counts the rows.
    let counts = result.figures("actions", "planned")
    for action in ["call_after_ticket", "thanks", "win_back", "content"] {
      #expect(try counts[action] == planned.column("action").count { $0 == action }, "\(action)")
    }
    #expect((counts["content"] ?? 0) <= 100 && counts["not_due"] == 0)
    let cost = try #require(result.summary["cost"] as? Double)
    #expect(cost > 0 && cost <= 100)
    // One primary reason each, which is not among the others.
    let reasons = try withheld.column("reason")
    let named = result.figures("guards", "reason")
    for rule in Guard.allCases {
      #expect(reasons.count { $0 == rule.rawValue } == named[rule.rawValue] ?? 0, "\(rule)")
    }
    for (reason, more) in zip(reasons, try withheld.column("other_reasons")) {
      #expect(Guard(rawValue: reason) != nil && !more.split(separator: " ").contains(Substring(reason)))
    }
    for rule in ["holdout", "consent", "experiment", "capacity", "nothing"] { #expect(named[rule] ?? 0 > 0) }
    // The customer for whom three messages are set gets no fourth.
    let capped = try #require(others.firstIndex(of: "C0000004"))
    let own = try withheld.column("reason")[capped] + " " + withheld.column("other_reasons")[capped]
    #expect(own.contains("frequency"), "\(own)")
    // Only the arm that is treated gets the coupon, and only customers of the experiment.
    let actions = try planned.column("action")
    for (row, action) in actions.enumerated() {
      let isCoupon = action == "win_back"
      #expect(try planned.column("experiment")[row] == (isCoupon ? "spring" : ""))
      #expect(try planned.column("arm")[row] == (isCoupon ? "coupon" : ""))
      #expect(try planned.column("offer")[row] == (isCoupon ? "10%" : ""))
      if isCoupon { #expect(try planned.column("customer_id")[row] <= "C0001500") }
    }
    #expect(actions.contains("win_back"))
  }

  @Test func theSameBytesOnAnyNumberOfThreads() throws {
    let runner = try OutreachProject.runner()
    func bytes(_ threads: String) throws -> [String] {
      let run = try runner.run(
        "plan", "--model", OutreachProject.model, "--assignment", "spring.csv", "--threads", threads,
        "--withheld", "w.csv")
      #expect(run.code == 0, "\(run.error)")
      return [run.output, run.error, try runner.folder.text("w.csv")]
    }
    #expect(try bytes("1") == bytes("2"))
  }

  @Test func anEmptySectionMeansEveryDefault() throws {
    func plan(_ lines: String) throws -> OutreachPlan {
      try ProjectFile(text: SmallShop.project + lines, path: "rekindle.yaml").outreach.plan
    }
    #expect(try plan("outreach:\n") == plan(""))
    #expect(try plan("outreach:\n  guards:\n  holdout: 10%\n").guards == plan("").guards)
    #expect(throws: Diagnostic.self) { try plan("outreach: much\n") }
  }

  @Test func aDryRunWritesNothing() throws {
    let runner = try OutreachProject.runner("")
    let before = try runner.folder.contents()
    let run = try runner.run(
      "plan", "--model", OutreachProject.model, "--output", "actions.csv", "--withheld", "w.csv", "-n")
    #expect(run.code == 0, "\(run.error)")
    #expect(try runner.folder.contents() == before)
    for words in ["Actions\n", "Withheld\n", "consent", "wake_up_coupon", " eligible = ", "cost "] {
      #expect(run.output.contains(words), "\(words)")
    }
    #expect(run.error.contains("nothing written"))
  }

  @Test func anOrdersOnlyLogWithoutAModel() throws {
    let section = """
      outreach:
        channels: {parcel: {consent: none}}
        actions:
          - {id: note, kind: content, channels: [parcel], when: recency > 60, reason: "quiet for {recency} days"}
          - {id: risky, kind: content, channels: [parcel], when: churn_probability > 0.5}
          - {id: clicked, kind: content, channels: [parcel], when: "count(message, last 9d) == 0"}

      """
    let runner = try CommandRunner([
      "rekindle.yaml": SmallShop.project + section, "orders.csv": SmallShop.orders(),
    ])
    let result = try plan(runner)
    #expect(result.figure("planned") > 10)
    #expect(try result.planned.column("action").allSatisfy { $0 == "note" })
    #expect(try result.planned.column("churn_probability").allSatisfy(\.isEmpty))
    #expect(try result.planned.column("reason").allSatisfy { $0.hasPrefix("quiet for ") })
    let left = try #require(result.summary["left_out"] as? [String])
    for words in [
      "action risky drops out", "action clicked drops out", "no source gives consent", "no model",
    ] {
      #expect(left.contains { $0.contains(words) }, "\(words)")
    }
    // Without a playbook the built-in one runs, and without consent it contacts nobody.
    let plain = try CommandRunner([
      "rekindle.yaml": SmallShop.project.replacing("sets: []", with: "sets: [retail]"),
      "orders.csv": SmallShop.orders(),
    ])
    let builtIn = try self.plan(plain)
    #expect(builtIn.figure("planned") == 0 && builtIn.figure("withheld") > 10)
    #expect(try builtIn.withheld.column("reason").allSatisfy { $0 == "consent" || $0 == "nothing" })
  }

  /// Rules and reasons mean what `segments` says of the same minute: the population that a model froze is
  /// for its score alone.
  @Test func rulesMeanWhatSegmentsSays() throws {
    let section = """
      outreach:
        channels: {parcel: {consent: none, quiet: none}}
        actions:
          - id: early
            kind: content
            channels: [parcel]
            when: overdue_ratio < 1
            reason: "{timing} {overdue_ratio} {ipi_median}"
          - id: late
            kind: content
            channels: [parcel]
            when: overdue_ratio >= 1
            reason: "{timing} {overdue_ratio} {ipi_median}"
        guards: {frequency: none, open_ticket: none}

      """
    let runner = try OutreachProject.runner(section)
    let run = try runner.run("segments", "--model", OutreachProject.model, "--output", "s.csv")
    #expect(run.code == 0, "\(run.error)")
    let segments = Rows(try runner.folder.text("s.csv"))
    let planned = try plan(runner, "--model", OutreachProject.model).planned
    var said: [String: (action: String, reason: String)] = [:]
    for (row, id) in try planned.column("customer_id").enumerated() {
      said[id] = (try planned.column("action")[row], try planned.column("reason")[row])
    }
    let (ids, timings) = (try segments.column("customer_id"), try segments.column("timing"))
    let (ratios, intervals) = (
      try segments.numbers("overdue_ratio"), try segments.numbers("usual_interval_days")
    )
    var compared = 0
    for row in ids.indices where !ratios[row].isNaN {
      let words = try #require(said[ids[row]])
      #expect((words.action == "early") == (timings[row] == "not_due_yet"))
      let parts = words.reason.split(separator: " ")
      try #require(parts.count == 3, "\(words.reason)")
      #expect(parts.first.map(String.init) == timings[row])
      #expect(abs((Double(parts[1]) ?? .nan) - ratios[row]) <= 0.0501)
      #expect(abs((Double(parts[2]) ?? .nan) - intervals[row]) <= 0.5001)
      compared += 1
    }
    #expect(compared > 2000 && compared == said.count)
  }

  /// Whoever is heard of only later is nobody's customer yet.
  @Test func earlierDatesHaveFewerCustomers() throws {
    let section = """
      outreach:
        channels: {parcel: {consent: none}}
        actions: [{id: all, kind: content, channels: [parcel], when: "count(purchase, last 9d) >= 0"}]

      """
    let late = SmallShop.orders() + "late,2025-01-20,9.50,1\n"
    let runner = try CommandRunner(["rekindle.yaml": SmallShop.project + section, "orders.csv": late])
    #expect(try plan(runner).figure("eligible") == 61)
    #expect(try plan(runner, "--as-of", "2025-01-01").figure("eligible") == 60)
  }

  @Test func conflictsStopWithBothLines() throws {
    func error(_ old: String, _ new: String) throws -> String {
      let text = OutreachProject.section
      #expect(text.contains(old))
      return try OutreachProject.runner(text.replacing(old, with: new)).failure("check")
    }
    let deep = try error("offer: {discount: 10%}", "offer: {discount: 30%}")
    #expect(deep.contains("RK1007") && deep.contains("offer: {discount: 30%}"))
    #expect(
      deep.contains("discount_depth: {limits: {0: 5%, 1: 10%, 2: 25%}}") && deep.contains("25% or less"))
    let poor = try error("budget: 100", "budget: 3")
    #expect(poor.contains("cost: 4") && poor.contains("budget: 3\n"))
    let held = try error("holdout: 10%", "holdout: 1%")
    #expect(held.contains("holdout: 1%") && held.contains("minimum_holdout: 5%\n"))
    let mute = try error("{max: 3, days: 7}", "{max: 0, days: 7}")
    #expect(mute.contains("kind: content") && mute.contains("frequency: {max: 0, days: 7}"))
    // A place and a caret each.
    for text in [deep, poor, held, mute] {
      let lines = text.split(separator: "\n")
      #expect(lines.count { $0.contains("--> rekindle.yaml:") } == 2, "\(text)")
      #expect(lines.count { $0.contains("^") } == 2, "\(text)")
      #expect(lines.count { $0.hasSuffix("^ against this") } == 1, "\(text)")
    }
  }

  @Test func mistakesArePlaced() throws {
    func error(_ old: String, _ new: String) throws -> String {
      let text = OutreachProject.section
      #expect(text.contains(old))
      return try OutreachProject.runner(text.replacing(old, with: new)).failure("check")
    }
    #expect(try error("stage ==", "stag ==").contains("did you mean stage?"))
    #expect(try error("experiment: spring", "experiment: sprig").contains("did you mean \"spring\"?"))
    #expect(try error("channels: [desk]", "channels: [desc]").contains("did you mean \"desk\"?"))
    #expect(try error("kind: service_call", "kind: servicecall").contains("did you mean \"service_call\"?"))
    #expect(try error("send: weekday_10", "send: monday").contains("RK0603"))
    #expect(try error("\"21:00-09:00\"", "\"21-\"").contains("RK0603"))
    #expect(try error("budget: 100", "budgt: 100").contains("did you mean \"budget\"?"))
    #expect(try error("{discount: 10%}", "{discount: 110%}").contains("RK0603"))
    #expect(try error("stage {stage}", "stage {stagee}").contains("did you mean {stage}?"))
    // What other files and the events tell.
    let missing = try error("scheduled: scheduled.csv", "scheduled: nofile.csv")
    #expect(missing.contains("RK0202") && missing.contains("scheduled: nofile.csv"))
    let undeclared = OutreachProject.section.replacing(
      /(?m)^  channels:\n(    .*\n)+/, with: ""
    ).replacing("[desk]", with: "[service_desk]")
    let unknown = try OutreachProject.runner(undeclared.replacing("[push, sms, email]", with: "[push, sns]"))
      .failure("check")
    #expect(unknown.contains("RK1005") && unknown.contains("^^^ did you mean \"sms\"?"), "\(unknown)")
    #expect(try OutreachProject.runner(undeclared).run("check").code == 0)
    // A text that is never so would hold for nobody.
    let stage = try error("stage == \"loyal\"", "stage == \"loyl\"")
    #expect(stage.contains("error[RK1014]: stage is never \"loyl\""), "\(stage)")
    #expect(stage.contains("^^^^^^ did you mean \"loyal\"?"), "\(stage)")
    #expect(stage.contains("first_purchase, repurchase_nurture, loyal, dormant"))
    let group = try error("stage == \"loyal\"", "segment in [\"general_keep\", \"CHAMPIONS\"]")
    #expect(group.contains("^^^^^^^^^^^ \"CHAMPIONS\" is a value of group"), "\(group)")
    #expect(try error("risk_band == \"high\"", "risk_band != \"hihg\"").contains("did you mean \"high\"?"))
    #expect(try error("timing == \"not_due_yet\"", "timing == \"not_due\"").contains("RK1014"))
    // The arms have to come from somewhere.
    let runner = try OutreachProject.runner()
    #expect(
      try runner.failure("plan", "--model", OutreachProject.model).contains("experiment assign spring"))
    #expect(
      try runner.failure("plan", "--model", OutreachProject.model, "--assignment", "none.csv").contains(
        "none.csv"))
  }
}
