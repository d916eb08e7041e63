import Foundation
import Rekindle
import Testing

/// `rekindle ladder`, on the committed shop and on real purchases.
@Suite struct LadderCommandTests {
  private typealias Rows = SegmentsCommandTests.Rows

  @Test func everySectionOfTheShop() throws {
    let runner = try CommandRunner()
    let run = try runner.run(
      "ladder", "--project", SegmentsCommandTests.shop, "--by", "channel", "--json", "--channel-weights",
      "channels.csv")
    #expect(run.code == 0, "\(run.error)")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    for section in LadderReport.Section.allCases where section != .promotions {
      #expect(!((json[section.rawValue] as? [Any]) ?? []).isEmpty, "\(section)")
    }
    #expect((json["left_out"] as? [String])?.count == 1)  // promotions, of which the file knows none
    // Rungs go down, and the curve at its end says more than the naive share.
    let rungs = try #require(json["rungs"] as? [[String: Any]])
    let reached = rungs.compactMap { $0["reached"] as? Int }
    #expect(reached == reached.sorted(by: >) && reached.count == 10)
    for rung in rungs {
      let naive = try #require(rung["naive_share"] as? Double)
      #expect(try #require(rung["ever"] as? Double) >= naive)
    }
    // The groups are everybody who reached the rung.
    let groups = try #require(json["groups"] as? [[String: Any]])
    #expect(groups.map { $0["group"] as? String } == ["app", "online", "store"])
    #expect(groups.reduce(0) { $0 + ($1["reached"] as? Int ?? 0) } == reached[0])
    #expect(groups[0]["p_value"] is Double)
    // Months: buyers are new, returning or resurrected.
    for month in try #require(json["flow"] as? [[String: Any]]) {
      func figure(_ name: String) -> Int { month[name] as? Int ?? -1 }
      #expect(figure("buyers") == figure("new") + figure("returning") + figure("resurrected"))
    }
    let channels = Rows(try runner.folder.text("channels.csv"))
    #expect(try Set(channels.column("allowed")) == ["0", "1"])
  }

  @Test func oneSectionAsCSV() throws {
    let runner = try CommandRunner()
    let run = try runner.run(
      "ladder", "--project", SegmentsCommandTests.shop, "--section", "retention", "--output", "cohorts.csv")
    #expect(run.code == 0, "\(run.error)")
    let rows = Rows(try runner.folder.text("cohorts.csv"))
    // In its own month everybody bought.
    for (period, share) in zip(try rows.numbers("period"), try rows.numbers("share")) where period == 0 {
      #expect(share == 1)
    }
    #expect(try Set(rows.column("complete")) == ["yes"])  // the log ends with a month
    let earlier = try runner.run(
      "ladder", "--project", SegmentsCommandTests.shop, "--section", "retention", "--as-of", "2025-12-20")
    #expect(earlier.output.contains("%*") && earlier.output.contains("* incomplete"))
    let two = try runner.run("ladder", "--project", SegmentsCommandTests.shop, "--format", "csv")
    #expect(two.code == 2 && two.error.contains("--section once"))
  }

  /// A file has every pair that there is support for; people get the likeliest, and are told so.
  @Test func allPairsAreInTheFile() throws {
    let runner = try CommandRunner()
    func run(_ arguments: String...) throws -> String {
      let run = try runner.run(
        ["ladder", "--project", SegmentsCommandTests.shop, "--section", "association"] + arguments)
      #expect(run.code == 0, "\(run.error)")
      return run.output
    }
    let all = Rows(try run("--format", "csv"))
    #expect(Set(try all.column("last")).count * 3 < all.rows.count)
    #expect(try all.numbers("steps").allSatisfy { $0 >= 10 })
    let shown = try run()
    #expect(shown.contains("the 3 likeliest of each, csv and json have all \(all.rows.count)"))
    let cohorts = try runner.run("ladder", "--project", SegmentsCommandTests.shop, "--section", "retention")
    #expect(cohorts.output.contains("the first 13 of "))
  }

  /// The second purchase by coupon is told from the second at a discount.
  @Test func theThirdPurchaseByCoupon() throws {
    let runner = try CommandRunner()
    let run = try runner.run(
      "ladder", "--project", SegmentsCommandTests.shop, "--section", "third_purchase", "--format", "csv")
    #expect(run.code == 0, "\(run.error)")
    let rows = Rows(run.output)
    #expect(try rows.column("second") == ["full price", "discounted", "without coupon", "coupon"])
    let reached = try rows.numbers("reached")
    #expect(reached[0] + reached[1] == reached[2] + reached[3])
  }

  /// What was asked for and cannot be is said.
  @Test func whatCannotBeCompared() throws {
    let runner = try CommandRunner([
      "rekindle.yaml": SmallShop.project + "lifecycle: {occasion: order}\n", "orders.csv": SmallShop.orders(),
    ])
    let beyond = try runner.run("ladder", "--section", "groups", "--rung", "500")
    #expect(beyond.code == 0 && beyond.output.contains("nobody has bought 500 times"))
    #expect(beyond.output.contains("every row counts as an order"))
    let twelfth = try runner.run("ladder", "--section", "groups", "--rung", "12")
    #expect(twelfth.output.contains("Rung 12") && twelfth.output.contains("makes one group on rung 12"))
    let near = try runner.failure("ladder", "--by", "first_cupon")
    #expect(near.contains("did you mean \"first_coupon\"?") && near.contains("words: cohort"))
  }

  /// Groups are made of what was known when the ladder was begun.
  @Test func groupsByAnExpression() throws {
    let runner = try CommandRunner([
      "rekindle.yaml": SmallShop.project, "orders.csv": SmallShop.orders(),
    ])
    func run(_ by: String) throws -> CommandRunner.Run {
      try runner.run("ladder", "--section", "groups", "--by", by, "--format", "csv")
    }
    let spend = Rows(try run("sum(purchase.value) >= 30").output)
    #expect(try spend.column("group") == ["no", "yes"])
    #expect(try spend.numbers("reached").reduce(0, +) == 60)
    // On the first day nobody has bought on two.
    #expect(try Rows(run("active_days(purchase)").output).column("group") == ["1"])
    #expect(try Rows(run("cohort").output).column("group") == ["2024-01"])
    #expect(try run("first_coupon").error.contains("purchases carry no flag"))
    #expect(try run("sum(purchase.value)").error.contains("RK0921"))
    let unknown = try run("colour")
    #expect(unknown.code == 2 && unknown.error.contains("error[RK03"))
    let section = try runner.run("ladder", "--section", "association", "--format", "csv")
    #expect(section.code == 2 && section.error.contains("RK0922"))
    let all = try runner.run("ladder")
    for words in [
      "left out: replenishment: purchases carry no category", "left out: category association",
      "left out: channel preference", "left out: discount dependence",
    ] {
      #expect(all.output.contains(words), "\(words)")
    }
  }

  /// Steady buyers are due when their own rhythm says so.
  @Test func dueDates() throws {
    var orders = "customer_id,order_ts,amount,thing\n"
    for customer in 1...20 {
      for turn in 0..<6 {
        orders += "c\(customer),\(SmallShop.date(customer + turn * (20 + customer))),5,soap\n"
      }
    }
    let runner = try CommandRunner([
      "rekindle.yaml": Self.withCategories, "orders.csv": orders,
    ])
    let run = try runner.run("ladder", "--section", "replenishment", "--due-dates", "due.csv")
    #expect(run.code == 0 && run.output.contains("soap"), "\(run.error)")
    let due = Rows(try runner.folder.text("due.csv"))
    #expect(due.rows.count == 20)
    let cycles = Dictionary(
      uniqueKeysWithValues: zip(try due.column("customer_id"), try due.numbers("cycle_days")))
    // Five gaps of one's own weigh against two of everybody's, whose median is 30.5.
    for customer in 1...20 {
      let cycle = (5 * Double(20 + customer) + 2 * 30.5) / 7
      #expect(abs((cycles["c\(customer)"] ?? .nan) - cycle) < 1e-9)
    }
    for ((low, due), high) in zip(
      zip(try due.column("due_low"), try due.column("due")), try due.column("due_high"))
    {
      #expect(low <= due && due <= high)
    }
  }

  private static let withCategories = SmallShop.project.replacing(
    "    value: amount\n",
    with: "    value: amount\n    attributes: {category: thing, discount: {column: amount, type: number}}\n")

  @Test func rulesOfTheProjectsOwn() throws {
    let orders = """
      customer_id,order_ts,amount,thing
      a,2024-01-01,100,purifier
      a,2024-02-01,5,soap
      b,2024-01-05,100,purifier
      b,2024-08-01,10,filter
      c,2024-01-05,5,soap
      c,2024-03-01,5,soap

      """
    let runner = try CommandRunner([
      "rekindle.yaml": Self.withCategories + """
        lifecycle:
          retention: 30d
          follow_ups: [{durable: purifier, consumable: filter, after: 180d, remind: 150d}]
          promotions: [{from: 2024-01-01, to: 2024-01-10}]

        """, "orders.csv": orders,
    ])
    let run = try runner.run("ladder", "--due-dates", "due.csv", "--json")
    #expect(run.code == 0, "\(run.error)")
    let due = try runner.folder.text("due.csv").split(separator: "\n")
    #expect(due.contains { $0.hasPrefix("a,filter,after purifier,,180,,2024-06-29,,,2024-05-30,") })
    #expect(due.contains { $0.hasPrefix("b,filter,after purifier,,180,,2025-01-28,,,2024-12-29,") })
    let json = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let promotions = try #require(json["promotions"] as? [[String: Any]])
    #expect(promotions.count == 1 && promotions[0]["buyers"] as? Int == 3)
    #expect(try runner.run("ladder", "--section", "retention").output.contains("[30 j, 30 (j + 1))"))
  }

  /// Distinct purchase days, and rows: both are published.
  @Test func theLadderOfCDNOW() throws {
    guard let datasets = publicDataSets() else { return }
    func reached(_ occasion: String) throws -> [[String: Any]] {
      let runner = try CommandRunner([
        "rekindle.yaml": """
        rekindle: 1
        sources:
          orders:
            file: \(datasets)/cdnow/cdnow_master.csv.gz
            kind: purchase
            customer: customer_id
            time: date
            value: dollar_value
        features: {sets: []}
        lifecycle: {occasion: \(occasion)}

        """
      ])
      let run = try runner.run("ladder", "--section", "rungs", "--section", "curves", "--json")
      #expect(run.code == 0, "\(run.error)")
      let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
      return try #require(json?["rungs"] as? [[String: Any]])
    }
    let days = try reached("day")
    #expect(days.prefix(3).map { $0["reached"] as? Int } == [23_570, 11_516, 7476])
    #expect(abs((days[0]["ever"] as? Double ?? 0) - (1 - 0.507_261_221_872)) < 1e-9)
    let rows = try reached("order")
    #expect(rows.prefix(3).map { $0["reached"] as? Int } == [23_570, 11_662, 7583])
  }
}
