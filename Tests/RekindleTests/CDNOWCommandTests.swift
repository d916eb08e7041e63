import Foundation
import Rekindle
import Testing

/// The real purchase log through the command, where the machine has it.
@Suite struct CDNOWCommandTests {
  private static let file = "/cdnow/cdnow_master.csv.gz"

  /// Published figures of the snapshot through 1997-09-30, asked as of the midnight after it.
  @Test func featuresAddUpToThePublishedFigures() throws {
    guard let datasets = publicDataSets() else { return }
    let runner = try CommandRunner([
      "rekindle.yaml": """
      rekindle: 1
      sources:
        orders:
          file: \(datasets + CDNOWCommandTests.file)
          kind: purchase
          customer: customer_id
          time: date
          value: dollar_value
      features:
        sets: []
        add:
          rows: count(purchase)
          money: sum(purchase.value)
          days: active_days(purchase)
          recency: days_since_first(purchase) - days_since_last(purchase)
          age: days_since_first(purchase) - 1
          active: count(purchase, last 90d) >= 1

      """
    ])
    let run = try runner.run("features", "--as-of", "1997-10-01")
    #expect(run.code == 0, "\(run.error)")
    #expect(run.error.contains("69659 rows read = 69659 used + 0 quarantined"))
    let rows = run.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    #expect(rows.count == 23_570)
    func column(_ place: Int) throws -> [Double] {
      try rows.map { try #require(Double($0[place + 2])) }
    }
    #expect(try column(0).reduce(0, +) == 49_086)
    let cents = try column(1).reduce(0) { $0 + Int(($1 * 100).rounded()) }
    #expect(cents == 172_335_450)
    #expect(try column(2).count { $0 >= 2 } == 9451)
    let customers = Double(rows.count)
    #expect(abs(try column(3).reduce(0, +) / customers - 47.927_195_59) < 5e-9)
    #expect(abs(try column(4).reduce(0, +) / customers - 229.093_593_55) < 5e-9)
    #expect(try column(5).reduce(0, +) == 4195)
  }

  @Test func initFindsEverything() throws {
    guard let datasets = publicDataSets() else { return }
    let runner = try CommandRunner()
    let run = try runner.run("init", "--from", datasets + CDNOWCommandTests.file)
    #expect(run.code == 0, "\(run.error)")
    let source = try #require(
      try ProjectFile(contentsOf: runner.folder.path + "/rekindle.yaml").sources.first?.definition)
    #expect(source.customer == "customer_id")
    #expect(source.time == .init("date"))
    #expect(source.value == "dollar_value")
    #expect(source.kind == .constant("purchase"))
    #expect(source.attributes == [.init("quantity", column: "cds", type: .number)])
    let check = try runner.run("check")
    #expect(check.output.contains("69659 rows read = 69659 used + 0 quarantined; 23570 customers"))
    let train = try runner.run("train")
    #expect(train.code == 0, "\(train.error)")
  }
}
