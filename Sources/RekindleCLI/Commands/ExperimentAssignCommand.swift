import ArgumentParser
import Foundation
import Rekindle

struct ExperimentAssignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assign",
    abstract: "Hand out the arms: the same customer gets the same arm, whenever and wherever.",
    discussion: """
      Writes a row a customer with the arm and the probability with which it was drawn, and beside the file
      a record of how it was drawn. Where the output file is there already, or with --stored, those who stand
      in it keep their arms, and a changed definition that would move any of them is refused.

      Example:
        rekindle experiment assign spring_coupon --customers customers.csv --output assignment.csv
      """)

  @Argument(help: "The experiment's name in the project file.")
  var id: String

  @OptionGroup var options: ProjectOptions

  @Option(
    help: "The customers: a table with customer_id and what a batch is balanced by; \"-\" is standard input.")
  var customers: String

  @Option(help: "An earlier assignment, which wins. (default: the output file, where it is there)")
  var stored: String?

  @Option(help: "The day whose first moment is the assigned_at of the new. (default: now)")
  var at: DayArgument?

  @Flag(help: "Go on although the definition has changed: who is stored stays.")
  var keepStored = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    try output.check()
    let project = try options.load()
    let entry = try project.experiment(id)
    let talk = options.work.talk
    let earlier =
      stored
      ?? (output.isFile && FileManager.default.fileExists(atPath: output.output) ? output.output : nil)
    let kept = try earlier.map { path in
      try StoredAssignment(
        contentsOf: path, for: entry, calendar: project.calendar, workers: project.workers)
    }
    let now = Instant(seconds: Int64(Date().timeIntervalSince1970))
    let result = try project.assign(
      entry, customers: customers, stored: kept, at: at?.instant(in: project.calendar) ?? now,
      policy: keepStored ? .keepStored : .refuse)
    try output.write(
      result.table.outputColumns(of: entry), calendar: project.calendar, work: options.work)
    if output.isFile, !output.dryRun {
      // It lists nobody, but with the salt in it anyone can tell a customer's arm from the id.
      try OutputFile.write(
        try result.record.json(), to: AssignmentRecord.path(beside: output.output), for: .owner)
    }
    tell(result, entry.experiment, talk)
  }

  private func tell(_ result: AssignmentResult, _ experiment: Experiment, _ talk: Talk) {
    let tally = result.tally
    let added = zip(experiment.arms, tally.added).map { "\($0.name) \($1)" }.joined(separator: ", ")
    talk.say(
      "\(tally.listed) listed: \(tally.stored) \(tally.stored == 1 ? "was" : "were") assigned before, new: \(added)"
    )
    let others = [
      (tally.heldOut, "held out"), (tally.outsideLayer, "in another part of the layer"),
      (tally.notCovered, "not covered yet"),
    ].filter { $0.0 > 0 }
    if !others.isEmpty {
      talk.say("not in the experiment: " + others.map { "\($0.0) \($0.1)" }.joined(separator: ", "))
    }
    if let kept = result.kept {
      talk.say("the definition has changed: stored customers who stay where they were: \(kept.count)")
    }
    if output.isFile, !output.dryRun {
      talk.say(
        "\(counted(result.table.count, "row")) in \(output.output), how they were drawn in "
          + AssignmentRecord.path(beside: output.output))
    }
  }
}
