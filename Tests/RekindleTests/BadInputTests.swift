import Foundation
import Testing

/// What a shop can get wrong: each is told with a code, a place and a fix, and nothing is written.
@Suite struct BadInputTests {
  private let header = "customer_id,order_ts,amount\n"

  private func runner(orders: String? = nil, project: String = SmallShop.project) throws -> CommandRunner {
    try CommandRunner(["orders.csv": orders ?? SmallShop.orders(), "rekindle.yaml": project])
  }

  private func features(_ orders: String, code: Int32 = 2) throws -> String {
    try runner(orders: orders).failure("features", "--output", "features.csv", code: code)
  }

  private func train(
    _ change: (String) -> String = { $0 }, orders: String? = nil
  ) throws -> String {
    try runner(orders: orders, project: change(SmallShop.project)).failure("train")
  }

  @Test func missingFile() throws {
    let project = SmallShop.project.replacing("orders.csv", with: "ordrs.csv")
    let error = try runner(project: project).failure("features")
    #expect(error.contains("error[RK0202]: there is no file ordrs.csv"))
    #expect(error.contains("rekindle.yaml:4:11"))
    #expect(error.contains("^^^^^^^^^ did you mean \"orders.csv\"?"))
  }

  @Test func missingProject() throws {
    #expect(try CommandRunner().failure("train").contains("error[RK0600]"))
  }

