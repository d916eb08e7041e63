import ArgumentParser
import Rekindle

struct ExperimentAnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "What a campaign test did: health first, then every effect with its interval, then what to do.",
    discussion: """
      Takes a flat file with a row a unit (--units), an assignment whose outcomes are computed from the
      project's events (--assignment), or sums that a warehouse computed (--summary); the three agree.
      Exits 1 when a health check failed: the figures are shown, and no decision is taken from them.

      Examples:
        rekindle experiment analyze spring_coupon --assignment assignment.csv
        rekindle experiment analyze spring_coupon --units units.parquet --format csv --output report.csv
      """)

  @Argument(help: "The experiment's name in the project file.")
  var id: String

  @OptionGroup var options: ProjectOptions

  @OptionGroup var source: UnitOptions

  @Option(help: "Sums by arm in place of units: n, sums, sums of squares, cross-products.")
  var summary: String?

  @Option(
    help: """
      The assignment as assign wrote it, with its record beside it: permutations of a re-randomised deal keep \
      the deals that were balanced as well. (default: the file of --assignment or --units)
      """)
  var dealt: String?

  @Option(help: "Also write the sums that the report was made of to this file, for --summary.")
  var writeSummary: String?

  @Flag(
    help: """
      Add the probability that each variant is better, and the expected loss. Prior: Beta(1, 1) for a rate without covariates, flat \
      for every other difference.
      """)
  var posterior = false

  @Option(help: "Seeds permutations and bootstraps.")
  var seed: UInt64 = 1

  @OptionGroup var output: ReportOptions

  func validate() throws {
    guard [source.units, source.assignment, summary].count(where: { $0 != nil }) == 1 else {
      throw ValidationError("give one of --units, --assignment and --summary")
    }
  }

  func run() throws {
    let format = try output.chosenFormat
    let sums = try writeSummary.map { (path: $0, format: try TableFile.Format(of: $0)) }
    let project = try options.load()
    let entry = try source.entry(id, in: project)
    let outcome = try project.outcome(
      of: entry, from: input, asOf: source.asOf?.instant(in: project.calendar),
      crossovers: source.crossovers.policy, dealt: dealt)
    if let intake = outcome.intake { options.work.talk.say(intake) }
    let report = try analyze(
      outcome.moments, of: entry.experiment,
      options: AnalysisOptions(
        asOf: outcome.today, posterior: posterior ? AnalysisOptions.Posterior() : nil, seed: seed),
      deal: outcome.deal, workers: project.workers)
    if let sums, !output.dryRun {
      try TableFile.write(
        outcome.moments.summaryColumns(of: entry.experiment), to: sums.path, format: sums.format,
        calendar: project.calendar, workers: project.workers)
    }
    try output.write(render(report, format), work: options.work)
    if output.isFile || format == .csv { options.work.talk.say(report.summary()) }
    if !report.isHealthy {
      throw Diagnostic(
        "RK0619",
        "health checks failed: " + report.health.failures.map(\.name).joined(separator: ", "),
        kind: .checkFailed, notes: report.health.failures.map(\.sentence),
        help: "mend the cause and run the experiment again; its figures decide nothing")
    }
  }

  private var input: ExperimentInput {
    if let path = source.units { return .units(path) }
    if let path = source.assignment { return .assignment(path) }
    return .summary(summary ?? "")
  }

  private func render(_ report: ExperimentReport, _ format: ReportFormat) -> String {
    switch format {
    case .text: report.text()
    case .markdown: report.markdown()
    case .csv: report.longTable().csv()
    case .json: report.json()
    }
  }
}
