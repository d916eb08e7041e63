import ArgumentParser
import Foundation
import Rekindle

@main
struct RekindleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rekindle",
    abstract: "Which customers are about to leave, why, and how sure that is.",
    discussion: """
      Reads the event logs that a shop already has, builds behavioural features, learns a churn
      model and scores customers. Results go to standard output or to files, talk goes to standard
      error. Exit codes: 0 done, 1 a check failed, 2 something to fix, 3 a bug of ours.

      A first run:
        rekindle init --from orders.csv
        rekindle check
        rekindle train
        rekindle score
      """,
    version: "0.1.0",
    subcommands: [
      InitCommand.self, CheckCommand.self, FeaturesCommand.self, TrainCommand.self, EvaluateCommand.self,
      ScoreCommand.self,
      SegmentsCommand.self, LadderCommand.self, PlanCommand.self, ExplainCommand.self, ModelCommand.self,
      ExperimentCommand.self,
      SimulateCommand.self,
    ])

  /// Parses, runs, and turns whatever was thrown into the exit codes that the help text promises
  /// (the parser's own default for a wrong option is 64).
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let diagnostic as Diagnostic {
      Terminal.write(diagnostic)
      Foundation.exit(diagnostic.kind.exitCode)
    } catch {
      let code = exitCode(for: error)
      if code == .success { exit(withError: error) }
      Terminal.writeError(fullMessage(for: error))
      Foundation.exit(code == .validationFailure ? 2 : code.rawValue)
    }
  }
}
