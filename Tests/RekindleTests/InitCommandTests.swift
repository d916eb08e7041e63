import Foundation
import Rekindle
import Testing

@Suite struct InitCommandTests {
  /// What init writes is read by check and learnt from by train, unchanged.
  @Test func initCheckTrain() throws {
    let runner = try CommandRunner(["orders.csv": SmallShop.orders()])
    let written = try runner.run("init", "--from", "orders.csv")
    #expect(written.code == 0, "\(written.error)")
    #expect(written.output.isEmpty)
    #expect(written.error.contains("next: rekindle check"))
    let file = try ProjectFile(contentsOf: runner.folder.path + "/rekindle.yaml")
    let source = try #require(file.sources.first)
    #expect(source.name == "orders")
    #expect(source.definition.kind == .constant("purchase"))
    #expect(source.definition.customer == "customer_id")
    #expect(source.definition.time == .init("order_ts"))
    #expect(source.definition.value == "amount")
    #expect(source.definition.attributes == [.init("quantity", column: "qty", type: .number)])
    // What is spelled out is what an absent setting means.
    let bare = try ProjectFile(
      text: "rekindle: 1\nsources:\n  a: {file: a.csv, kind: purchase, customer: c, time: t}\n", path: "a")
    #expect(file.training == bare.training)
    #expect(file.bands == bare.bands)
    #expect(file.snapshots == bare.snapshots)
    #expect(file.features == bare.features)
    #expect(file.churn.horizon == bare.churn.horizon)
    #expect(file.churn.activity == bare.churn.activity)
    let check = try runner.run("check")
    #expect(check.code == 0, "\(check.error)")
    #expect(check.output.contains("next: rekindle train"))
    let train = try runner.run("train")
    #expect(train.code == 0, "\(train.error)")
    #expect(train.output.contains("auc"))
    #expect(try runner.folder.contents()["model.json"] != nil)
  }

  @Test func everySettingHasAComment() throws {
    let runner = try CommandRunner(["orders.csv": SmallShop.orders()])
    let shown = try runner.run("init", "--from", "orders.csv", "--dry-run")
    #expect(shown.code == 0)
    #expect(try runner.folder.contents().keys.sorted() == ["orders.csv"])
    let headings: Set = ["sources:", "features:", "churn:", "training:", "bands:"]
    for line in shown.output.split(separator: "\n") where !headings.contains(String(line)) {
      #expect(line.contains("# "), "\(line)")
    }
  }

  @Test func writesOverNothing() throws {
    let runner = try CommandRunner(["orders.csv": SmallShop.orders(), "rekindle.yaml": "mine\n"])
    let refused = try runner.run("init", "--from", "orders.csv")
    #expect(refused.code == 2)
    #expect(refused.error.contains("error[RK0611]"))
    #expect(try runner.folder.text("rekindle.yaml") == "mine\n")
    #expect(try runner.run("init", "--from", "orders.csv", "--force").code == 0)
    #expect(try runner.folder.text("rekindle.yaml") != "mine\n")
  }

  @Test func ambiguousDatesAreAskedBack() throws {
    let runner = try CommandRunner(["orders.csv": "customer,date,amount\n1,03/04/2024,5\n2,05/06/2024,6\n"])
    let error = try runner.failure("init", "--from", "orders.csv")
    #expect(error.contains("error[RK0610]"))
    #expect(error.contains("under %d/%m/%Y that is 2024-04-03"))
    #expect(error.contains("under %m/%d/%Y that is 2024-03-04"))
    #expect(error.contains("--time-format \"%d/%m/%Y\" or --time-format \"%m/%d/%Y\""))
    let decided = try runner.run("init", "--from", "orders.csv", "--time-format", "%d/%m/%Y")
    #expect(decided.code == 0, "\(decided.error)")
    let file = try ProjectFile(contentsOf: runner.folder.path + "/rekindle.yaml")
    #expect(file.sources.first?.definition.time == .init("date", format: "%d/%m/%Y"))
  }

  @Test func customerAndTimeAreAskedBack() throws {
    let runner = try CommandRunner(["sales.csv": "who,when,amount\nx1,soon,5\nx2,late,6\n"])
    let error = try runner.failure("init", "--from", "sales.csv")
    #expect(error.contains("which column is the customer, nor which column is the time"))
    #expect(error.contains("--customer COLUMN"))
    #expect(error.contains("--time COLUMN"))
    #expect(error.contains("file has: who, when, amount"))
    try runner.folder.write("who,when,amount\nx1,2024-01-01,5\nx2,2024-01-02,6\n", to: "sales.csv")
    let mistyped = try runner.run("init", "--from", "sales.csv", "--customer", "woh")
    #expect(mistyped.code == 2)
    #expect(mistyped.error.contains("did you mean \"who\"?"))
    #expect(try runner.run("init", "--from", "sales.csv", "--customer", "who").code == 0)
    #expect(try runner.run("check").code == 0)
  }

