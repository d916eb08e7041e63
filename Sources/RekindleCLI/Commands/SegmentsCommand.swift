import ArgumentParser
import Rekindle

struct SegmentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segments",
    abstract: "Where every customer is in their life with the shop, and what they are worth.",
    discussion: """
      A row for every customer with an event before the date: stage, relationship grade, recency,
      frequency and money with scores and segments, activity, signs of cooling with their values,
      expected purchases and value. With --model also the probability of churn and the value at risk.
      The summary goes to standard output when the rows go to a file or nowhere (-n), else to standard error. What the
      sources do not suffice for is left out, and that is said. Definitions are under lifecycle: in the
      project file.

      Examples:
        rekindle segments --output segments.csv
        rekindle segments --from 2026-01-01 --model model.json --output segments.parquet
      """)

  @OptionGroup var options: ProjectOptions

  @Option(help: "The day whose first moment is looked from. (default: the day after the last event)")
  var asOf: DayArgument?

  @Option(help: "Also count who moved from which stage to which since this day.")
  var from: DayArgument?

  @Option(name: .shortAndLong, help: "A churn model: adds its probability and the value at risk.")
  var model: String?

  @OptionGroup var output: OutputOptions

  @Flag(help: "Print the summary as JSON; the rows go to --output alone.")
  var json = false

  func run() throws {
    try output.check()
    let project = try options.load()
    let (report, intake) = try project.segments(
      asOf: asOf?.instant(in: project.calendar), since: from?.instant(in: project.calendar),
      model: try model.map { try ChurnModel(contentsOf: $0) })
    let talk = options.work.talk
    talk.say(intake)
    let toFile = output.output != "-"
    if toFile || !json {
      try output.write(
        calendar: project.calendar, work: options.work, next: report.pieces(workers: project.workers))
    }
    if json {
      Terminal.writeOutput(report.json())
    } else if toFile || output.dryRun {
      Terminal.writeOutput(report.text())
    } else {
      talk.say(report.text())
    }
    talk.say(
      "\(report.rows.count) customers as of \(project.calendar.text(report.asOf))"
        + (toFile && !output.dryRun ? ", in \(output.output)" : ""))
  }
}
