public import RekindleExperiments
internal import RekindleTables

extension ExperimentReport {
  /// For a terminal: what to do, what health says, then the tables.
  public func text() -> String {
    ([summary()] + tables().map { $0.text() }).joined(separator: "\n")
  }

  /// The same as a document to send round.
  public func markdown() -> String {
    let lines = summary().split(separator: "\n").map { "- \($0.drop { $0 == " " })\n" }.joined()
    return (["# \(experiment)\n", lines] + tables().map { $0.markdown() }).joined(separator: "\n")
  }

  /// Everything, every digit.
  public func json() -> String {
    let members = [
      "\"experiment\": \(jsonString(experiment))",
      "\"status\": \(jsonString(status.kind.rawValue))", "\"words\": \(jsonString(status.words))",
      "\"next_step\": \(jsonString(status.nextStep))",
      "\"healthy\": \(isHealthy)", "\"health\": \(health.json())", "\"rows\": \(longTable().json())",
    ]
    return "{\n" + members.joined(separator: ",\n") + "\n}\n"
  }
}

extension HealthReport {
  /// A list of all checks with their figures.
  fileprivate func json() -> String {
    let items = checks.map { check -> String in
      let figures = check.figures.map { figure in
        "\(jsonString(figure.name)): \(figure.value.isFinite ? shortest(figure.value) : "null")"
      }
      return "{\"check\": \(jsonString(check.name)), "
        + "\"metric\": \(check.metric.map { jsonString($0) } ?? "null"), "
        + "\"verdict\": \(jsonString(check.verdict.rawValue)), \"figures\": {\(figures.joined(separator: ", "))}, "
        + "\"sentence\": \(jsonString(check.sentence))}"
    }
    return "[\(items.joined(separator: ", "))]"
  }
}

extension MonitorReport {
  public func text() -> String {
    let told = health.failures + health.warnings
    var lines = ["\(experiment): \(words). \(reason)", "Next: \(nextStep)"]
    lines += told.map {
      "Health \($0.verdict == .fail ? "FAILED" : "warning"): \($0.metric.map { "\($0): " } ?? "")\($0.sentence)"
    }
    // Days on which nothing may be seen say nothing, but for how far it is by now.
    var shown = self
    shown.looks = looks.filter { $0.verdict != .hidden || $0.day == looks.last?.day }
    return lines.joined(separator: "\n") + "\n\n" + shown.lookTable().text()
  }

  public func json() -> String {
    let members = [
      "\"experiment\": \(jsonString(experiment))", "\"advice\": \(jsonString(advice.rawValue))",
      "\"reason\": \(jsonString(reason))", "\"next_step\": \(jsonString(nextStep))",
      "\"days_left\": \(daysLeft.map { String($0) } ?? "null")", "\"health\": \(health.json())",
      "\"looks\": \(lookTable().json())",
    ]
    return "{\n" + members.joined(separator: ",\n") + "\n}\n"
  }

  private var words: String {
    switch advice {
    case .stop: "stop"
    case .goOn: "go on"
    case .review: "review"
    }
  }
}
