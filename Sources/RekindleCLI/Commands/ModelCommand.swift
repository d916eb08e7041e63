import ArgumentParser
import Rekindle

struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look into a model file.", subcommands: [Show.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "What a model learnt from, its coefficients, and what it is worth.",
      discussion: """
        Example:
          rekindle model show churn.json --coefficients
        """)

    @Argument(help: "The model file.")
    var model = "model.json"

    @Flag(help: "Print the coefficients alone.")
    var coefficients = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      let model = try ChurnModel(contentsOf: model)
      if coefficients || json {
        let table = model.coefficientTable()
        return Terminal.writeOutput(json ? table.json() + "\n" : table.text())
      }
      Terminal.writeOutput(model.card())
    }
  }
}
