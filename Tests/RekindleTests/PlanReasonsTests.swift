import Foundation
import Rekindle
import Testing

/// Why customers of the committed shop are withheld by `rekindle plan`: one primary reason, and all others.
@Suite struct PlanReasonsTests {
  /// By customer: the primary reason, and the others.
  private func reasons(_ runner: CommandRunner, _ arguments: [String]) throws -> [String: (
    String, Set<String>
  )] {
    let run = try runner.run(["plan", "--output", "a.csv", "--withheld", "w.csv"] + arguments)
    #expect(run.code == 0, "\(run.error)")
    let rows = SegmentsCommandTests.Rows(try runner.folder.text("w.csv"))
    var reasons: [String: (String, Set<String>)] = [:]
    for (row, id) in try rows.column("customer_id").enumerated() {
      let others = try rows.column("other_reasons")[row].split(separator: " ").map(String.init)
      #expect(Set(others).count == others.count)
      #expect(reasons.updateValue((try rows.column("reason")[row], Set(others)), forKey: id) == nil)
    }
    return reasons
  }

  /// Every guard that fails for any action that is meant for the customer is named, and no other is: asked
  /// anew, one customer and one action at a time.
  @Test(arguments: [true, false])
  func allOfThem(isOwnPlaybook: Bool) throws {
    let runner = try OutreachProject.runner(isOwnPlaybook ? OutreachProject.section : "")
    let named = try reasons(
      runner,
      ["--model", OutreachProject.model] + (isOwnPlaybook ? ["--assignment", "spring.csv"] : []))
    let path = runner.folder.path + "/rekindle.yaml"
    let project = try Project(contentsOf: path, workers: Workers(2))
    let (run, _) = try project.outreach(
      model: ChurnModel(contentsOf: OutreachProject.model),
      assignments: isOwnPlaybook ? [runner.folder.path + "/spring.csv"] : [])
    #expect(run.list.withheld.count == named.count && named.count > 500)
    var lists = 0
    for row in run.list.withheld {
      let id = run.outreach.customers[row.customer]
      let explanation = try #require(run.outreach.explanation(of: id, in: run.list))
      let meant = explanation.steps.filter { $0.outcome != .notMeant && $0.outcome != .notAsked }
      let failed = meant.map { step in
        step.outcome == .ends ? ["nothing"] : step.failed.map(\.rule.rawValue)
      }
      let (primary, others) = try #require(named[id])
      #expect(failed.first?.first == primary, "\(id)")
      #expect(Set(failed.joined()).subtracting([primary]) == others, "\(id)")
      if !others.isEmpty { lists += 1 }
    }
    #expect(lists > 20)
  }

  /// The events themselves say who has agreed to what.
  @Test func consentIsAsTheEventsHaveIt() throws {
    let runner = try OutreachProject.runner("")
    let named = try reasons(runner, ["--model", OutreachProject.model])
    let planned = SegmentsCommandTests.Rows(try runner.folder.text("a.csv"))
    let project = try Project(contentsOf: runner.folder.path + "/rekindle.yaml", workers: Workers(2))
    let log = try project.outreach().run.segments.log
    let stream = try #require(log.stream("consent"))
    guard case .category(let codes, let names)? = stream.attribute("channel")?.column,
      case .flag(let granted)? = stream.attribute("granted")?.column
    else {
      Issue.record("the shop has channels and grants")
      return
    }
    /// Channels to which the customer has agreed, at the end.
    func agreed(_ id: String) throws -> Set<String> {
      let customer = try #require(log.customers.firstIndex(of: id))
      var last: [String: (time: Instant, granted: Bool)] = [:]
      for event in Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1]) {
        let channel = names[Int(codes[event])]
        let time = stream.times[event]
        let isSame = last[channel]?.time == time
        last[channel] = (time, granted[event] == 1 && (!isSame || last[channel]?.granted == true))
      }
      return Set(last.filter { $0.value.granted }.keys)
    }
    let refused = named.filter { $0.value.0 == "consent" }.keys
    #expect(refused.count > 100)
    for id in refused { #expect(try agreed(id).isEmpty, "\(id)") }
    for (row, id) in try planned.column("customer_id").enumerated() {
      let channel = try planned.column("channel")[row]
      if channel != "service_desk" { #expect(try agreed(id).contains(channel), "\(id)") }
    }
  }
}
