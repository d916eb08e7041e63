import Foundation
import RekindleBehaviour
import RekindleCore
import RekindleEvents
import RekindleStatistics
import Testing

/// Customers who buy at rates of their own and leave after a purchase with a chance of their own.
private func shop(customers: Int, seed: UInt64) -> [Event] {
  var random = RandomSource(seed: seed)
  func exponentialGap(_ rate: Double) -> Double { -log(1 - Double.random(in: 0..<1, using: &random)) / rate }
  var events: [Event] = []
  for customer in 0..<customers {
    let rate = exponentialGap(1) / 40
    let leaving = 0.05 + 0.5 * Double.random(in: 0..<1, using: &random)
    let level = 20 / (exponentialGap(1) + exponentialGap(1))
    var day = 300 * Double.random(in: 0..<1, using: &random)
    repeat {
      events.append(
        Event(
          customer: "c\(customer)", kind: "purchase",
          time: EvaluatorFixture.instant(day: Int(day), hour: 9),
          attributes: ["value": .number(level * (exponentialGap(1) + exponentialGap(1)))]))
      day += exponentialGap(rate)
    } while day < 420 && Double.random(in: 0..<1, using: &random) >= leaving
  }
  return events
}

@Suite struct ExpectationTests {
  private static let formulas = [
    "p_alive(purchase)", "p_none(purchase, 90d)", "expected_count(purchase, 90d)",
    "expected_mean(purchase.value)", "active_days(purchase) - 1", "span_days(purchase)",
    "age_days(purchase)", "repeat_mean(purchase.value)",
  ]

  private func definitions(_ formulas: [String] = formulas) throws -> [FeatureDefinition] {
    try formulas.enumerated().map { try EvaluatorFixture.feature("f\($0)", $1) }
  }

  private func moments(_ log: EventLog, day: Int) -> [Moment] {
    log.customers.indices.map { Moment(customer: Int32($0), time: EvaluatorFixture.instant(day: day)) }
  }

