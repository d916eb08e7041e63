import ArgumentParser
import Rekindle

struct ExperimentMonitorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "monitor",
    abstract: "Where a running test stands: stop, go on or review, and why.",
    discussion: """
      Looks at the test as it was known on every day so far, by the plan that the project file promised:
      planned looks with their boundaries, or an interval that may be looked at any time. Exits 1 when a
      health check failed.

      Example:
        rekindle experiment monitor spring_coupon --assignment assignment.csv
      """)

  @Argument(help: "The experiment's name in the project file.")
  var id: String

  @OptionGroup var options: ProjectOptions

  @OptionGroup var source: UnitOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (source.units != nil) != (source.assignment != nil) else {
      throw ValidationError("give one of --units and --assignment")
    }
  }

  func run() throws {
    let project = try options.load()
    let entry = try source.entry(id, in: project)
    let input: ExperimentInput = source.units.map { .units($0) } ?? .assignment(source.assignment ?? "")
    let history = try project.history(
      of: entry, from: input, asOf: source.asOf?.instant(in: project.calendar),
      crossovers: source.crossovers.policy)
    let report = try monitor(history, of: entry.experiment)
    Terminal.writeOutput(json ? report.json() : report.text())
    if report.health.verdict == .fail {
      throw Diagnostic(
        "RK0619",
        "health checks failed: " + report.health.failures.map(\.name).joined(separator: ", "),
        kind: .checkFailed, notes: report.health.failures.map(\.sentence),
        help: "stop the experiment, mend the cause and begin again")
    }
  }
}
