import ArgumentParser
import Rekindle

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn a churn model and test it on a later window.",
    discussion: """
      Looks at the customers at several dates in the past, learns from the earlier ones, and judges the
      model on the last, which it never saw. Writes the model as one JSON document, and a card about it
      in Markdown beside it.

      Example:
        rekindle train --output churn.json
      """)

  @OptionGroup var options: ProjectOptions

  @Option(name: .shortAndLong, help: "The model file; the card has the same name and the ending .md.")
  var output = "model.json"

  @Flag(name: [.customShort("n"), .long], help: "Do everything but write.")
  var dryRun = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let run = try options.load().train()
    let talk = options.work.talk
    let model = run.outcome.model
    talk.say(run.intake)
    talk.say(run.selection.dropped)
    for note in model.fit.notes { talk.say(note) }
    talk.say(
      "leakage audit: \(run.outcome.audit.features) features × \(run.outcome.audit.rows) customers are the "
        + "same bytes without the future")
    if !dryRun {
      let card = output.hasSuffix(".json") ? output.dropLast(5) + ".md" : output + ".md"
      try OutputFile.write(try model.document(), to: output, for: .everyone)
      try OutputFile.write(Array(model.card().utf8), to: String(card), for: .everyone)
      talk.say("model: \(output), card: \(card)")
      talk.say("next: rekindle score --model \(output)")
    }
    Terminal.writeOutput(json ? model.evaluationTable().json() + "\n" : model.evaluationTable().text())
  }
}
