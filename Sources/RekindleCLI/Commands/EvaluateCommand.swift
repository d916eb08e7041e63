import ArgumentParser
import Rekindle

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Judge a model on a later window, and gate it.",
    discussion: """
      Scores the customers who were eligible at a date and compares with what they did. With a gate,
      exits 1 when the model falls short of it.

      Example:
        rekindle evaluate --model churn.json --min-auc 0.75
      """)

  @OptionGroup var options: ProjectOptions

  @Option(name: .shortAndLong, help: "The model file.")
  var model = "model.json"

  @Option(help: "The day whose first moment is looked from. (default: as late as the outcome is known)")
  var asOf: DayArgument?

  @Option(help: "Another model: print the paired difference of the two areas with its interval.")
  var against: String?

  @Option(name: .customLong("min-auc"), help: "Fail when the area under the ROC curve is below this.")
  var minimumArea: Double?

  @Option(help: "Fail when the log loss is above this.")
  var maxLogLoss: Double?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let project = try options.load()
    let check = try project.evaluate(
      try ChurnModel(contentsOf: model),
      against: try against.map { try ChurnModel(contentsOf: $0) }, asOf: asOf?.instant(in: project.calendar))
    options.work.talk.say(check.intake)
    options.work.talk.say("as of \(project.calendar.text(check.asOf))")
    if !check.isOutOfTime {
      options.work.talk.say("the model learnt from outcomes after this date: these figures are no test of it")
    }
    var tables = [
      check.evaluation.table(), check.evaluation.calibrationTable(), check.evaluation.liftTable(),
      check.drift.table(),
    ]
    if let comparison = check.comparison {
      tables.append(comparison.table(name: model, minus: against ?? ""))
    }
    Terminal.writeOutput(
      json
        ? "[\(tables.map { $0.json() }.joined(separator: ","))]\n"
        : tables.map { $0.text() }.joined(separator: "\n"))
    if let minimumArea, check.evaluation.area.area < minimumArea {
      throw gate("AUC \(check.evaluation.area.area) is below the gate \(minimumArea)")
    }
    if let maxLogLoss, check.evaluation.scores.logLoss > maxLogLoss {
      throw gate("log loss \(check.evaluation.scores.logLoss) is above the gate \(maxLogLoss)")
    }
  }

  private func gate(_ message: String) -> Diagnostic {
    Diagnostic(
      "RK0608", message, kind: .checkFailed,
      help: "train again on newer data, or look at the shifted features")
  }
}
