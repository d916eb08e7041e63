import Foundation
import Rekindle
import Testing

/// When the actions of `rekindle plan` go out, on a log of orders with the customers' time zones.
@Suite struct PlanTimesTests {
  private static let project = """
    rekindle: 1
    time_zone: Europe/Berlin
    sources:
      orders:
        file: orders.csv
        kind: purchase
        customer: customer_id
        time: order_ts
        value: amount
        attributes: {zone: zone}
    features: {sets: []}
    outreach:
      time_zone: latest(purchase.zone)
      channels: {parcel: {consent: none, quiet: "21:00-09:00"}}
      actions:
        - {id: soon, kind: content, channels: [parcel], when: "count(purchase) < 3"}
        - {id: own, kind: content, channels: [parcel], when: "true", send: auto, reason: "regular"}
      guards: {frequency: {max: 1, days: 7}}

    """

  private static let orders = """
    customer_id,order_ts,amount,zone
    a,2026-01-10T03:05:00,10,Asia/Tokyo
    b,2026-01-11T10:00:00,10,America/Chicago
    c,2026-01-12T10:00:00,10,
    d,2026-01-13T10:00:00,10,Europe/Berln
    e,2026-01-14T12:05:00,10,Asia/Tokyo
    e,2026-01-15T12:10:00,10,Asia/Tokyo
    e,2026-01-16T12:15:00,10,Asia/Tokyo
    e,2026-01-17T12:15:00,10,Asia/Tokyo
    e,2026-01-18T12:15:00,10,Asia/Tokyo
    e,2026-01-19T12:15:00,10,Asia/Tokyo

    """

  private func runner(_ project: String = project, _ others: [String: String] = [:]) throws -> CommandRunner {
    try CommandRunner(
      ["rekindle.yaml": project, "orders.csv": Self.orders].merging(others) { first, _ in first })
  }

  @Test func inTheCustomersOwnTime() throws {
    let runner = try runner()
    let run = try runner.run("plan", "--output", "a.csv")
    #expect(run.code == 0, "\(run.error)")
    let rows = SegmentsCommandTests.Rows(try runner.folder.text("a.csv"))
    // The plan is made at midnight in Berlin: eight in the morning in Tokyo, five in the afternoon in Chicago.
    #expect(
      try rows.column("send_slot") == [
        "2026-01-20T09:00:00+09:00", "2026-01-19T17:00:00-06:00", "2026-01-20T09:00:00+01:00",
        "2026-01-20T09:00:00+01:00", "2026-01-20T20:00:00+09:00",
      ])
    #expect(
      try rows.column("reason").last == "regular; 20:00 is the hour of 6 of their 6 purchases")
    for words in [
      "note: 1 customer without a time zone: the shop's, Europe/Berlin, is taken",
      "note: no time zone: \"Europe/Berln\" (1 customer, perhaps Europe/Berlin): the shop's, Europe/Berlin",
    ] {
      #expect(run.output.contains(words), "\(run.output)")
      #expect(try runner.run("plan", "-n").output.contains(words))
    }
    let explained = try runner.run("explain", "e")
    #expect(
      explained.output.contains(
        "Planned: own by parcel, 2026-01-20T20:00:00+09:00 (20:00 is the hour of 6 of their 6 purchases)"))
  }

  /// An action list of yesterday is what is scheduled today.
  @Test func aListCountsAsScheduled() throws {
    let runner = try runner()
    #expect(try runner.run("plan", "--output", "a.csv").code == 0)
    var list = try runner.folder.text("a.csv")
    list += "nobody,soon,parcel,,2026-01-22T09:00:00+01:00,,,,,,\n"
    let next = try self.runner(Self.project + "  scheduled: yesterday.csv\n", ["yesterday.csv": list])
    let run = try next.run("plan", "--output", "-", "--withheld", "w.csv")
    #expect(run.code == 0, "\(run.error)")
    #expect(run.output.split(separator: "\n").count == 1)
    let withheld = SegmentsCommandTests.Rows(try next.folder.text("w.csv"))
    #expect(try withheld.column("reason") == [String](repeating: "frequency", count: 5))
    #expect(run.error.contains("note: 1 scheduled message is of a customer whom the events do not know"))
    // A row without a customer is refused, with its line.
    let blank = try self.runner(
      Self.project + "  scheduled: yesterday.csv\n",
      ["yesterday.csv": "customer_id,channel,send_at\na,parcel,2026-01-22\n,parcel,2026-01-22\n"])
    let error = try blank.failure("plan")
    #expect(error.contains("yesterday.csv:3") && error.contains("customer_id"), "\(error)")
  }

  @Test func whereTheZoneComesFromIsChecked() throws {
    func error(_ zone: String) throws -> String {
      try runner(Self.project.replacing("latest(purchase.zone)", with: zone)).failure("check")
    }
    let misspelled = try error("latest(purchase.zon)")
    #expect(misspelled.contains("RK0321") && misspelled.contains("did you mean zone?"))
    #expect(misspelled.contains("rekindle.yaml:13:30"), "\(misspelled)")
    let number = try error("count(purchase)")
    #expect(number.contains("RK1009") && number.contains("^^^^^^^^^^^^^^^"), "\(number)")
    #expect(try error("Asia/Tokyo").contains("RK0322"))
  }
}
