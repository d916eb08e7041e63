import ArgumentParser
import Rekindle

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "What to do for whom: an action list, with everybody who was withheld and why.",
    discussion: """
      Asks the playbook of the project file (outreach:, or the built-in one) for every customer: the first \
      action whose rule holds and that no guard-rail keeps. Budget and capacity go to those with the most \
      value at risk. Planned and withheld together are all for whom some action was meant. The summary goes \
      to standard output when the rows go to a file, else to standard error.

      send_slot is the customer's local time (outreach.time_zone; without it the shop's) with its distance \
      from UTC. Messages of outreach.scheduled count against the frequency cap and an action's places; those \
      of ids that no source has count for the places alone, and the summary says how many they are; a row \
      without an id is refused.

      Examples:
        rekindle plan --model model.json --output actions.csv --withheld withheld.csv
        rekindle plan --model model.json --dry-run
      """)

  @OptionGroup var options: ProjectOptions

  @Option(name: .shortAndLong, help: "A churn model: gives the probability and the value at risk.")
  var model: String?

  @Option(help: "The day whose first moment the plan is made at. (default: the day after the last event)")
  var asOf: DayArgument?

  @Option(
    help: "The assignment of the experiment that actions feed; experiment=file where there are several.")
  var assignment: [String] = []

  @OptionGroup var output: OutputOptions

  @Option(help: "Write everybody who was withheld, with all reasons, to this file.")
  var withheld: String?

  @Flag(help: "Print the summary as JSON; the rows go to --output alone.")
  var json = false

  func run() throws {
    try output.check()
    let withheldFormat = try withheld.map {
      try TableFile.Format(of: $0, asked: OutputEnding.of($0) == nil ? output.format : nil)
    }
    let project = try options.load()
    let (plan, intake) = try project.outreach(
      asOf: asOf?.instant(in: project.calendar), model: try model.map { try ChurnModel(contentsOf: $0) },
      assignments: assignment)
    let talk = options.work.talk
    talk.say(intake)
    if let withheld, let withheldFormat, !output.dryRun {
      try TableFile.write(
        plan.withheldColumns(workers: project.workers), to: withheld,
        format: withheldFormat, calendar: project.calendar, raw: output.raw, workers: project.workers)
    }
    if output.isFile || !json {
      try output.write(
        plan.plannedColumns(workers: project.workers), calendar: project.calendar, work: options.work)
    }
    if json {
      Terminal.writeOutput(plan.json())
    } else if output.isFile || output.dryRun {
      Terminal.writeOutput(plan.text())
    } else {
      talk.say(plan.text())
    }
    talk.say(
      "\(plan.list.planned.count) actions as of \(project.calendar.text(plan.outreach.moment))"
        + (output.dryRun ? ", nothing written" : output.isFile ? ", in \(output.output)" : ""))
  }
}
