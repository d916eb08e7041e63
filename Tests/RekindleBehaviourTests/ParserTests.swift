import RekindleBehaviour
import RekindleCore
import Testing

/// Parses and returns the error, with the characters that the caret marks.
private func failure(_ text: String) -> (code: String, marked: String, hint: String?, help: String?)? {
  do throws(Diagnostic) {
    _ = try Expression(parsing: text)
    return nil
  } catch {
    guard let place = error.place, let line = place.text, let column = place.column else {
      return (error.code, "", error.hint, error.help)
    }
    return (error.code, String(line.dropFirst(column - 1).prefix(place.length)), error.hint, error.help)
  }
}

private let errors: [(String, String, String, String?)] = [
  ("count(purchase, last 90d) = 0", "RK0301", "=", "did you mean == ?"),
  ("a && b", "RK0301", "&&", "did you mean \"and\"?"),
  ("a ? b", "RK0301", "?", nil),
  ("x == \"open", "RK0302", "\"", nil),
  ("count(purchase, last 90days)", "RK0303", "90days", "did you mean 90d?"),
  ("count(purchase, last 3m)", "RK0303", "3m", "did you mean 90d?"),
  ("count(purchase, last 1.5d)", "RK0303", "1.5d", nil),
  ("count(purchase, last 0d)", "RK0303", "0d", nil),
  ("", "RK0304", "", nil),
  ("a +", "RK0304", "", nil),
  ("a b", "RK0304", "b", nil),
  ("(a + b", "RK0304", "", nil),
  ("purchase.value > 1", "RK0304", "purchase.value", nil),
  ("count(purchase where a where b)", "RK0304", "where b", nil),
  ("count(purchase by a by b)", "RK0304", "by b", nil),
  ("a in []", "RK0304", "]", nil),
  ("a and by", "RK0304", "by", nil),
  ("cuont(purchase)", "RK0305", "cuont", "did you mean count?"),
  ("avg(purchase.value)", "RK0305", "avg", "did you mean mean?"),
  ("log(a, b)", "RK0306", "log(a, b)", nil),
  ("if(a, b)", "RK0306", "if(a, b)", nil),
  ("count(purchase, 90d)", "RK0307", "90d", "last or next?"),
  ("count(purchase, lsat 90d)", "RK0307", "lsat", "did you mean last?"),
  ("count(purchase, last 90)", "RK0307", "90", "did you mean 90d?"),
  ("count(purchase, latest 8d)", "RK0307", "8d", nil),
  (
    "count(purchase, between 90d and 180d ago)", "RK0307", "between 90d and 180d ago",
    "did you mean between 180d and 90d ago?"
  ),
  ("90d + 1", "RK0307", "90d", nil),
  ("0 < a < 1", "RK0308", "<", nil),
]

@Suite struct ParserTests {
  @Test(arguments: [
    "count(purchase, last 90d)", "sum(purchase.value, next 14d)",
    "count(purchase, between 180d and 90d ago)", "count(purchase, between 7d and 97d ahead) == 0",
    "gap_mean(purchase, latest 8)", "count(purchase, last 90d where value > 10 and not gift)",
    "count(purchase where category in [\"a\", \"b\"]) >= 1",
    "max(days_since_last(purchase by category) / gap_median(purchase by category))",
    "max(purchase.value, last 90d)", "max(1, 2)", "max(orders, 2) + min(a, b, c)",
    "population_median(gap_median(purchase))", "population_mean(orders_90)",
    "churn_probability >= 0.6 and overdue_ratio >= 1", "if(a > 1, 2, missing)", "-5 - -3", "-(5)", "-x",
    "a - (b - c)", "(a + b) * c", "a / b / c", "not a and b", "not (a and b)", "(a or b) and c",
    "(a > b) == (c > d)", "latest(purchase.category) == \"say \\\"hi\\\"\\n\"",
    "distinct(purchase.`Order ID`, last 48h)", "max((overdue))", "count(latest, latest 8)",
    "(a is missing) == (b in [1, -2])", "clamp(x, 0, 1e+20)", "entropy(sum(purchase.value by category))",
    "sum(purchase.value, last 90d where weekend by category) + 1 > 0",
  ])
  func canonicalTextIsItsOwnCanonicalText(_ text: String) throws {
    #expect(try Expression(parsing: text).description == text)
  }

