import RekindleBehaviour
import RekindleCore
import RekindleEvents
import Testing

private let checker = Checker(
  schema: EventSchema(kinds: [
    .init(
      name: "purchase",
      attributes: [
        .init(name: "value", type: .number), .init(name: "category", type: .category),
        .init(name: "gift", type: .flag), .init(name: "due", type: .time),
      ]),
    .init(name: "visit", attributes: [.init(name: "page", type: .category)]),
  ]),
  names: ["orders_90": .number, "is_new": .flag, "score": .number])

/// The error of an expression, and the characters under its caret.
private func failure(_ text: String, as role: Checker.Role = .feature) throws -> (
  error: Diagnostic, marked: String
)? {
  let source = ExpressionSource(text)
  let expression = try Expression(parsing: source)
  do throws(Diagnostic) {
    try checker.check(expression, as: role, source: source)
    return nil
  } catch {
    let line = error.place?.text ?? ""
    let start = (error.place?.column ?? 1) - 1
    return (error, String(line.dropFirst(start).prefix(error.place?.length ?? 0)))
  }
}

private let errors: [(String, String, String, String?)] = [
  ("count(purchse, last 90d)", "RK0320", "purchse", "did you mean purchase?"),
  ("sum(purchase.valeu, last 90d)", "RK0321", "valeu", "did you mean value?"),
  ("count(purchase, last 90d where gfit)", "RK0321", "gfit", "did you mean gift?"),
  ("count(purchase by categry)", "RK0321", "categry", "did you mean category?"),
  ("orders_9 + 1", "RK0322", "orders_9", "did you mean orders_90?"),
  ("purchase > 1", "RK0322", "purchase", nil),
  ("is_new + 1", "RK0323", "is_new", nil),
  ("count(purchase) and is_new", "RK0323", "count(purchase)", nil),
  ("not count(visit, last 7d)", "RK0323", "count(visit, last 7d)", nil),
  ("1 + latest(purchase.category)", "RK0323", "latest(purchase.category)", nil),
  ("latest(purchase.category) == 1", "RK0323", "latest(purchase.category) == 1", nil),
  ("latest(purchase.category) < \"a\"", "RK0323", "latest(purchase.category)", nil),
  ("orders_90 in [\"a\"]", "RK0323", "orders_90 in [\"a\"]", nil),
  ("is_new in [1]", "RK0323", "is_new in [1]", nil),
  ("if(orders_90, 1, 2)", "RK0323", "orders_90", nil),
  ("if(is_new, 1, is_new)", "RK0323", "is_new", nil),
  ("coalesce(latest(purchase.category), 1)", "RK0323", "latest(purchase.category)", nil),
  ("count(purchase.value)", "RK0324", "value", nil),
  ("sum(purchase, last 90d)", "RK0324", "purchase", nil),
  ("sum(purchase.category)", "RK0325", "category", nil),
  ("mean(purchase.gift)", "RK0325", "gift", nil),
  ("distinct(purchase.due)", "RK0325", "due", nil),
  ("count(purchase where value)", "RK0326", "value", nil),
  ("count(purchase where count(visit) > 1)", "RK0326", "count(visit)", nil),
  ("share(purchase, last 90d)", "RK0326", "share(purchase, last 90d)", nil),
  ("streak(purchase)", "RK0326", "streak(purchase)", nil),
  ("count(purchase by category)", "RK0327", "count(purchase by category)", nil),
  ("sum(orders_90 + 1)", "RK0327", "orders_90 + 1", nil),
  ("max(count(purchase by category) / count(visit by page))", "RK0327", "count(visit by page)", nil),
  ("count(purchase by value) > 1", "RK0327", "value", nil),
  ("count(purchase by hour) > 1", "RK0327", "hour", nil),
  ("count(latest(purchase.category by category))", "RK0327", "category", nil),
  ("max(any(purchase by category))", "RK0323", "any(purchase by category)", nil),
  ("clumpiness(purchase)", "RK0328", "clumpiness(purchase)", nil),
  ("clumpiness(purchase, latest 3)", "RK0328", "latest 3", nil),
  ("population_mean(count(purchase by category))", "RK0327", "count(purchase by category)", nil),
  (
    "population_mean(population_mean(orders_90))", "RK0329", "population_mean(population_mean(orders_90))",
    nil
  ),
  ("count(purchase where value > population_mean(value))", "RK0329", "population_mean(value)", nil),
]

