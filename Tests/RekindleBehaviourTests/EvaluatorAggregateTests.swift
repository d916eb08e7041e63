import Foundation
import RekindleBehaviour
import RekindleCore
import RekindleEvents
import Testing

/// Answers worked out by hand, one a rule of `AggregateFunction`.
@Suite struct EvaluatorAggregateTests {
  /// Seven purchases of one customer, seen at midnight of day 100.
  static let shop = EvaluatorFixture.log([
    // day, hour, value, category
    purchase(day: 10, 12, 5, "tea"), purchase(day: 20, 12, 7, "tea"), purchase(day: 20, 18, 1, "pot"),
    purchase(day: 50, 12, 9, "cup"), purchase(day: 80, 12, nil, "tea"), purchase(day: 93, 0, 4, nil),
    purchase(day: 100, 0, 100, "jug"),
  ])

  static func purchase(day: Int, _ hour: Int, _ value: Double?, _ category: String?) -> Event {
    var attributes: [String: Event.Value] = [:]
    if let value { attributes["value"] = .number(value) }
    if let category { attributes["category"] = .category(category) }
    return Event(
      customer: "a", kind: "purchase", time: EvaluatorFixture.instant(day: day, hour: hour),
      attributes: attributes)
  }

  /// Each line a formula and its answer.
  static let answers = """
    count(purchase) = 6.0
    count(purchase, last 7d) = 1
    count(purchase, last 6d) = 0
    count(purchase, last 80d) = 5
    count(purchase, next 1d) = 1
    count(purchase, last 168h) = 1
    count(purchase, last 167h) = 0
    count(purchase, between 50d and 7d ago) = 2
    count(purchase, between 51d and 20d ago) = 1
    sum(purchase.value) = 26
    sum(purchase.value, last 3d) = 0
    mean(purchase.value) = 5.2
    mean(purchase.value, last 3d) = nan
    min(purchase.value) = 1
    max(purchase.value) = 9
    sd(purchase.value) = 3.03315017762062
    sd(purchase.value, last 7d) = nan
    median(purchase.value) = 5
    median(purchase.value, last 60d) = 6.5
    latest(purchase.value) = 4
    latest(purchase.value, latest 2) = 4
    first(purchase.value) = 5
    first(purchase.value, last 25d) = 4
    distinct(purchase.category) = 3
    distinct(purchase.category, last 3d) = 0
    distinct(purchase.hour) = 3
    top_share(purchase.category) = 0.6
    top_share(purchase.category, last 7d) = nan
    entropy(purchase.category, last 80d) = 1.0397207708399179
    entropy(purchase.category, last 25d) = 0
    share(purchase where value > 4) = 0.6
    share(purchase, last 3d where value > 4) = nan
    share(purchase, latest 3 where value > 4) = 0.5
    days_since_last(purchase) = 7
    days_since_first(purchase) = 89.5
    days_since_last(purchase where category == "pot") = 79.25
    days_since_last(purchase, next 1d) = 0
    active_days(purchase) = 5
    active_days(purchase, latest 5) = 4
    active_days(purchase, last 3d) = 0
    gap_mean(purchase) = 20.75
    gap_median(purchase) = 21.5
    gap_last(purchase) = 13
    gap_mean(purchase, latest 2) = 21.5
    gap_sd(purchase, latest 2) = 12.020815280171307
    gap_cv(purchase, latest 2) = nan
    gap_last(purchase, last 7d) = nan
    gap_percentile(purchase) = 0.16666666666666666
    gap_percentile(purchase, last 30d) = 0.3333333333333333
    gap_percentile(purchase, last 7d) = nan
    gap_lengthening(purchase) = 0.0723206615796261
    gap_slope(purchase, latest 2) = nan
    gap_regularity(purchase, last 25d) = nan
    streak(purchase where value > 3) = 2
    streak(purchase where value > 5) = 0
    count(purchase, latest 2 where value > 3) = 2
    sum(purchase.value, latest 2) = 4
    sum(purchase.value, latest 2 where value > 3) = 13
    count(purchase where age > 7) = 5
    count(purchase where age >= 7) = 6
    max(purchase.age) = 89.5
    count(purchase, next 1d where age < 0) = 0
    count(purchase where weekend) = 3
    count(purchase where hour == 12) = 4
    count(purchase where value is missing) = 1
    count(purchase where not (value > 6)) = 3
    count(purchase where value > 6 or category == "pot") = 3
    count(purchase where category in ["tea", "jug", "none"]) = 3
    count(purchase where category != "tea") = 2
    """

  @Test(arguments: answers.split(separator: "\n"))
  func known(line: Substring) throws {
    let equals = try #require(line.range(of: " = ", options: .backwards))
    let formula = String(line[..<equals.lowerBound])
    let expected = try #require(Double(line[equals.upperBound...]))
    let value = try EvaluatorFixture.number(formula, Self.shop, day: 100)
    #expect(
      value == expected || (value.isNaN && expected.isNaN) || abs(value - expected) < 1e-14,
      "\(formula) gave \(value)")
  }

  /// Days 1, 3, 7, 15: ln of the gaps is on a line of slope ln 2.
  @Test func slopeOfDoublingGapsIsLogTwo() throws {
    let log = EvaluatorFixture.log([1, 3, 7, 15].map { Self.purchase(day: $0, 0, nil, nil) })
    #expect(
      abs(try EvaluatorFixture.number("gap_slope(purchase)", log, day: 20) - 0.6931471805599453) < 1e-15)
    let deviation = (28.0 / 3).squareRoot()
    #expect(
      abs(try EvaluatorFixture.number("gap_cv(purchase)", log, day: 20) - deviation / (14.0 / 3)) < 1e-15)
  }

  @Test func equalGapsAreRegularToTheCap() throws {
    let log = EvaluatorFixture.log([1, 3, 5, 7].map { Self.purchase(day: $0, 0, nil, nil) })
    #expect(try EvaluatorFixture.number("gap_regularity(purchase)", log, day: 20) == 20)
  }

  /// One event in the middle of ten days: shares 6/11 and 5/11.
  @Test func clumpinessOfOneEvent() throws {
    let log = EvaluatorFixture.log([Self.purchase(day: 15, 0, nil, nil)])
    let value = try EvaluatorFixture.number("clumpiness(purchase, last 10d)", log, day: 20)
    // 1 + (6/11 ln 6/11 + 5/11 ln 5/11) / ln 2
    #expect(abs(value - 0.005969788523043418) < 1e-12)
  }

  @Test func textsComeOutAsCategories() throws {
    let table = try Evaluator(log: Self.shop, workers: Workers(1)).table(
      of: [try EvaluatorFixture.feature("latest", "latest(purchase.category)")],
      at: [5, 15, 30, 60, 100].map { Moment(customer: 0, time: EvaluatorFixture.instant(day: $0)) })
    guard case .category(let codes, let dictionary) = table.columns[0].values else {
      Issue.record("not a category")
      return
    }
    #expect(dictionary == ["cup", "pot", "tea"])
    #expect(codes == [-1, 2, 1, 0, 2])
  }
}
