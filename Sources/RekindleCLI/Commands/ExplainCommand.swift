import ArgumentParser
import Rekindle

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "One customer: the score and what it is made of, where they stand, and what is done and why.",
    discussion: """
      Contributions are in log-odds against a customer who is average in everything, and add up to the \
      score. Every action of the playbook is listed with the guard-rails that it passed and failed.

      Example:
        rekindle explain C0000229 --model model.json
      """)

  @Argument(help: "The customer's id, as the sources have it.")
  var id: String

  @OptionGroup var options: ProjectOptions

  @Option(name: .shortAndLong, help: "A churn model: gives the score.")
  var model: String?

  @Option(help: "The day whose first moment is looked from. (default: the day after the last event)")
  var asOf: DayArgument?

  @Option(
    help: "The assignment of the experiment that actions feed; experiment=file where there are several.")
  var assignment: [String] = []

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let project = try options.load()
    let (explanation, _) = try project.explain(
      id, asOf: asOf?.instant(in: project.calendar), model: try model.map { try ChurnModel(contentsOf: $0) },
      assignments: assignment)
    Terminal.writeOutput(json ? explanation.json() : explanation.text())
  }
}