private let directionErrors: [(String, Checker.Role, String, String)] = [
  ("count(purchase, next 90d)", Checker.Role.feature, "RK0330", "next 90d"),
  ("max(purchase.value, between 7d and 9d ahead where gift)", .feature, "RK0330", "between 7d and 9d ahead"),
  ("count(purchase, last 9d) - count(purchase where gift, next 90d)", .feature, "RK0330", "next 90d"),
  ("count(purchase, next 90d) >= 1", .eligibility, "RK0330", "next 90d"),
  ("population_mean(count(purchase, next 1d))", .feature, "RK0330", "next 1d"),
  ("max(count(purchase, next 1d by category))", .feature, "RK0330", "next 1d"),
  ("count(purchase, last 90d) == 0", .label, "RK0331", "last 90d"),
  ("count(purchase) == 0", .label, "RK0331", "count(purchase)"),
  ("count(purchase, next 9d) == 0 and count(purchase, latest 3) > 0", .label, "RK0331", "latest 3"),
  ("count(purchase, next 9d) > orders_90", .label, "RK0331", "orders_90"),
  ("sum(purchase.value, between 9d and 3d ago)", .metric, "RK0331", "between 9d and 3d ago"),
  ("true", .label, "RK0332", "true"),
  ("1 + 2", .metric, "RK0332", "1 + 2"),
  ("count(purchase, next 9d)", .label, "RK0323", "count(purchase, next 9d)"),
  ("count(purchase, last 9d)", .eligibility, "RK0323", "count(purchase, last 9d)"),
  ("latest(purchase.category, next 9d)", .metric, "RK0323", "latest(purchase.category, next 9d)"),
  ("population_mean(1) + count(purchase, next 9d)", .metric, "RK0329", "population_mean(1)"),
]

@Suite struct CheckerTests {
  @Test(arguments: errors)
  func everyErrorPointsAtItsPlace(_ text: String, _ code: String, _ marked: String, _ hint: String?) throws {
    let found = try failure(text)
    #expect(found?.error.code == code, "\(found.map { $0.error.description } ?? "no error")")
    #expect(found?.marked == marked)
    #expect(found?.error.hint == hint)
    #expect(found?.error.help?.isEmpty == false)
  }

  @Test(arguments: directionErrors)
  func directionHasNoWayAround(_ text: String, _ role: Checker.Role, _ code: String, _ marked: String) throws
  {
    let found = try failure(text, as: role)
    #expect(found?.error.code == code, "\(found.map { $0.error.description } ?? "no error")")
    #expect(found?.marked == marked)
  }

  @Test func whatIsRightHasItsType() throws {
    func type(_ text: String, as role: Checker.Role = .feature) throws -> ValueType {
      try checker.check(try Expression(parsing: text), as: role)
    }
    #expect(try type("count(purchase, last 90d)") == .number)
    #expect(try type("count(purchase, next 90d) == 0", as: .label) == .flag)
    #expect(try type("sum(purchase.value, next 14d)", as: .metric) == .number)
    #expect(try type("orders_90 >= 1 and is_new", as: .eligibility) == .flag)
    #expect(try type("latest(purchase.category)") == .text)
    #expect(try type("latest(purchase.gift)") == .flag)
    #expect(try type("latest(purchase.due)") == .number)
    #expect(try type("missing") == .number)
    #expect(try type("if(is_new, missing, is_new)") == .flag)
    #expect(try type("max(if(count(purchase by category) > 1, 2, missing))") == .number)
    #expect(try type("distinct(purchase.month, last 365d)") == .number)
    #expect(try type("count(visit where weekend and hour >= 18)") == .number)
    #expect(try type("latest(purchase.category) is missing") == .flag)
    #expect(try type("count(count(purchase by category) is missing)") == .number)
  }

  @Test func withoutItsTextTheCanonicalTextIsShown() {
    let built = Expression(.aggregate(Aggregate(.count, "purchase", window: .next(.days(3)))))
    do throws(Diagnostic) {
      try checker.check(built, as: .feature)
      Issue.record("accepted")
    } catch {
      #expect(error.place?.text == "count(purchase, next 3d)")
      #expect(error.place?.column == 17)
    }
  }

  @Test func theErrorSaysWhatThereIs() throws {
    let found = try failure("sum(purchase.amount)")
    #expect(
      found?.error.notes.first?.contains("value (number), category (category), gift (flag), due (time)")
        == true)
  }
}
