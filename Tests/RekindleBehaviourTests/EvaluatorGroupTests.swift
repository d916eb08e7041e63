import RekindleBehaviour
import RekindleCore
import RekindleEvents
import Testing

/// Reductions over groups, by hand: tea on days 1, 5, 13 (gaps 4, 8), cups on days 3, 9 (gap 6), a
/// pot on day 10, one purchase in no category.
@Suite struct EvaluatorGroupTests {
  static let log = EvaluatorFixture.log(
    [("tea", 1, 5.0), ("cup", 3, 20), ("tea", 5, 6), ("cup", 9, 30), ("pot", 10, 7), ("tea", 13, 8)].map {
      Event(
        customer: "a", kind: "purchase", time: EvaluatorFixture.instant(day: $1),
        attributes: ["category": .category($0), "value": .number($2)])
    } + [
      Event(
        customer: "a", kind: "purchase", time: EvaluatorFixture.instant(day: 14),
        attributes: ["value": .number(1000)]),
      Event(
        customer: "a", kind: "visit", time: EvaluatorFixture.instant(day: 15),
        attributes: ["category": .category("jug")]),
      Event(
        customer: "a", kind: "visit", time: EvaluatorFixture.instant(day: 16),
        attributes: ["category": .category("tea")]),
    ])

  /// Each line a formula and its answer at day 20.
  static let answers = """
    max(days_since_last(purchase by category)) = 11
    min(days_since_last(purchase by category)) = 7
    max(days_since_last(purchase by category) / gap_mean(purchase by category)) = 1.8333333333333333
    count(gap_mean(purchase by category)) = 2
    count(count(purchase by category) >= 2) = 2
    count(count(purchase, last 8d by category) == 0 and count(purchase by category) > 0) = 2
    count(count(purchase, last 8d by category) == 0) = 0
    sum(max(purchase.value by category)) = 45
    mean(count(purchase by category)) = 2
    median(sum(purchase.value by category)) = 19
    sum(sum(purchase.value, latest 2 by category)) = 71
    entropy(count(purchase, last 16d by category)) = 1.0397207708399179
    count(count(purchase by category) + count(visit by category)) = 4
    sum(count(purchase by category) * count(visit by category)) = 3
    sum(count(purchase by category) / count(purchase)) = 0.8571428571428571
    max(gap_last(purchase, latest 1 by category)) = 8
    sum(share(purchase where value > 5 by category)) = 2.6666666666666665
    count(share(purchase where value > 6 by category)) = 3
    sum(streak(purchase where value > 5 by category)) = 5
    max(days_since_last(purchase, last 2d by category)) = nan
    sum(count(purchase, last 2d by category)) = 0
    sum(count(purchase where age > 9 by category)) = 5
    """

  @Test(arguments: answers.split(separator: "\n"))
  func known(line: Substring) throws {
    let parts = line.split(separator: " = ")
    let expected = try #require(Double(parts[1]))
    let value = try EvaluatorFixture.number(String(parts[0]), Self.log, day: 20)
    #expect(
      value == expected || (value.isNaN && expected.isNaN) || abs(value - expected) < 1e-14,
      "\(line) gave \(value)")
  }
}