  @Test func aFormatThatFitsNoFileIsRefused() throws {
    let runner = try CommandRunner(["orders.csv": SmallShop.orders()])
    let run = try runner.run("init", "--from", "orders.csv", "--time-format", "%d.%m.%Y")
    #expect(run.code == 2)
    #expect(run.error.contains("error[RK0612]"))
    #expect(run.error.contains("holds \"2024-"))
  }

  /// Names and words that YAML would take for something else come back as they are.
  @Test func awkwardNames() throws {
    let text =
      "\"customer: id\",date,\"no, 1\",amount,event\n1,2024-01-01,a#b,5,\"y: \"\"x\"\"\"\n2,2024-01-02,c,6,buy\n"
    let runner = try CommandRunner(["2024 orders.csv": text])
    let run = try runner.run("init", "--from", "2024 orders.csv")
    #expect(run.code == 0, "\(run.error)")
    let source = try #require(
      try ProjectFile(contentsOf: runner.folder.path + "/rekindle.yaml").sources.first)
    #expect(source.name == "source_2024_orders")
    #expect(source.definition.customer == "customer: id")
    #expect(source.definition.attributes.map(\.column).contains("no, 1"))
    guard case .column("event", let map, .quarantine) = source.definition.kind else {
      Issue.record("the kind is told by a column")
      return
    }
    #expect(map["buy"] == "purchase")
    #expect(map.keys.contains("y: \"x\""))
  }

  /// The project file names its files from where it is.
  @Test func anotherFolder() throws {
    let runner = try CommandRunner(["orders.csv": SmallShop.orders()])
    try FileManager.default.createDirectory(
      atPath: runner.folder.path + "/shop", withIntermediateDirectories: true)
    let run = try runner.run("init", "--from", "orders.csv", "--output", "shop/rekindle.yaml")
    #expect(run.code == 0, "\(run.error)")
    #expect(run.error.contains("next: rekindle check --project shop/rekindle.yaml"))
    #expect(try runner.folder.text("shop/rekindle.yaml").contains("file: \"../orders.csv\""))
    #expect(try runner.run("check", "--project", "shop/rekindle.yaml").code == 0)
  }

  @Test func theCommittedShop() throws {
    let runner = try CommandRunner()
    let shop = CommittedShop.folder
    let names = try FileManager.default.contentsOfDirectory(atPath: shop)
      .filter { $0.hasSuffix(".csv.gz") && $0 != "truth.csv.gz" }.sorted()
    let run = try runner.run(["init", "--from"] + names.map { shop + "/" + $0 })
    #expect(run.code == 0, "\(run.error)")
    let file = try ProjectFile(contentsOf: runner.folder.path + "/rekindle.yaml")
    let kinds = Dictionary(uniqueKeysWithValues: file.sources.map { ($0.name, $0.definition.kind) })
    #expect(kinds["orders"] == .constant("purchase"))
    #expect(kinds["refunds"] == .constant("refund"))
    #expect(kinds["deliveries"] == .constant("delivery"))
    #expect(kinds["tiers"] == .constant("tier"))
    #expect(kinds["carts"] == .constant("cart"))
    let check = try runner.run("check")
    #expect(check.code == 0, "\(check.error)")
    #expect(check.output.contains(" 0 quarantined;"))
  }

  /// Parquet with its types, and JSON lines, through DuckDB.
  @Test func otherFormats() throws {
    let runner = try CommandRunner([
      "orders.csv": SmallShop.orders(), "rekindle.yaml": SmallShop.project,
      "events.jsonl": """
      {"user_id":"00042","event_time":"2024-01-01T10:00:00Z","event":"buy","amount":3.5}
      {"user_id":"7","event_time":"2024-01-01T10:00:00Z","event":"view"}

      """,
    ])
    let made = try runner.run("features", "--as-of", "2024-06-01", "--output", "table.parquet")
    if made.error.contains("RK0280") {
      print("skipped: no libduckdb is set up")
      return
    }
    let run = try runner.run("init", "--force", "--from", "table.parquet", "events.jsonl")
    #expect(run.code == 0, "\(run.error)")
    let sources = try ProjectFile(contentsOf: runner.folder.path + "/rekindle.yaml").sources.map(\.definition)
    #expect(sources.map(\.format) == [.parquet, .jsonl])
    #expect(sources.map(\.customer) == ["customer_id", "user_id"])
    #expect(sources.map(\.time) == [.init("as_of"), .init("event_time")])
    #expect(
      sources[1].kind == .column("event", map: ["buy": "purchase", "view": "visit"], other: .quarantine))
    let check = try runner.run("check")
    #expect(check.output.contains(" 0 quarantined;"), "\(check.error)")
  }

  @Test func standardInputIsRefused() throws {
    let run = try CommandRunner().run("init", "--from", "-")
    #expect(run.code == 2)
  }
}
