public import ArgumentParser
import Foundation
import Logging
public import Rekindle

/// What every command that works on a project takes.
struct ProjectOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "The project file.")
  var project = "rekindle.yaml"

  @OptionGroup var work: WorkOptions

  func load() throws -> Project {
    try Project(contentsOf: project, workers: work.workers, logger: work.logger)
  }
}

/// How to work, and how much to say.
struct WorkOptions: ParsableArguments {
  @Option(help: "Threads to work on; the results are the same for any number. (default: all processors)")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Log each stage of the work and how long it took.")
  var verbose = false

  var logger: Logger {
    verbose
      ? Logger(label: "rekindle") { StreamLogHandler.standardError(label: $0) } : Project.silence
  }

  var workers: Workers { Workers(threads ?? ProcessInfo.processInfo.activeProcessorCount) }

  var talk: Talk { Talk(isQuiet: quiet) }

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }
}

/// A day in the project's time zone; the moment meant is its first.
struct DayArgument: ExpressibleByArgument {
  let date: CivilDate

  init?(argument: String) {
    guard let date = CivilDate(argument) else { return nil }
    self.date = date
  }

  func instant(in calendar: CivilCalendar) -> Instant { calendar.midnight(day: date.daysSinceEpoch) }
}

extension TableFile.Format: ExpressibleByArgument {}
extension LadderReport.Section: ExpressibleByArgument {}

/// Where a table goes and in which form.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: "The file to write, \"-\" for standard output; its ending says the format (csv, jsonl, parquet).")
  var output = "-"

  @Option(help: "The format, where the ending does not say it.")
  var format: TableFile.Format?

  @Flag(help: "Leave CSV cells that a spreadsheet would run as a formula as they are.")
  var raw = false

  @Flag(name: [.customShort("n"), .long], help: "Do everything but write.")
  var dryRun = false

  /// Whether the output is a file.
  var isFile: Bool { output != "-" }

  /// Finds out before the work what would stop the writing after it.
  /// - Throws: `RK0620` for an ending that no format has.
  func check() throws { _ = try chosenFormat }

  func write(_ columns: [OutputColumn], calendar: CivilCalendar, work: WorkOptions) throws {
    guard !dryRun else { return }
    try TableFile.write(
      columns, to: output, format: chosenFormat, calendar: calendar, raw: raw, workers: work.workers)
  }

  /// Writes a table piece by piece; a dry run makes the pieces all the same.
  func write(
    calendar: CivilCalendar, work: WorkOptions, next: @escaping () throws(Diagnostic) -> [OutputColumn]?
  ) throws {
    guard !dryRun else {
      while try next() != nil {}
      return
    }
    try TableFile.write(
      to: output, format: chosenFormat, calendar: calendar, raw: raw, workers: work.workers, next: next)
  }

  private var chosenFormat: TableFile.Format {
    get throws { try TableFile.Format(of: output, asked: format) }
  }
}

/// How a report is written.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case text, markdown, csv, json
}

/// Where a report goes and in which form.
struct ReportOptions: ParsableArguments {
  @Option(help: "text, markdown, csv or json.")
  var format: ReportFormat?

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    name: .shortAndLong,
    help: "The file to write, \"-\" for standard output; its ending says the format (txt, md, csv, json).")
  var output = "-"

  @Flag(name: [.customShort("n"), .long], help: "Do everything but write.")
  var dryRun = false

  func validate() throws {
    if json, let format, format != .json {
      throw ValidationError("--json and --format \(format.rawValue) disagree")
    }
  }

  var isFile: Bool { output != "-" }

  private static let endings: [(ending: String, format: ReportFormat)] = [
    ("txt", .text), ("md", .markdown), ("csv", .csv), ("json", .json),
  ]

  /// What was asked for, or what the ending says; text for standard output and names without an ending.
  /// - Throws: `RK0620` for an ending that no format has.
  var chosenFormat: ReportFormat {
    get throws {
      if json { return .json }
      if let format { return format }
      guard let ending = OutputEnding.of(output) else { return .text }
      guard let known = Self.endings.first(where: { $0.ending == ending }) else {
        throw OutputEnding.unknown(ending, of: output, known: Self.endings.map(\.ending))
      }
      return known.format
    }
  }

  /// Prints the report, or writes it to its file unless the run is dry.
  func write(_ text: String, work: WorkOptions) throws {
    guard isFile else { return Terminal.writeOutput(text) }
    guard !dryRun else { return }
    try OutputFile.write(Array(text.utf8), to: output, for: .everyone)
    work.talk.say("report: \(output)")
  }
}
