import ArgumentParser
import Rekindle

struct ExperimentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment",
    abstract: "Plan a campaign test, hand out its variants, watch it, and read off what it did.",
    discussion: """
      An experiment is written down in the project file under `experiments:`. A project file that has
      only experiments is enough where the outcomes come in a file.

      The way of a campaign:
        rekindle experiment design spring_coupon
        rekindle experiment simulate spring_coupon
        rekindle experiment assign spring_coupon --customers customers.csv --output assignment.csv
        rekindle experiment monitor spring_coupon --assignment assignment.csv
        rekindle experiment analyze spring_coupon --assignment assignment.csv
      """,
    subcommands: [
      ExperimentDesignCommand.self, ExperimentAssignCommand.self, ExperimentMonitorCommand.self,
      ExperimentAnalyzeCommand.self, ExperimentSimulateCommand.self,
    ])
}

/// What becomes of a customer in two arms, in the words of the command.
enum CrossoverArgument: String, ExpressibleByArgument, CaseIterable {
  case exclude, first, assigned

  var policy: CrossoverPolicy {
    switch self {
    case .exclude: .exclude
    case .first: .firstExposure
    case .assigned: .asFirstAssigned
    }
  }
}

/// `metric=estimator`.
struct MethodArgument: ExpressibleByArgument {
  let metric: String
  let method: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    (metric, method) = (String(parts[0]), String(parts[1]))
  }
}

/// Where the units of an experiment and their outcomes are.
struct UnitOptions: ParsableArguments {
  @Option(help: "A flat file with a row a unit: arm, outcomes, covariates (csv, tsv, jsonl, parquet).")
  var units: String?

  @Option(help: "Who was assigned to what and exposed when; outcomes are computed from the project's events.")
  var assignment: String?

  @Option(help: "As seen from the first moment of this day. (default: the end of the data)")
  var asOf: DayArgument?

  @Option(
    help: """
      A customer in two arms: exclude keeps such customers out, first takes the arm of the earliest exposure, \
      assigned that of the first row.
      """)
  var crossovers = CrossoverArgument.exclude

  @Option(
    name: .customLong("method"),
    help: "An estimator by name for one metric, such as ordered_14d=newcombe; may be repeated.")
  var methods: [MethodArgument] = []

  /// The experiment with the estimators that were asked for.
  func entry(_ id: String, in project: Project) throws -> ExperimentEntry {
    var entry = try project.experiment(id)
    for wanted in methods {
      let names = entry.experiment.metrics.map(\.name)
      guard let place = names.firstIndex(of: wanted.metric) else {
        throw Diagnostic(
          "RK0618", "\"\(wanted.metric)\" is not a metric of \"\(id)\"",
          hint: nearMatch(of: wanted.metric, among: names).map { "did you mean \"\($0)\"?" },
          notes: ["metrics: \(names.joined(separator: ", "))"], help: "give --method METRIC=ESTIMATOR")
      }
      entry.experiment.metrics[place].method = wanted.method
    }
    return entry
  }
}
