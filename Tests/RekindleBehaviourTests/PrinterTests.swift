import Foundation
import RekindleBehaviour
import Testing

// Foundation has an Expression of its own.
private typealias Expression = RekindleBehaviour.Expression

@Suite struct PrinterTests {
  @Test func randomExpressionsComeBackFromTheirText() throws {
    for seed in 0..<3000 {
      var random = RandomExpressions(
        seed: UInt64(seed), looksAhead: seed % 3 == 0, hasContext: seed % 2 == 0)
      let expression = random.next()
      let text = expression.description
      let back = try Expression(parsing: text)
      #expect(back == expression, "seed \(seed): \(text)")
      #expect(back.description == text)
    }
  }

  @Test func randomExpressionsAreWellTyped() throws {
    let checker = Checker(schema: RandomExpressions.schema, names: ["score": .number])
    for seed in 0..<3000 {
      var random = RandomExpressions(seed: UInt64(seed), hasContext: true)
      let expression = random.next()
      #expect(throws: Never.self, "seed \(seed): \(expression)") {
        try checker.check(expression, as: .feature)
      }
    }
  }

  @Test func whatSwiftBuildsReadsBack() throws {
    for node: Expression.Node in [
      .negate(Expression(.number(5))), .negate(Expression(.number(-5))),
      .negate(Expression(.negate(Expression(.name("x"))))), .name("not"), .name("two words"), .name("a`b"),
      .overGroups(.max, Expression(.name("x"))), .number(1e300), .number(-0.1),
      .number(.leastNonzeroMagnitude),
      .binary(.subtract, Expression(.number(-1)), Expression(.number(-2))), .text("\\ \" \n \t é"),
      .not(Expression(.not(Expression(.flag(true))))),
      .isMissing(Expression(.isMissing(Expression(.name("x"))))),
    ] {
      let expression = Expression(node)
      #expect(try Expression(parsing: expression.description) == expression)
    }
  }

  @Test func codableIsTheText() throws {
    let expression = try Expression(parsing: "count(purchase,last 90d)>=1")
    let data = try JSONEncoder().encode([expression])
    #expect(String(decoding: data, as: UTF8.self) == "[\"count(purchase, last 90d) >= 1\"]")
    #expect(try JSONDecoder().decode([Expression].self, from: data) == [expression])
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode([Expression].self, from: Data("[\"count(\"]".utf8))
    }
  }
}