  @Test func theyAreTheModelsOfAllCustomersAtTheLatestMoment() throws {
    let log = EventLog(events: shop(customers: 1500, seed: 4), calendar: .utc)
    let evaluator = Evaluator(log: log, workers: Workers(2))
    let at = moments(log, day: 400)
    let definitions = try definitions()
    // Some customers, some of them earlier: the models are of everybody at the latest.
    let constants = try evaluator.populationConstants(
      of: definitions, at: Array(at[10..<30]) + moments(log, day: 200)[0..<5])
    let table = try evaluator.table(of: definitions, at: at, constants: constants)
    let columns = table.columns.map(EvaluatorFixture.numbers)
    let known = at.indices.filter { !columns[5][$0].isNaN }
    let histories = known.map {
      RepeatHistory(repeats: columns[4][$0], lastAge: columns[5][$0], age: columns[6][$0], unit: .day)
    }
    let spends = known.map { SpendHistory(repeats: columns[4][$0], mean: columns[7][$0]) }
    let timing = try MBGNBD.fit(histories, unit: .day).model
    let spend = try GammaGamma.fit(spends).model
    #expect(
      constants == [
        "mbg_nbd(purchase).r": timing.r, "mbg_nbd(purchase).alpha": timing.alpha,
        "mbg_nbd(purchase).a": timing.a, "mbg_nbd(purchase).b": timing.b,
        "gamma_gamma(purchase.value).p": spend.p, "gamma_gamma(purchase.value).q": spend.q,
        "gamma_gamma(purchase.value).v": spend.v,
      ])
    #expect(known.count > 1400)
    for (index, row) in known.enumerated() {
      let (x, last, age) = (columns[4][row], columns[5][row], columns[6][row])
      // The catalogue's formulas, written out.
      let alive =
        1
        / (1 + timing.a / (timing.b + x)
          * pow((timing.alpha + age) / (timing.alpha + last), timing.r + x))
      let quiet = pow((timing.alpha + age) / (timing.alpha + age + 90), timing.r + x)
      #expect(abs(columns[0][row] - alive) < 1e-12)
      #expect(abs(columns[1][row] - (1 - alive * (1 - quiet))) < 1e-12)
      #expect(columns[2][row] == timing.expectedPurchases(histories[index], within: .days(90)))
      #expect(columns[3][row] == spend.expectedSpend(spends[index]))
    }
  }

  @Test func theHistoryThatTheyReadIsInLocalDays() throws {
    let shanghai = try CivilCalendar(timeZone: "Asia/Shanghai")
    func purchase(_ day: Int, _ hour: Int, _ value: Double?) -> Event {
      Event(
        customer: "a", kind: "purchase", time: EvaluatorFixture.instant(day: day, hour: hour),
        attributes: value.map { ["value": .number($0)] } ?? [:])
    }
    // 15:00 and 17:00 UTC are two days in Shanghai.
    let log = EventLog(
      events: [
        purchase(10, 15, 8), purchase(10, 17, 2), purchase(10, 20, 4), purchase(14, 3, nil),
        purchase(20, 3, 6),
      ], calendar: shanghai)
    func number(_ formula: String, _ time: Instant) throws -> Double {
      EvaluatorFixture.numbers(
        try Evaluator(log: log, workers: Workers(1)).table(
          of: [try EvaluatorFixture.feature("f", formula)], at: [Moment(customer: 0, time: time)]
        ).columns[0])[0]
    }
    let midnight = shanghai.midnight(day: 30)
    #expect(try number("active_days(purchase)", midnight) == 4)
    #expect(try number("span_days(purchase)", midnight) == 10)
    // A midnight sees the day before it to its end, and nothing of its own.
    #expect(try number("age_days(purchase)", midnight) == 19)
    #expect(try number("age_days(purchase)", Instant(microseconds: midnight.microseconds + 1)) == 20)
    #expect(try number("repeat_mean(purchase.value)", midnight) == 4)
    #expect(try number("repeat_mean(purchase.value, latest 2)", midnight) == 6)
    #expect(try number("repeat_mean(purchase.value, last 10d)", midnight).isNaN)
    #expect(try number("span_days(purchase, last 3d)", midnight).isNaN)
    #expect(try number("span_days(purchase, last 10d)", midnight) == 0)
  }

  @Test func laterEventsChangeNothing() throws {
    let events = shop(customers: 600, seed: 9)
    let log = EventLog(events: events, calendar: .utc)
    let definitions = try definitions()
    let moment = EvaluatorFixture.instant(day: 250)
    let past = events.filter { $0.time < moment }
    func values(_ log: EventLog) throws -> [String: [UInt64]] {
      let evaluator = Evaluator(log: log, workers: Workers(2))
      let at = moments(log, day: 250)
      let table = try evaluator.table(
        of: definitions, at: at, constants: try evaluator.populationConstants(of: definitions, at: at))
      var rows: [String: [UInt64]] = [:]
      for row in 0..<table.rowCount {
        rows[table.customers[row]] = table.columns.map { EvaluatorFixture.numbers($0)[row].bitPattern }
      }
      return rows
    }
    let whole = try values(log)
    let cut = try values(EventLog(events: past, calendar: .utc))
    #expect(cut.count < whole.count)
    for (customer, row) in cut { #expect(whole[customer] == row, "\(customer)") }
  }

  @Test func withoutAModelTheyAreMissing() throws {
    // Nobody comes back.
    let log = EventLog(
      events: (0..<50).map {
        Event(customer: "c\($0)", kind: "purchase", time: EvaluatorFixture.instant(day: $0))
      }, calendar: .utc)
    let definitions = try definitions(["p_alive(purchase)", "p_none(purchase, 30d)"])
    let evaluator = Evaluator(log: log, workers: Workers(1))
    let at = moments(log, day: 100)
    let constants = try evaluator.populationConstants(of: definitions, at: at)
    #expect(constants.count == 4)
    #expect(constants.values.allSatisfy { $0.isNaN })
    let table = try evaluator.table(of: definitions, at: at, constants: constants)
    for column in table.columns { #expect(EvaluatorFixture.numbers(column).allSatisfy { $0.isNaN }) }
    #expect { try evaluator.table(of: definitions, at: at) } throws: {
      ($0 as? Diagnostic)?.code == "RK0356"
    }
  }

  @Test(arguments: [
    "p_alive(purchase)", "p_none(purchase, 90d)", "expected_count(`odd kind`, 30d)",
    "expected_mean(purchase.`net value`) / 2", "max(0.1, p_none(purchase, 7d))",
  ])
  func theyPrintAsTheyAreWritten(_ text: String) throws {
    #expect(try Expression(parsing: text).description == text)
  }

  @Test(arguments: [
    ("p_none(purchase)", "how far ahead"), ("p_none(purchase, last 90d)", "a number of days"),
    ("p_none(purchase, 48h)", "a number of days"), ("p_none(purchase, 0d)", "a whole number of days"),
    ("expected_mean(purchase)", "the attribute"), ("p_alive(purchase.value)", "a closing bracket"),
  ])
  func aMistakeIsPointedAt(_ text: String, _ words: String) {
    #expect { try Expression(parsing: text) } throws: {
      guard let diagnostic = $0 as? Diagnostic else { return false }
      return diagnostic.message.contains(words) && diagnostic.help?.contains("write") == true
    }
  }

  @Test func theyLookBack() throws {
    let checker = Checker(
      schema: EventSchema(kinds: [
        .init(
          name: "purchase",
          attributes: [.init(name: "value", type: .number), .init(name: "channel", type: .category)])
      ]))
    #expect(try checker.check(try Expression(parsing: "p_none(purchase, 90d)"), as: .feature) == .number)
    for (text, role, code) in [
      ("p_none(purchase, 90d) > 0.5", Checker.Role.label, "RK0329"),
      ("count(purchase where p_alive(purchase) > 0.5)", .feature, "RK0329"),
      ("p_alive(order)", .feature, "RK0320"), ("expected_mean(purchase.channel)", .feature, "RK0325"),
    ] {
      #expect { try checker.check(try Expression(parsing: text), as: role) } throws: {
        ($0 as? Diagnostic)?.code == code
      }
    }
  }
}
