import Foundation
import Rekindle
import Testing

/// The same units from a flat file and from events.
@Suite struct ExperimentUnitsTests {
  static let experiment = """
    experiments:
      spring:
        arms: [control, treatment]
        segments: {regular: "count(purchase, last 365d) >= 8"}
        covariates: {prior_28d: "sum(purchase.value, last 28d)"}
        metrics:
          ordered_14d: {kind: proportion, formula: "count(purchase, next 14d) >= 1"}
          revenue_14d: {kind: mean, role: secondary, formula: "sum(purchase.value, next 14d)", covariates: [prior_28d]}
          basket_21d: {kind: ratio, role: secondary, formula: "sum(purchase.value, next 21d)", denominator: "count(purchase, next 21d)"}

    """
  static let project =
    SmallShop.project.replacing("horizon: 30d", with: "horizon: 30d\n  log_end: 2025-01-20") + experiment

  struct Order {
    var customer: String
    var day: Int
    var value: Double
  }

  /// What `SmallShop.orders` says, but for its last days, of which the log knows nothing.
  static let orders: [Order] = {
    var dayOfDate: [String: Int] = [:]
    for day in 0..<500 { dayOfDate[SmallShop.date(day)] = dayOfDate[SmallShop.date(day)] ?? day }
    return SmallShop.orders().split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",").map { String($0) }
      return Order(customer: cells[0], day: dayOfDate[cells[1]] ?? -1, value: Double(cells[2]) ?? .nan)
    }
  }()

  struct Unit {
    var customer: String
    var arm: String
    /// `nil`: never.
    var exposed: Int?
  }

  /// All customers, one of whom nothing is known, one who was never exposed; the last exposures are too
  /// young for the longer windows.
  static let units: [Unit] = (0..<61).map { index in
    Unit(
      customer: index == 60 ? "stranger" : "c\(index)", arm: index % 2 == 0 ? "control" : "treatment",
      exposed: index == 7 ? nil : 355 + index % 25)
  }

  /// The first of January 2024 is day 0; the log ends before this one.
  static let end = 385

  static func assignment(times: (Int) -> String = { SmallShop.date($0) }) -> String {
    "customer_id,arm,exposed_at\n"
      + units.map { "\($0.customer),\($0.arm),\($0.exposed.map(times) ?? "")\n" }.joined()
  }

  /// The columns as anybody would compute them.
  static func flat() -> String {
    var text =
      "customer_id,arm,exposed_at,regular,prior_28d,ordered_14d,revenue_14d,basket_21d,basket_21d_denominator\n"
    for unit in units {
      guard let day = unit.exposed else {
        text += "\(unit.customer),\(unit.arm),,,,,,,\n"
        continue
      }
      let own = orders.filter { $0.customer == unit.customer && $0.day < end }
      func values(_ days: Range<Int>) -> [Double] { own.filter { days.contains($0.day) }.map(\.value) }
      let (two, three) = (values(day..<(day + 14)), values(day..<(day + 21)))
      text += "\(unit.customer),\(unit.arm),\(SmallShop.date(day)),"
      text += values((day - 365)..<day).count >= 8 ? "yes," : "no,"
      text += "\(values((day - 28)..<day).reduce(0, +)),\(two.isEmpty ? 0 : 1),\(two.reduce(0, +)),"
      text += "\(three.reduce(0, +)),\(three.count)\n"
    }
    return text
  }

  private func withProject<Result>(
    _ files: [String: String], project: String = ExperimentUnitsTests.project,
    _ body: (Project, _ folder: String) throws -> Result
  ) throws -> Result {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    try folder.write(SmallShop.orders(), to: "orders.csv")
    // The last orders lie beyond the end of the log.
    let loose = project.replacing("kind: purchase", with: "kind: purchase\n    quarantine_limit: 1")
    try folder.write(loose, to: "rekindle.yaml")
    return try body(
      try Project(contentsOf: folder.path + "/rekindle.yaml", workers: Workers(2)), folder.path)
  }

  @Test func eventsGiveWhatAFlatFileGives() throws {
    try withProject(["a.csv": Self.assignment(), "f.csv": Self.flat()]) { project, folder in
      let entry = try project.experiment("spring")
      let events = try project.outcome(of: entry, from: .assignment(folder + "/a.csv"))
      let end = try #require(project.logEnd)
      let flat = try project.outcome(of: entry, from: .units(folder + "/f.csv"), asOf: end)
      #expect(events.moments == flat.moments)
      #expect(events.today == CivilDate("2025-01-20") && flat.today == events.today)
      let tally = events.moments.tally
      #expect(tally.rows == 61 && tally.unexposed == [0, 1, 0])
      let ordered = events.moments.metrics[0]
      #expect(ordered.immature.reduce(0, +) == Self.units.count { ($0.exposed ?? 0) + 14 > Self.end })
      #expect(events.moments.segments == [.init(name: "regular", values: ["no", "yes"])])
      // The stranger is there, with nothing.
      #expect(ordered.overall.map(\.count).reduce(0, +) > 40)
    }
  }

  @Test func asOfAnEarlierDayTheLaterOnesAreNotThere() throws {
    try withProject(["a.csv": Self.assignment(), "f.csv": Self.flat()]) { project, folder in
      let entry = try project.experiment("spring")
      let day = try #require(CivilDate(SmallShop.date(372)))
      let moment = project.calendar.midnight(day: day.daysSinceEpoch)
      let events = try project.outcome(of: entry, from: .assignment(folder + "/a.csv"), asOf: moment)
      let flat = try project.outcome(of: entry, from: .units(folder + "/f.csv"), asOf: moment)
      #expect(events.moments == flat.moments)
      #expect(
        events.moments.metrics[0].overall.map(\.count).reduce(0, +)
          == Self.units.count { ($0.exposed ?? 999) + 14 <= 372 })
      #expect(
        events.moments.tally.unexposed.reduce(0, +) == Self.units.count { ($0.exposed ?? 999) >= 372 })
    }
  }

  @Test func theLastDayOfAHistoryIsTheWhole() throws {
    try withProject(["a.csv": Self.assignment(), "f.csv": Self.flat()]) { project, folder in
      let entry = try project.experiment("spring")
      let whole = try project.outcome(of: entry, from: .assignment(folder + "/a.csv"))
      let history = try project.history(of: entry, from: .assignment(folder + "/a.csv"))
      #expect(history.first?.day == CivilDate(SmallShop.date(355)))
      #expect(history.last?.day == CivilDate("2025-01-19"))
      #expect(history.last?.moments == whole.moments)
      let flat = try project.history(
        of: entry, from: .units(folder + "/f.csv"), asOf: project.logEnd)
      #expect(flat.map(\.moments) == history.map(\.moments))
      let counts = history.map { $0.moments.metrics[0].overall.reduce(0) { $0 + $1.count } }
      #expect(counts == counts.sorted() && counts.first == 0)
    }
  }

  /// An exposure in the middle of a day: the window begins at that moment.
  @Test func windowsBeginAtTheExposure() throws {
    let orders = "customer_id,order_ts,amount,qty\n"
    let rows = ["a,2024-06-01T11:59:59,1,1", "a,2024-06-01T12:00:00,2,1", "a,2024-06-15T11:59:59,4,1"]
    let more = ["a,2024-06-15T12:00:00,8,1", "b,2024-01-01,1,1", "b,2024-12-01,1,1"]
    try withProject([
      "a.csv": "customer_id,arm,assigned_at\na,treatment,2024-06-01T12:00:00\nb,control,2024-06-01\n"
    ]) {
      project, folder in
      try (orders + (rows + more).joined(separator: "\n") + "\n")
        .write(toFile: folder + "/orders.csv", atomically: true, encoding: .utf8)
      let outcome = try project.outcome(
        of: try project.experiment("spring"), from: .assignment(folder + "/a.csv"))
      let revenue = outcome.moments.metrics[1]
      #expect(revenue.overall[1].means[0] == 6)
      #expect(revenue.overall[0].means[0] == 0)
      #expect(!outcome.moments.tally.knowsExposure)
      let covariate = try #require(revenue.plan.place(.covariate("prior_28d")))
      #expect(revenue.overall[1].means[covariate] == 1)
    }
  }

  @Test func factorColumnsNameTheCell() throws {
    let project = """
      rekindle: 1
      experiments:
        spring:
          factors: {coupon: [none, big], slot: [early, late]}
          metrics: {paid: {kind: mean}}
          columns: {id: who}
      """
    let units = """
      who,experiment,coupon,slot,paid
      a,spring,none,early,1
      b,spring,big,late,2
      c,summer,big,late,50
      d,spring,,,60
      e,spring,big,late,4
      f,spring,none,late,3
      g,spring,big,early,5
      """
    try withProject(["u.csv": units], project: project) { project, folder in
      let moments = try project.outcome(
        of: try project.experiment("spring"), from: .units(folder + "/u.csv")
      ).moments
      #expect(moments.arms == ["none/early", "none/late", "big/early", "big/late", "holdout"])
      #expect(moments.metrics[0].overall.map(\.count) == [1, 1, 1, 2, 0])
      #expect(moments.metrics[0].overall[3].means[0] == 3)
      #expect(moments.tally.unassigned == 2)
    }
  }

  /// What the formulas and the files of an experiment can have wrong, each with its code and place.
  @Test func badFormulasAndFiles() throws {
    let whole = Self.assignment()
    func refusal(
      _ project: String = Self.project, assignment: String = whole,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Diagnostic {
      try withProject(["a.csv": assignment], project: project) { project, folder in
        try #require(throws: Diagnostic.self, sourceLocation: sourceLocation) {
          try project.outcome(of: project.experiment("spring"), from: .assignment(folder + "/a.csv"))
        }
      }
    }
    func changed(_ old: String, _ new: String) -> String {
      Self.project.replacingOccurrences(of: old, with: new)
    }
    let long = try refusal(changed("next 14d", "next 400d"))
    #expect(long.code == "RK0852" && long.place?.text?.contains("ordered_14d: {") == true, "\(long)")
    #expect(long.message == "\"ordered_14d\" looks 400 days ahead, and the log covers 385")
    #expect(try refusal(changed("count(purchase, next 14d)", "count(purchase, last 14d)")).code == "RK0331")
    #expect(try refusal(changed("last 28d", "next 28d")).code == "RK0330")
    let segment = try refusal(changed("last 365d) >= 8", "last 365d)"))
    #expect(segment.code == "RK0854" && segment.place?.text?.contains("regular: ") == true, "\(segment)")
    #expect(try refusal(changed("count(purchase, next 14d)", "count(visit, next 14d)")).code == "RK0320")
    #expect(
      try refusal(changed(", formula: \"count(purchase, next 14d) >= 1\"", "")).code == "RK0850")
    let timeless = try refusal(assignment: whole.replacing("exposed_at", with: "sent"))
    #expect(timeless.code == "RK0853")
    #expect(try refusal(assignment: whole.replacing(",control,", with: ",contrl,")).code == "RK0840")
    try withProject([:]) { project, _ in
      let error = try #require(throws: Diagnostic.self) {
        try project.outcome(of: project.experiment("spring"), from: .units("-"))
      }
      #expect(error.code == "RK0851")
    }
  }

  /// 90,189 players of a game: the published differences, the split that is off, the one outlier.
  @Test func cookieCats() throws {
    guard let sets = publicDataSets() else { return }
    let project = """
      rekindle: 1
      experiments:
        spring:
          arms: [gate_30, gate_40]
          columns: {id: userid, arm: version}
          correction: none
          metrics:
            retention_1: {kind: proportion}
            retention_7: {kind: proportion}
            sum_gamerounds: {kind: mean, role: secondary}
      """
    try withProject([:], project: project) { project, _ in
      let entry = try project.experiment("spring")
      let outcome = try project.outcome(
        of: entry, from: .units(sets + "/cookie_cats/cookie_cats.csv.gz"))
      #expect(outcome.moments.tally.assigned == [44_700, 45_489, 0])
      let report = try analyze(outcome.moments, of: entry.experiment)
      let rows = report.rows.filter { $0.section == .comparison }
      let published = [(-0.591e-2, 0.074), (-0.820e-2, 0.0016), (-1.157, 0.38)]
      for (row, (difference, p)) in zip(rows, published) {
        #expect(abs(row.effect.difference - difference) <= 0.001 * abs(difference))
        #expect(abs(row.effect.pValue - p) <= 0.03 * p)
      }
      let ratio = try #require(report.health.warnings.first { $0.name == "sample_ratio" })
      #expect(abs((ratio.figure("p") ?? 0) - 0.0086) < 5e-5)
      #expect(
        report.health.warnings.contains { $0.sentence.contains("6390605") && $0.sentence.contains("-0.043") })
      #expect(report.isHealthy)
    }
  }
}