  @Test func otherWaysOfWritingHaveOneCanonicalText() throws {
    func canonical(_ text: String) throws -> String { try Expression(parsing: text).description }
    #expect(
      try canonical("count( purchase where value>10 , last 12w )")
        == "count(purchase, last 84d where value > 10)")
    #expect(
      try canonical("sum(purchase.value by category where gift, last 1d)")
        == "sum(purchase.value, last 1d where gift by category)")
    #expect(try canonical("a is not missing") == "not a is missing")
    #expect(try canonical("((a)) + ((b))") == "a + b")
    #expect(try canonical("x == 'it' # a comment") == "x == \"it\"")
    #expect(try canonical("a\n  + b") == "a + b")
    #expect(try canonical("1.50") == "1.5")
  }

  @Test func wordsThatMeanTwoThingsAreToldApart() throws {
    #expect(
      try Expression(parsing: "max(purchase.value, last 90d)").node
        == .aggregate(Aggregate(.max, "purchase", attribute: "value", window: .last(.days(90)))))
    #expect(
      try Expression(parsing: "max(a, last)").node
        == .call(.max, [Expression(.name("a")), Expression(.name("last"))]))
    #expect(
      try Expression(parsing: "count(any(purchase by category))").node
        == .overGroups(.count, Expression(.aggregate(Aggregate(.any, "purchase", by: "category")))))
    #expect(try Expression(parsing: "count(purchase)").node == .aggregate(Aggregate(.count, "purchase")))
  }

  @Test func operatorsGroupAsInArithmetic() throws {
    #expect(try Expression(parsing: "a + b * c") == Expression(parsing: "a + (b * c)"))
    #expect(try Expression(parsing: "a - b - c") == Expression(parsing: "(a - b) - c"))
    #expect(try Expression(parsing: "a - b - c") != Expression(parsing: "a - (b - c)"))
    #expect(try Expression(parsing: "not a == b or c") == Expression(parsing: "(not (a == b)) or c"))
  }

  @Test func spansCountCharacters() throws {
    let expression = try Expression(parsing: "\"Größe\" == x")
    guard case .binary(_, let left, let right) = expression.node else {
      Issue.record("not a comparison")
      return
    }
    #expect(left.span == 0..<7)
    #expect(right.span == 11..<12)
    #expect(expression.span == 0..<12)
  }

  @Test(arguments: errors)
  func everyErrorPointsAtItsPlace(_ text: String, _ code: String, _ marked: String, _ hint: String?) {
    let found = failure(text)
    #expect(found?.code == code)
    #expect(found?.marked == marked)
    #expect(found?.hint == hint)
    #expect(found?.help?.isEmpty == false)
  }

  @Test func deepAndLongTextsAreRefused() {
    let deep = String(repeating: "(", count: 200) + "1" + String(repeating: ")", count: 200)
    #expect(failure(deep)?.code == "RK0309")
    #expect(failure(String(repeating: "-", count: 200) + "x")?.code == "RK0309")
    #expect(failure(String(repeating: "not ", count: 200) + "x")?.code == "RK0309")
    #expect(failure(String(repeating: "1 + ", count: 3000) + "1")?.code == "RK0309")
  }

  @Test func theErrorStandsInTheFile() {
    let source = ExpressionSource(
      "cuont(purchase)", file: "rekindle.yaml", line: 12, column: 12, lineText: "    orders: cuont(purchase)")
    do throws(Diagnostic) {
      _ = try Expression(parsing: source)
      Issue.record("parsed")
    } catch {
      #expect(error.place?.line == 12)
      #expect(error.place?.column == 12)
      #expect(error.description.contains("--> rekindle.yaml:12:12"))
    }
    do throws(Diagnostic) {
      _ = try Expression(parsing: ExpressionSource("a +\n  log(b, c)", line: 4))
      Issue.record("parsed")
    } catch {
      #expect(error.place?.line == 5)
      #expect(error.place?.column == 3)
      #expect(error.place?.text == "  log(b, c)")
    }
  }
}
