import ArgumentParser
import Rekindle

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Read everything under the contract and say what is there.",
    discussion: """
      Validates the project file and its expressions, reads all sources, accounts for every row, and
      says whether there is enough data to train. Exits 1 when a source breaks its contract.

      Example:
        rekindle check --quarantine quarantine.csv
      """)

  @OptionGroup var options: ProjectOptions

  @Option(help: "Write the rejected rows with their reasons to this file.")
  var quarantine: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let project = try options.load()
    let report = try CheckReport(project)
    if let quarantine { try report.intake.writeQuarantine(to: quarantine) }
    if json {
      Terminal.writeOutput(report.json())
    } else {
      Terminal.writeOutput(report.text())
      options.work.talk.say(report.selection.dropped)
    }
    try project.checkLimits(report.intake)
  }
}
