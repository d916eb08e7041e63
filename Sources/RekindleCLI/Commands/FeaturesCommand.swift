import ArgumentParser
import Rekindle

struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "The features of every customer, as seen from a date.",
    discussion: """
      A row for every customer with an event before the date; a column for every feature. What cannot
      be computed is empty. Nothing at or after the date is looked at.

      Example:
        rekindle features --as-of 2026-03-01 --output features.parquet
      """)

  @OptionGroup var options: ProjectOptions

  @Option(help: "The day whose first moment is looked from. (default: the day after the last event)")
  var asOf: DayArgument?

  @Flag(help: "Print the features' names, units and formulas instead of computing them.")
  var list = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let project = try options.load()
    let selection = try project.features(in: try project.schema())
    if list {
      Terminal.writeOutput(selection.table().text())
      return options.work.talk.say(selection.dropped)
    }
    let (log, intake) = try project.readEvents(for: selection.kept.map(\.expression))
    options.work.talk.say(intake)
    options.work.talk.say(selection.dropped)
    guard let time = asOf?.instant(in: project.calendar) ?? log.end else {
      throw Diagnostic("RK0607", "the sources gave no events", help: "run `rekindle check`")
    }
    let table = try project.featureTable(of: selection.kept, in: log, asOf: time)
    try output.write(table.outputColumns(), calendar: project.calendar, work: options.work)
    options.work.talk.say(
      "\(table.rowCount) customers × \(table.columns.count) features as of \(project.calendar.text(time))"
        + (output.output == "-" ? "" : " in \(output.output)"))
  }
}
