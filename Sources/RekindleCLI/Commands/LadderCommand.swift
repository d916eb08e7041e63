import ArgumentParser
import Rekindle

struct LadderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ladder",
    abstract: "What repeats: purchase to purchase, category after category, month after month.",
    discussion: """
      Repurchase ladder with censoring counted right, one-and-done share, comparison of groups with the
      log-rank test, replenishment per category, next category, channels, cohort retention, buyers by
      month, discount dependence. All sections are printed unless --section names some; csv prints one.
      What the sources do not suffice for is left out, and that is said. Definitions are under lifecycle:
      in the project file.

      Groups (--by): cohort (month of the first purchase), first_coupon, first_discount, a category of
      the first purchase such as channel, or an expression as seen at the end of the first purchase day.

      Examples:
        rekindle ladder --section rungs --section curves
        rekindle ladder --section groups --by channel
        rekindle ladder --section retention --format csv --output retention.csv
        rekindle ladder --section replenishment --due-dates due.csv
      """)

  @OptionGroup var options: ProjectOptions

  @Option(help: "The day whose first moment is looked from. (default: the day after the last event)")
  var asOf: DayArgument?

  @Option(
    help:
      "A section to print; may be repeated: \(LadderReport.Section.allCases.map(\.rawValue).joined(separator: ", ")). (default: all)"
  )
  var section: [LadderReport.Section] = []

  @Option(help: "What to group customers by in the section groups.")
  var by = "cohort"

  @Option(help: "The rung that is compared in the section groups.")
  var rung = 1

  @OptionGroup var output: ReportOptions

  @Option(help: "Write the next due date of every customer and category to this file (csv, jsonl, parquet).")
  var dueDates: String?

  @Option(help: "Write every customer's channels with their weights to this file (csv, jsonl, parquet).")
  var channelWeights: String?

  @Flag(help: "Leave CSV cells that a spreadsheet would run as a formula as they are.")
  var raw = false

  func validate() throws {
    if (try? output.chosenFormat) == .csv, section.count != 1 {
      throw ValidationError("csv holds one table: give --section once")
    }
    if rung < 1 { throw ValidationError("--rung must be at least 1") }
  }

  func run() throws {
    let format = try output.chosenFormat
    for path in [dueDates, channelWeights].compactMap(\.self) { _ = try TableFile.Format(of: path) }
    let project = try options.load()
    var sections = section.isEmpty ? LadderReport.Section.allCases : section
    let printed = sections
    if dueDates != nil, !sections.contains(.replenishment) { sections.append(.replenishment) }
    if channelWeights != nil, !sections.contains(.channels) { sections.append(.channels) }
    let (report, intake) = try project.ladder(
      asOf: asOf?.instant(in: project.calendar), sections: sections, by: by, rung: rung)
    options.work.talk.say(intake)
    try output.write(render(report, printed, format), work: options.work)
    try write(report.dueColumns(), to: dueDates, project)
    try write(report.channelColumns(), to: channelWeights, project)
    if format == .csv { report.omitted.forEach(options.work.talk.say) }
    options.work.talk.say("as of \(project.calendar.text(report.asOf))")
  }

  private func write(_ columns: [OutputColumn]?, to path: String?, _ project: Project) throws {
    guard let path, let columns, !output.dryRun else { return }
    try TableFile.write(
      columns, to: path, format: TableFile.Format(of: path), calendar: project.calendar, raw: raw,
      workers: project.workers)
    options.work.talk.say("\(counted(columns.first?.count ?? 0, "row")) in \(path)")
  }

  private func render(
    _ report: LadderReport, _ sections: [LadderReport.Section], _ format: ReportFormat
  ) throws -> String {
    switch format {
    case .text: return report.text(sections)
    case .markdown: return report.markdown(sections)
    case .json: return report.json(sections)
    case .csv:
      guard let table = report.table(sections[0]) else {
        throw Diagnostic(
          "RK0922", "there is no section \(sections[0].rawValue) of these sources",
          notes: report.omitted, help: "map the sources that it needs")
      }
      return table.csv(raw: raw)
    }
  }
}