  @Test func unknownColumn() throws {
    let project = SmallShop.project.replacing("customer_id", with: "custmer_id")
    let error = try runner(project: project).failure("train")
    #expect(
      error.contains(
        """
          --> rekindle.yaml:6:15
         6 |     customer: custmer_id
           |               ^^^^^^^^^^ did you mean "customer_id"?
        """))
    #expect(error.contains("file has: customer_id, order_ts, amount, qty"))
  }

  @Test func ambiguousDates() throws {
    let error = try features(header + "a,03/04/2024,5\n")
    #expect(error.contains("error[RK0211]"))
    #expect(error.contains("orders.csv:2"))
    #expect(error.contains("day first: 2024-04-03"))
    #expect(error.contains("month first: 2024-03-04"))
  }

  @Test func raggedRows() throws {
    let error = try features(header + "a,2024-01-01,5\nb,2024-01-02\n", code: 1)
    #expect(error.contains("error[RK0217]"))
    #expect(error.contains("rekindle.yaml:3:3"))
    #expect(error.contains("orders.csv:3: ragged_row: b,2024-01-02"))
  }

  @Test func openQuote() throws {
    let error = try features(header + "a,2024-01-01,5\na,2024-01-01,\"5\nb,2024-01-02,3\n")
    #expect(error.contains("error[RK0209]"))
    #expect(error.contains("orders.csv:3"))
  }

  @Test func wrongEncoding() throws {
    let runner = try runner()
    try runner.folder.write(
      Array(header.utf8) + [0xBB, 0xE1] + Array(",2024-01-01,5\n".utf8), to: "orders.csv")
    let error = try runner.failure("features")
    #expect(error.contains("error[RK0206]"))
    #expect(error.contains("orders.csv:2"))
  }

  @Test func emptyFile() throws {
    #expect(try features("").contains("error[RK0213]: orders.csv is empty"))
  }

  @Test func noRows() throws {
    #expect(try train(orders: header).contains("error[RK0607]"))
  }

  @Test func duplicateHeader() throws {
    let error = try features("customer_id,order_ts,amount,amount\na,2024-01-01,5,5\n")
    #expect(error.contains("error[RK0208]"))
    #expect(error.contains("\"amount\" twice"))
  }

  @Test func amountsThatAreNotFinite() throws {
    let error = try features(header + "a,2024-01-01,NaN\nb,2024-01-01,inf\nc,2024-01-01,1e999\n", code: 1)
    #expect(error.contains("error[RK0217]"))
    #expect(error.contains("orders.csv:2: not_finite"))
    #expect(error.contains("orders.csv:3: not_finite"))
    #expect(error.contains("orders.csv:4: not_finite"))
  }

  @Test func idsStayText() throws {
    let runner = try runner(orders: header + "1E5,2024-01-01,3\n00042,2024-01-01,4\n42,2024-01-02,5\n")
    let run = try runner.run("features", "--output", "features.csv")
    #expect(run.code == 0)
    let rows = try runner.folder.text("features.csv").split(separator: "\n").dropFirst()
    #expect(rows.map { String($0.prefix { $0 != "," }) } == ["00042", "1E5", "42"])
  }

  @Test func aLogShorterThanTheHorizon() throws {
    let error = try train { $0.replacing("horizon: 30d", with: "horizon: 900d") }
    #expect(error.contains("error[RK0405]"))
    #expect(error.contains("rekindle.yaml:16:12"))
    #expect(error.contains("the log covers"))
  }

  @Test func nobodyChurns() throws {
    let error = try train(orders: SmallShop.orders { _ in false })
    #expect(error.contains("error[RK0401]"))
    #expect(error.contains("rekindle.yaml:16:12"))
  }

  /// Sixty customers buy once, on the same day, and a year passes.
  @Test func everybodyChurns() throws {
    var orders = header
    for customer in 0..<60 { orders += "c\(customer),2024-01-0\(1 + customer % 2),5\n" }
    let error = try train(
      { $0.replacing("horizon: 30d", with: "horizon: 30d\n  log_end: 2024-12-31") }, orders: orders)
    #expect(error.contains("error[RK0402]"))
  }

  @Test func oneCustomer() throws {
    var orders = header
    for day in stride(from: 0, to: 400, by: 10) { orders += "c,\(SmallShop.date(day)),5\n" }
    #expect(try train(orders: orders).contains("error[RK04"))
  }

  @Test func aFeatureThatLooksForward() throws {
    let error = try train { $0.replacing("count(purchase, last 90d)", with: "count(purchase, next 90d)") }
    #expect(error.contains("error[RK0330]"))
    #expect(error.contains("rekindle.yaml:12:36"))
    #expect(error.contains("^^^^^^^^"))
  }

  @Test func aLabelThatLooksBack() throws {
    let error = try train { $0 + "  label: count(purchase, last 30d) == 0\n" }
    #expect(error.contains("error[RK0331]"))
    #expect(error.contains("rekindle.yaml:17:26"))
  }

  @Test func damagedModel() throws {
    let runner = try runner()
    #expect(try runner.failure("score", "--output", "scores.csv").contains("error[RK0604]"))
    let trained = try runner.run("train")
    #expect(trained.code == 0, "\(trained.error)")
    let document = try runner.folder.text("model.json")
    for damaged in [
      String(document.prefix(document.count / 2)), "", "{}",
      document.replacing("\"coefficients\"", with: "\"coeficients\""),
      document.replacing("purchases_90d", with: "purchases_91d"),
    ] {
      try runner.folder.write(damaged, to: "model.json")
      let error = try runner.failure("score", "--output", "scores.csv")
      #expect(error.contains("error[RK050"), "\(error)")
    }
  }

  @Test func unknownKey() throws {
    let error = try runner(project: SmallShop.project.replacing("customer:", with: "custmer:"))
      .failure("check")
    #expect(error.contains("error[RK0602]: \"custmer\" is not a key of sources.orders"))
    #expect(error.contains("rekindle.yaml:6:5"))
    #expect(error.contains("did you mean \"customer\"?"))
  }

  @Test func notYAML() throws {
    let error = try runner(project: SmallShop.project.replacing("sets: []", with: "sets: [")).failure("check")
    #expect(error.contains("error[RK0601]"))
    #expect(error.contains("line 10"))
  }

  /// check shows the rows before it fails for them.
  @Test func checkExitsOneForABrokenContract() throws {
    let runner = try runner(orders: header + "a,2024-01-01,5\nb,2024-01-02\n")
    let run = try runner.run("check", "--quarantine", "quarantine.csv")
    #expect(run.code == 1)
    #expect(run.output.contains("2 rows read = 1 used + 1 quarantined"))
    #expect(run.error.contains("rekindle.yaml:3:3"))
    #expect(try runner.folder.text("quarantine.csv").contains("ragged_row"))
  }
}
