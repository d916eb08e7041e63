import RekindleCore
import Testing

@Suite struct DiagnosticTests {
  @Test func theCaretStandsUnderThePlace() {
    let diagnostic = Diagnostic(
      "RK0207", "column \"custmer_id\" is not in orders.csv",
      at: .init(file: "rekindle.yaml", line: 7, column: 15, length: 10, text: "    customer: custmer_id"),
      hint: "did you mean \"customer_id\"?", notes: ["file has: customer_id, order_ts, amount"],
      help: "fix the name")
    #expect(
      diagnostic.description == """
        error[RK0207]: column "custmer_id" is not in orders.csv
          --> rekindle.yaml:7:15
         7 |     customer: custmer_id
           |               ^^^^^^^^^^ did you mean "customer_id"?
           = file has: customer_id, order_ts, amount
           = help: fix the name
        """)
  }

  @Test func withoutAPlaceTheHintStillShows() {
    let diagnostic = Diagnostic("RK0001", "no such zone", hint: "did you mean UTC?")
    #expect(diagnostic.description == "error[RK0001]: no such zone\n    = did you mean UTC?")
  }

  @Test func bothLinesOfAConflictHaveACaret() {
    var diagnostic = Diagnostic(
      "RK1007", "b offers 30%, and the most that a tier allows is 25%",
      at: .init(file: "rekindle.yaml", line: 9, column: 8, length: 3, text: "offer: 30%"), key: "outreach.a",
      against: "outreach.b", help: "offer 25% or less")
    #expect(!diagnostic.description.contains("outreach.b"))
    diagnostic.against?.place = .init(
      file: "rekindle.yaml", line: 12, column: 9, length: 3, text: "limits: 25%")
    #expect(
      diagnostic.description == """
        error[RK1007]: b offers 30%, and the most that a tier allows is 25%
          --> rekindle.yaml:9:8
         9 | offer: 30%
           |        ^^^
          --> rekindle.yaml:12:9
         12 | limits: 25%
            |         ^^^ against this
           = help: offer 25% or less
        """)
  }

  @Test func exitCodes() {
    #expect(Diagnostic.Kind.checkFailed.exitCode == 1)
    #expect(Diagnostic.Kind.userError.exitCode == 2)
    #expect(Diagnostic.Kind.internalError.exitCode == 3)
  }
}
