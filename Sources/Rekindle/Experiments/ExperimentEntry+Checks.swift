internal import RekindleBehaviour
internal import RekindleChurn
internal import RekindleCore
internal import RekindleEvents
internal import RekindleExperiments

extension ExperimentEntry {
  /// Refuses an experiment in which nothing is measured: to report nothing and call it done would pass for an
  /// answer. Assigning its units needs no metric.
  /// - Throws: `RK0811`.
  func checkMetrics() throws(Diagnostic) { _ = try experiment.primaryMetrics() }

  /// Checks that a metric's window fits into the log.
  /// - Throws: `RK0852`.
  func checkReach(in log: EventLog, end: Instant) throws(Diagnostic) {
    guard let start = log.span?.lowerBound else { return }
    for formula in formulas where formula.use == .metric {
      let reach = formula.expression.reach
      guard reach.end(from: start, log.calendar) > end else { continue }
      let days = log.calendar.day(of: end) - log.calendar.day(of: start)
      throw Diagnostic(
        "RK0852", "\"\(formula.column)\" looks \(reach.days) days ahead, and the log covers \(days)",
        at: formula.place, help: "shorten the window, or wait until the log is longer")
    }
  }

  /// Checks every formula against the kinds that there are, with the caret in the file.
  /// - Throws: `RK0320` to `RK0332` as the checker; `RK0854` for a segment that is a number and a covariate
  ///   that is a text.
  func check(in schema: EventSchema) throws(Diagnostic) {
    let checker = Checker(schema: schema)
    for formula in formulas {
      let role: Checker.Role = formula.use == .metric ? .metric : .feature
      let type = try checker.check(formula.expression, as: role, source: formula.source).scalar
      let wanted: String? =
        switch formula.use {
        case .segment: type == .number ? "a text or a yes or no, and this is a number" : nil
        case .covariate: type == .text ? "a number or a yes or no, and this is a text" : nil
        case .metric: nil
        }
      if let wanted {
        throw Diagnostic(
          "RK0854", "\"\(formula.column)\" has to be \(wanted)", at: formula.place,
          help: "compare it with something, such as … >= 1")
      }
    }
  }
}

extension ExperimentEntry.Formula {
  fileprivate var place: Diagnostic.Place { source.place(of: 0..<source.text.count) }
}
