import Foundation
import Rekindle
import Testing

/// `rekindle segments`, on the committed shop and on an orders-only log.
@Suite struct SegmentsCommandTests {
  static let shop = ReadmeTests.root.appendingPathComponent("datasets/shop/rekindle.yaml").path

  /// The rows of a CSV file by column name; no cell here holds a line end.
  struct Rows {
    let columns: [String: Int]
    let rows: [[String]]

    init(_ text: String) {
      let lines = text.split(separator: "\n").map(Self.cells)
      columns = Dictionary(uniqueKeysWithValues: (lines.first ?? []).enumerated().map { ($1, $0) })
      rows = Array(lines.dropFirst())
    }

    func column(_ name: String) throws -> [String] {
      let place = try #require(columns[name], "no column \(name)")
      return rows.map { $0[place] }
    }

    func numbers(_ name: String) throws -> [Double] { try column(name).map { Double($0) ?? .nan } }

    private static func cells(_ line: Substring) -> [String] {
      var cells = [""]
      var isQuoted = false
      for character in line {
        switch character {
        case "\"": isQuoted.toggle()
        case "," where !isQuoted: cells.append("")
        default: cells[cells.count - 1].append(character)
        }
      }
      return cells
    }
  }

  @Test func theShop() throws {
    let runner = try CommandRunner()
    let run = try runner.run(
      "segments", "--project", Self.shop, "--output", "segments.csv", "--from", "2025-07-01", "--threads", "2"
    )
    #expect(run.code == 0, "\(run.error)")
    let rows = Rows(try runner.folder.text("segments.csv"))
    #expect(rows.rows.count == 3000)
    // Every customer has one stage, and who has bought has one of everything else.
    let stages = try rows.column("stage")
    #expect(stages.allSatisfy { Stage(rawValue: $0) != nil })
    let bought = stages.map { $0 != "first_contact" }
    for name in ["grade", "segment", "segment_zh", "activity", "timing", "p_alive"] {
      #expect(try rows.column(name).map { !$0.isEmpty } == bought, "\(name)")
    }
    #expect(
      try Set(rows.column("segment")).subtracting([""]).isSubset(
        of: ClassicalSegment.allCases.map(\.rawValue)))
    #expect(try rows.column("group").allSatisfy { RFMGroup(rawValue: $0) != nil })
    // Who is not due yet is not leaving, whatever the stage.
    let ratios = try rows.numbers("overdue_ratio")
    for (ratio, timing) in zip(ratios, try rows.column("timing")) where !ratio.isNaN {
      #expect((ratio < 1) == (timing == "not_due_yet"))
    }
    // The tier is what the flag compares, and what may have begun earlier says so.
    #expect(try rows.numbers("cooling_tier_value").allSatisfy { $0.isNaN || $0 >= 1 })
    #expect(try rows.numbers("cooling_discount_value").allSatisfy { $0.isNaN || $0 >= 0.8 })
    let since = try rows.column("cooling_signs")
    for (open, words) in zip(try rows.column("cooling_since_or_earlier"), since) {
      #expect(words.isEmpty == open.isEmpty && (open != "yes" || words.contains(" or earlier")))
    }
    // No category of this shop has a cycle, so none is overdue.
    #expect(try rows.column("replenishment_category").allSatisfy(\.isEmpty))
    #expect(!since.contains { $0.contains("cycles late") })
    // The third purchase is an event: who is past it has its day.
    for (date, (days, grade)) in zip(
      try rows.column("third_purchase_on"),
      zip(try rows.numbers("purchase_days"), try rows.column("grade")))
    {
      #expect(date.isEmpty == !(days >= 3) && (grade == "micro" || !date.isEmpty || grade.isEmpty))
    }
    // Money has two places.
    #expect(
      try rows.column("spend").allSatisfy { ($0.split(separator: ".").dropFirst().first ?? "").count <= 2 })
    // Signs: as many in words as are counted.
    let counts = try rows.numbers("cooling_count")
    for (count, words) in zip(counts, try rows.column("cooling_signs")) {
      #expect(Int(count) == (words.isEmpty ? 0 : words.components(separatedBy: "; ").count))
    }
    #expect(counts.contains { $0 >= 3 })
    // The chance of nothing and the expectation go opposite ways.
    let none = try rows.numbers("p_no_purchase_90d")
    let expected = try rows.numbers("expected_purchases_90d")
    for (none, expected) in zip(none, expected) where !none.isNaN {
      #expect((0...1).contains(none) && expected >= (1 - none) * (1 - 1e-9))
    }
    for title in ["Stages from 2025-07-01 to 2026-01-01", "RFM cuts", "Cooling signs", "重要价值"] {
      #expect(run.output.contains(title), "\(title)")
    }
    #expect(run.output.contains("left out: churn probability and value at risk"))
  }

  /// The sums of the summary are those of the rows, and a model adds what is at risk.
  @Test func aModelAddsTheValueAtRisk() throws {
    let model = ReadmeTests.root.appendingPathComponent("models/shop.json").path
    let runner = try CommandRunner()
    let run = try runner.run(
      "segments", "--project", Self.shop, "--model", model, "--output", "segments.csv", "--json")
    #expect(run.code == 0, "\(run.error)")
    let rows = Rows(try runner.folder.text("segments.csv"))
    let churn = try rows.numbers("churn_probability")
    let value = try rows.numbers("clv_12_months")
    let risk = try rows.numbers("value_at_risk")
    #expect(churn.count { !$0.isNaN } > 2000)
    for (churn, (value, risk)) in zip(churn, zip(value, risk)) {
      let product = churn * value
      #expect(product.isNaN == risk.isNaN && (product.isNaN || abs(product - risk) <= 1e-9 * product))
    }
    let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    let tables = try #require(json?["tables"] as? [String: Any])
    let sums = try #require(tables["Expected"] as? [[String: Any]])
    let total = try #require(sums.last?["sum"] as? Double)
    let sum = risk.reduce(0) { $1.isNaN ? $0 : $0 + $1 }
    #expect(abs(total - sum) < 1e-6 * sum)
    #expect((json?["left_out"] as? [String])?.contains { $0.contains("no model") } == false)
  }

  @Test func theSameBytesOnAnyNumberOfThreads() throws {
    let runner = try CommandRunner()
    let one = try runner.run("segments", "--project", Self.shop, "--threads", "1")
    let three = try runner.run("segments", "--project", Self.shop, "--threads", "3")
    #expect(one.code == 0 && one.output == three.output && one.error == three.error)
  }

  @Test func anOrdersOnlyLogSaysWhatIsLeftOut() throws {
    let runner = try CommandRunner([
      "rekindle.yaml": SmallShop.project, "orders.csv": SmallShop.orders(),
    ])
    let run = try runner.run("segments", "--output", "segments.csv")
    #expect(run.code == 0, "\(run.error)")
    for words in [
      "left out: cooling_breadth: no source gives purchase.category",
      "left out: cooling_visits: no source gives visit", "left out: cooling_points",
    ] {
      #expect(run.output.contains(words), "\(words)")
    }
    let rows = Rows(try runner.folder.text("segments.csv"))
    #expect(rows.rows.count == 60)
    #expect(rows.columns["cooling_visits_value"] == nil && rows.columns["cooling_spend_value"] != nil)
  }

  @Test func aLogWithoutMoneyHasNoScores() throws {
    let runner = try CommandRunner([
      "rekindle.yaml": SmallShop.project.replacing("    value: amount\n", with: "").replacing(
        "    spend_90d: sum(purchase.value, last 90d)\n", with: ""),
      "orders.csv": SmallShop.orders(),
    ])
    let run = try runner.run("segments", "--output", "segments.csv")
    #expect(run.code == 0, "\(run.error)")
    #expect(run.output.contains("left out: money scores"))
    #expect(run.output.contains("left out: expected spend and lifetime value"))
    let rows = Rows(try runner.folder.text("segments.csv"))
    #expect(rows.columns["segment"] == nil && rows.columns["clv_12_months"] == nil)
    #expect(rows.columns["p_alive"] != nil && rows.columns["stage"] != nil)
  }

  @Test func definitionsOfTheProjectsOwn() throws {
    let section = """
      lifecycle:
        habit: 4
        dormant: 30d
        lost: 120d
        stages: {loyal: "purchases_90d >= 10"}
        rfm: {recency: [30, 90], frequency: median, money: [100], days: 180}
        value: {unit: day, months: 6, margin: 0.5}

      """
    let runner = try CommandRunner([
      "rekindle.yaml": SmallShop.project + section, "orders.csv": SmallShop.orders(),
    ])
    let run = try runner.run("segments", "--output", "segments.csv")
    #expect(run.code == 0, "\(run.error)")
    let rows = Rows(try runner.folder.text("segments.csv"))
    #expect(rows.columns["clv_6_months"] != nil && rows.columns["T_days"] != nil)
    #expect(try Set(rows.column("money_score")) == ["1", "2"])
    #expect(try Set(rows.column("recency_score")) == ["1", "2", "3"])
    #expect(run.output.contains("30.00, 90.00"))
    #expect(run.output.contains("left out: the eleven groups"))
    // Loyal is who the rule says, among those who are not silent.
    let features = try runner.run("features", "--output", "features.csv")
    #expect(features.code == 0)
    let recent = Rows(try runner.folder.text("features.csv"))
    for (stage, (count, days)) in zip(
      try rows.column("stage"),
      zip(try recent.numbers("purchases_90d"), try rows.numbers("days_since_last_purchase")))
    where days < 30 {
      #expect((stage == "loyal") == (count >= 10) || stage == "won_back")
    }
  }

  /// The section that the documentation shows is one that is read.
  @Test func theDocumentedSection() throws {
    let article = ReadmeTests.root.appendingPathComponent("Sources/Rekindle/Rekindle.docc/Lifecycle.md")
    let text = try String(contentsOf: article, encoding: .utf8)
    let section = try #require(
      text.components(separatedBy: "```yaml\n").last?.components(separatedBy: "```").first)
    let choice = try ProjectFile(text: SmallShop.project + section, path: "rekindle.yaml").lifecycle
    #expect(choice.scores.frequency == .at([2, 3, 5, 9]) && choice.scores.days == 365)
    #expect(choice.followUps.count == 1 && choice.promotions.count == 1)
    #expect(choice.stages.overrides.keys.map(\.rawValue) == ["loyal"])
  }

  @Test func mistakesArePlaced() throws {
    func error(_ lines: String, _ arguments: String...) throws -> String {
      let runner = try CommandRunner([
        "rekindle.yaml": SmallShop.project + lines, "orders.csv": SmallShop.orders(),
      ])
      return try runner.failure("segments")
    }
    #expect(
      try error("lifecycle: {stages: {loyl: \"purchases_90d > 1\"}}\n").contains("did you mean \"loyal\"?"))
    #expect(try error("lifecycle: {stages: {loyal: \"purchases_9d > 1\"}}\n").contains("purchases_90d"))
    #expect(try error("lifecycle: {stages: {loyal: \"count(purchase, next 9d) > 1\"}}\n").contains("next"))
    #expect(try error("lifecycle: {dormant: 400d}\n").contains("RK0911"))
    #expect(try error("lifecycle: {rfm: {money: [5, 3]}}\n").contains("ascending"))
    #expect(try error("lifecycle: {promotions: [{from: 2024-03-01, to: 2024-02-01}]}\n").contains("RK0603"))
    let visits = SmallShop.project.replacing("kind: purchase", with: "kind: visit")
      .replacing("purchase", with: "visit")
    let runner = try CommandRunner(["rekindle.yaml": visits, "orders.csv": SmallShop.orders()])
    #expect(try runner.failure("segments").contains("RK0910"))
    #expect(try runner.failure("ladder").contains("RK0910"))
  }

  /// What `segments` refuses, `check` refuses, at the same place and in the words of the file.
  @Test func checkRefusesTheSame() throws {
    func errors(_ lines: String) throws -> String {
      let runner = try CommandRunner([
        "rekindle.yaml": SmallShop.project + lines, "orders.csv": SmallShop.orders(),
      ])
      let checked = try runner.failure("check")
      #expect(try runner.failure("segments") == checked)
      return checked
    }
    #expect(
      try errors("lifecycle:\n  stages:\n    loyal: count(purchas) > 1\n").contains(
        "did you mean purchase?"))
    #expect(
      try errors("lifecycle: {stages: {loyal: \"count(purchase, next 180d) >= 3\"}}\n").contains("next"))
    #expect(try errors("lifecycle: {stages: {loyal: count(purchase)}}\n").contains("yaml:1"))
    #expect(try errors("lifecycle: {stages: {loyal: \"count(purchase\"}}\n").contains("RK03"))
    let slack = try errors("lifecycle:\n  habit: 3\n  slack: 3\n")
    #expect(slack.contains("RK0913") && slack.contains("slack of 3") && slack.contains(": habit: 3"))
    #expect(!slack.contains("weak_from") && !slack.contains("margin"))
    let silence = try errors("lifecycle:\n  lost: 365d\n  dormant: 400d\n")
    #expect(silence.contains("  dormant: 400d") && silence.contains("lost: 365d"))
    #expect(try errors("lifecycle: {dormant: 400d}\n").contains("lost is 365d unless it is set"))
    let scope = try errors("lifecycle:\n  scope: category\n")
    #expect(scope.contains("RK0912") && scope.contains("  scope: category"))
  }

  @Test func formsThatAreMeant() throws {
    func choice(_ lines: String) throws -> LifecycleChoice {
      try ProjectFile(text: SmallShop.project + lines, path: "rekindle.yaml").lifecycle
    }
    #expect(try choice("lifecycle:\n") == LifecycleChoice())
    #expect(try choice("lifecycle: {value: {margin: 35%, discount: 0.1}}\n").value.margin == 0.35)
    #expect { try choice("lifecycle: {window: 0d}\n") } throws: {
      ($0 as? Diagnostic)?.message.contains("at least 1") == true
    }
    // Without a file the rows go nowhere, and the summary is the data.
    let runner = try CommandRunner([
      "rekindle.yaml": SmallShop.project + "lifecycle: {occasion: order}\n", "orders.csv": SmallShop.orders(),
    ])
    let dry = try runner.run("segments", "-n", "-q")
    #expect(
      dry.code == 0 && dry.output.contains("Stages") && dry.output.contains("every row counts as an order"))
    #expect(try runner.run("check").output.contains("lifecycle: occasion is order"))
  }

  /// A category with a cycle: the sign, the columns and the built-in reminder name it, and say the same.
  @Test func replenishmentHasOneDefinition() throws {
    var orders = "customer_id,order_ts,amount,thing,packs\n"
    for customer in 1...20 {
      // Everybody buys soap every 20 days; the last half bought two packs at the end.
      for turn in 0..<6 {
        let packs = turn == 5 && customer > 10 ? 2 : 1
        orders += "c\(customer),\(SmallShop.date(customer + turn * 20)),5,soap,\(packs)\n"
      }
      orders += "c\(customer),\(SmallShop.date(customer)),5,toys,1\n"
    }
    let project = SmallShop.project.replacing(
      "    value: amount\n",
      with: "    value: amount\n    attributes: {category: thing, quantity: {column: packs, type: number}}\n")
    let runner = try CommandRunner(["rekindle.yaml": project, "orders.csv": orders])
    let end = SmallShop.date(150)
    let run = try runner.run("segments", "--as-of", end, "--output", "segments.csv")
    #expect(run.code == 0, "\(run.error)")
    let rows = Rows(try runner.folder.text("segments.csv"))
    let ladder = try runner.run(
      "ladder", "--as-of", end, "--section", "replenishment", "--due-dates", "due.csv")
    #expect(ladder.code == 0, "\(ladder.error)")
    let due = Rows(try runner.folder.text("due.csv"))
    #expect(try rows.column("replenishment_category") == due.column("category"))
    #expect(try rows.numbers("replenishment_lateness") == due.numbers("lateness"))
    for ((value, lateness), words) in zip(
      zip(try rows.numbers("cooling_replenishment_value"), try due.numbers("lateness")),
      try rows.column("cooling_signs"))
    {
      #expect(value.isNaN == (lateness < 1.5) && (value.isNaN || value == lateness))
      #expect(words.contains("cycles (soap)") == !value.isNaN)
    }
    let late = try due.numbers("lateness")
    #expect(late.contains { $0 >= 1.5 } && late.contains { $0 < 1 })
  }

  /// Published figures of the value models on the 1/10 sample.
  @Test func theSampleOfCDNOW() throws {
    guard let datasets = publicDataSets() else { return }
    let runner = try CommandRunner([
      "rekindle.yaml": """
      rekindle: 1
      sources:
        orders:
          file: \(datasets)/cdnow/cdnow_sample.csv.gz
          kind: purchase
          customer: sample_id
          time: date
          value: dollar_value
      features: {sets: []}
      lifecycle: {value: {model: bg_nbd}}

      """
    ])
    let run = try runner.run("segments", "--as-of", "1997-10-01", "--json", "--output", "segments.csv")
    #expect(run.code == 0, "\(run.error)")
    let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    let tables = try #require(json?["tables"] as? [String: Any])
    let rows = try #require(tables["Models of value (times in weeks)"] as? [[String: Any]])
    let estimates = rows.compactMap { $0["estimate"] as? Double }
    for (value, published) in zip(estimates.prefix(4), [0.2425945, 4.4136018, 0.792922, 2.425907]) {
      #expect(abs(value - published) < 2e-5 * published)
    }
    #expect(abs((rows[0]["log_likelihood"] as? Double ?? 0) - -9_582.429_206_674) < 1e-6)
    #expect(abs((rows[4]["log_likelihood"] as? Double ?? 0) - -4_055.917_694_802) < 0.1)
    // The trap: every one-time buyer is alive with certainty, so this is no churn score.
    let segments = Rows(try runner.folder.text("segments.csv"))
    for (repeats, alive) in zip(try segments.numbers("frequency"), try segments.numbers("p_alive"))
    where repeats == 0 {
      #expect(alive == 1)
    }
    #expect(segments.columns["churn_probability"] == nil)
    #expect((json?["left_out"] as? [String] ?? []).count >= 9)
  }
}
