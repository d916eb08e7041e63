import ArgumentParser
import Rekindle

struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "The features of every customer, as seen from a date.",
    discussion: """
      A row for every customer with an event before the date; a column for every feature. What cannot
      be computed is empty. Nothing at or after the date is looked at. With --as-of several times
      there is a row for every customer and date, from one reading of the events.

      With --model the table is the one that this model would score: its features, with the population
      figures that it learnt, of the customers that it takes in. `rekindle score --features` gives that
      table the scores that the events would get.

      Examples:
        rekindle features --as-of 2026-03-01 --output features.parquet
        rekindle features --as-of 2026-02-01 --as-of 2026-03-01 --output features.parquet
        rekindle features --model churn.json --output features.parquet
      """)

  @OptionGroup var options: ProjectOptions

  @Option(
    help:
      "The day whose first moment is looked from; may be repeated. (default: the day after the last event)")
  var asOf: [DayArgument] = []

  @Option(name: .shortAndLong, help: "Compute the table that this model scores.")
  var model: String?

  @Flag(help: "Print the features' names, units and formulas instead of computing them.")
  var list = false

  @Flag(
    help: "Print the built-in catalogue as Markdown: names, formulas, why they are there. Needs no project.")
  var catalogue = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    if catalogue { return Terminal.writeOutput(FeatureSet.retail.markdown) }
    try output.check()
    let project = try options.load()
    let selection = try project.features(in: try project.schema())
    if list {
      Terminal.writeOutput(selection.table().text())
      return options.work.talk.say(selection.dropped)
    }
    let churnModel = try model.map { try ChurnModel(contentsOf: $0) }
    let expressions =
      churnModel.map { $0.features.map(\.expression) + [$0.windows.eligible] }
      ?? selection.kept.map(\.expression)
    let (log, intake) = try project.readEvents(for: expressions)
    options.work.talk.say(intake)
    if churnModel == nil { options.work.talk.say(selection.dropped) }
    let times =
      asOf.isEmpty
      ? [project.logEnd ?? log.end].compactMap(\.self) : asOf.map { $0.instant(in: project.calendar) }
    guard !times.isEmpty else {
      throw Diagnostic("RK0607", "the sources gave no events", help: "run `rekindle check`")
    }
    if let churnModel {
      return try writeTable(of: churnModel, in: log, asOf: times, project)
    }
    let tables = try FeatureTables(of: selection.kept, in: log, asOf: times, workers: project.workers)
    try output.write(calendar: project.calendar, work: options.work, next: tables.pieces())
    options.work.talk.say(
      "\(tables.rowCount) rows × \(selection.kept.count) features as of "
        + Set(times).sorted().map(project.calendar.text).joined(separator: ", ")
        + (output.output == "-" ? "" : " in \(output.output)"))
  }

  private func writeTable(
    of model: ChurnModel, in log: EventLog, asOf times: [Instant], _ project: Project
  ) throws {
    guard let time = times.first, times.count == 1 else {
      throw Diagnostic(
        "RK0615", "a model scores one moment, and \(times.count) were given", help: "give --as-of once")
    }
    let table = try Scorer(model: model).features(log, asOf: time, workers: project.workers)
    try output.write(table.outputColumns(), calendar: project.calendar, work: options.work)
    options.work.talk.say(
      "\(table.rowCount) customers × \(table.columns.count) features as of \(project.calendar.text(time))")
  }
}
