import ArgumentParser
import Rekindle

struct ExperimentDesignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "design",
    abstract: "How many customers a test needs, how long it takes, and what it cannot answer.",
    discussion: """
      What the metrics are like comes from the shop's own past, through their formulas, or by hand. Prints
      sample sizes, the effects that can be found, the power curve and the planned looks; writes nothing.

      Examples:
        rekindle experiment design spring_coupon --per-day 400
        rekindle experiment design signup --units 20000 --baseline converted=0.04 --baseline revenue=35:80
      """)

  @Argument(help: "The experiment's name in the project file.")
  var id: String

  @OptionGroup var options: ProjectOptions

  @Option(
    help: "Look at the past from the first moment of this day. (default: as late as the outcomes are known)")
  var asOf: DayArgument?

  @Option(help: "A table of those who would take part. (default: all customers of the log)")
  var customers: String?

  @Option(help: "Customers who could take part. (default: as many as were looked at)")
  var units: Int?

  @Option(help: "New customers a day, where they come in one by one.")
  var perDay: Double?

  @Option(
    name: .customLong("baseline"),
    help: """
      A metric by hand: name=value, with :SD for what one customer's value varies by, and :R2 for the share of \
      that which the covariates explain; may be repeated.
      """)
  var baselines: [BaselineArgument] = []

  @Option(help: "text, markdown or json.")
  var format = DesignFormat.text

  @Flag(help: "Print JSON.")
  var json = false

  enum DesignFormat: String, ExpressibleByArgument, CaseIterable {
    case text, markdown, json
  }

  func run() throws {
    let project = try options.load()
    let entry = try project.experiment(id)
    var input = DesignInput(
      baselines: [:], units: units, unitsPerDay: perDay)
    let byHand = Set(baselines.map(\.metric))
    if !entry.experiment.metrics.allSatisfy({ byHand.contains($0.name) }), !project.file.sources.isEmpty {
      let past = try project.baselines(
        of: entry, customers: customers, asOf: asOf?.instant(in: project.calendar))
      options.work.talk.say(past.intake)
      options.work.talk.say(
        "baselines: \(counted(past.customers, "customer")) as of \(project.calendar.text(past.asOf))")
      input.baselines = past.baselines
      if perDay == nil { input.units = units ?? past.customers }
    }
    for baseline in baselines { input.baselines[baseline.metric] = baseline.value }
    let report = try project.located { () throws(Diagnostic) in try design(entry.experiment, with: input) }
    Terminal.writeOutput(
      json || format == .json
        ? report.json()
        : format == .markdown
          ? report.markdown(of: entry.experiment) : report.text(of: entry.experiment))
  }
}

/// `revenue=35.2:80:0.3`: a metric, its value, one customer's standard deviation, and R².
struct BaselineArgument: ExpressibleByArgument {
  let metric: String
  let value: MetricBaseline

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard (1...3).contains(numbers.count), !numbers.contains(nil), let value = numbers[0] else { return nil }
    metric = String(parts[0])
    self.value = MetricBaseline(
      value: value,
      variance: numbers.count > 1 ? numbers[1].map { PlannedVariance($0 * $0) } : nil,
      explained: numbers.count > 2 ? numbers[2] ?? 0 : 0)
  }
}
