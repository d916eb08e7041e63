import ArgumentParser
import Rekindle

struct ExperimentSimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Whether the analysis can be trusted on your own customers: false alarms, coverage, power.",
    discussion: """
      Deals the units' arms again by chance, many times, so that the truth is known: no effect (A/A), or one
      that --effect puts in (A/B). Each deal is analysed as the experiment would be; printed is how often
      that is right, with its Monte-Carlo error, and what to use instead where it is not.

      The units come from a flat file with a row a unit (--units; arms in it are forgotten, and need not
      be there), from an assignment whose outcomes are in the project's events (--assignment), or are all
      customers as of a day whose outcomes are known by now. --rate draws conversions instead, and needs no
      project file: --units is then how many there are in all arms together.

      Exits 1 when an estimator of the experiment, its correction or its looks do not keep their promise.

      Examples:
        rekindle experiment simulate spring_coupon --units units.csv
        rekindle experiment simulate spring_coupon --effect revenue_14d=5% --runs 2000
        rekindle experiment simulate --rate 0.05 --lift 0.1 --units 20000
      """)

  @Argument(help: "The experiment's name in the project file; with --rate it may be left out.")
  var id: String?

  @OptionGroup var options: ProjectOptions

  @Option(help: "A flat file with a row a unit: outcomes, covariates. With --rate: how many units.")
  var units: String?

  @Option(help: "Who was assigned and exposed when; outcomes are computed from the project's events.")
  var assignment: String?

  @Option(help: "As seen from the first moment of this day. (default: as late as the outcomes are known)")
  var asOf: DayArgument?

  @Option(help: "Draw conversions at this rate of the control, between 0 and 1.")
  var rate: Double?

  @Option(help: "With --rate: how much higher the variants' rate is, relative to the control's: 0.1 is 10 %.")
  var lift: Double?

  @Option(
    name: .customLong("effect"),
    help: """
      Put an effect into a metric of every variant: revenue=5% relative to the control, revenue=2.5 in the \
      metric's unit; may be repeated.
      """)
  var effects: [EffectArgument] = []

  @Option(help: "How many experiments.")
  var runs = 1000

  @Option(help: "The seed of everything random; the same seed gives the same bytes.")
  var seed: UInt64 = 1

  @Option(help: "Look so many times, at equal steps of the units. (default: as the plan has it)")
  var looks: Int?

  @Option(help: "text, markdown, csv or json.")
  var format = ReportFormat.text

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if rate == nil {
      guard id != nil else { throw ValidationError("name an experiment of the project file, or give --rate") }
      if lift != nil { throw ValidationError("--lift goes with --rate; use --effect METRIC=10%") }
      if units != nil, assignment != nil { throw ValidationError("give one of --units and --assignment") }
    } else {
      guard let units, Int(units) != nil else {
        throw ValidationError("with --rate, --units says how many: --units 20000")
      }
      if assignment != nil || asOf != nil || !effects.isEmpty {
        throw ValidationError("--rate draws its units: --assignment, --as-of and --effect have no meaning")
      }
    }
  }

  func run() throws {
    let simulation = try simulation()
    let progress = Progress(total: runs, unit: "runs", isShown: !options.work.quiet)
    let report = try simulation.run(workers: options.work.workers, progress: progress.report)
    progress.finish()
    switch json ? .json : format {
    case .text: Terminal.writeOutput(report.text())
    case .markdown: Terminal.writeOutput(report.markdown())
    case .csv:
      Terminal.writeOutput(report.table().csv())
      options.work.talk.say(report.summary())
    case .json: Terminal.writeOutput(report.json())
    }
    if !report.holds {
      let first = report.failures.map { "\($0.metric): \($0.estimator), \($0.measure.rawValue)" }
      throw Diagnostic(
        "RK0885", "the analysis of \"\(report.experiment)\" does not keep its promise", kind: .checkFailed,
        notes: Array(first.prefix(5)), help: "use what holds: the report names it for each metric")
    }
  }

  private func simulation() throws -> ExperimentSimulation {
    var settings = ExperimentSimulation.Options(runs: runs, seed: seed, looks: looks)
    if let rate {
      let experiment = try id.map { try options.load().experiment($0).experiment }
      return try ExperimentSimulation(
        rate: rate, lift: lift ?? 0, units: Int(units ?? "") ?? 0, of: experiment, options: settings)
    }
    for effect in effects { settings.effects[effect.metric] = effect.size }
    let project = try options.load()
    let entry = try project.experiment(id ?? "")
    let input = try project.simulationUnits(
      of: entry, from: units.map { .units($0) } ?? assignment.map { .assignment($0) },
      asOf: asOf?.instant(in: project.calendar))
    if let intake = input.intake { options.work.talk.say(intake) }
    if let asOf = input.asOf {
      options.work.talk.say(
        "units: \(counted(input.units.count, "customer")) as of \(project.calendar.text(asOf))")
    } else if input.units.leftOut > 0 {
      options.work.talk.say("units: \(input.units.count); rows that take no part: \(input.units.leftOut)")
    }
    return try project.located { () throws(Diagnostic) in
      try ExperimentSimulation(dealing: input.units, of: input.experiment, options: settings)
    }
  }
}

/// `revenue=5%` or `revenue=2.5`.
struct EffectArgument: ExpressibleByArgument {
  let metric: String
  let size: Metric.Margin

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    let isRelative = parts[1].hasSuffix("%")
    guard let value = Double(isRelative ? parts[1].dropLast() : parts[1]), value.isFinite else { return nil }
    metric = String(parts[0])
    size = isRelative ? .relative(value / 100) : .absolute(value)
  }
}
