import ArgumentParser
import Rekindle

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "The probability of leaving for every customer, with reasons.",
    discussion: """
      One row for every eligible customer, the riskiest first: probability, interval, risk band and up
      to three reasons in words. Says when the customers have moved away from those that the model
      learnt from.

      Examples:
        rekindle score --model churn.json --output scores.csv
        rekindle score --model churn.json --features features.parquet --output scores.csv
      """)

  @OptionGroup var options: ProjectOptions

  @Option(name: .shortAndLong, help: "The model file.")
  var model = "model.json"

  @Option(help: "The day whose first moment is looked from. (default: the day after the last event)")
  var asOf: DayArgument?

  @Option(help: "Score this ready-made feature table (csv, jsonl, parquet) in place of the events.")
  var features: String?

  @OptionGroup var output: OutputOptions

  @Option(help: "Also print the riskiest customers as a table.")
  var top: Int?

  func run() throws {
    try output.check()
    let churnModel = try ChurnModel(contentsOf: model)
    let talk = options.work.talk
    let scores: ScoreTable
    let calendar: CivilCalendar
    if let features {
      calendar = try CivilCalendar(timeZone: churnModel.timeZone)
      let table = try FeatureTable(
        contentsOf: features, for: churnModel, calendar: calendar, workers: options.work.workers)
      scores = try Scorer(model: churnModel).score(table, workers: options.work.workers)
    } else {
      let project = try options.load()
      calendar = project.calendar
      let result = try project.score(with: churnModel, asOf: asOf?.instant(in: calendar))
      talk.say(result.intake)
      scores = result.scores
    }
    let order = scores.riskiest(scores.rowCount)
    if top == nil || output.output != "-" {
      try output.write(
        scores.outputColumns(rows: order, workers: options.work.workers), calendar: calendar,
        work: options.work)
    }
    if let top {
      Terminal.writeOutput(scores.resultTable(rows: Array(order.prefix(top)), calendar: calendar).text())
    }
    tellDrift(scores.drift(), talk)
    let high = scores.probabilities.count { churnModel.bands.band($0) == .high }
    talk.say(
      "\(scores.rowCount) customers scored, \(high) at high risk"
        + (output.output == "-" || output.dryRun ? "" : ", in \(output.output)"))
  }

  private func tellDrift(_ drift: DriftReport, _ talk: Talk) {
    if let score = drift.score {
      talk.say(
        "stability of the score against training: PSI \(fixed(score.index, digits: 3)) (\(score.band.rawValue))"
      )
    }
    for entry in drift.shifted.prefix(5) {
      talk.say(
        "  \(entry.name): PSI \(fixed(entry.stability.index, digits: 3)) (\(entry.stability.band.rawValue))")
    }
  }
}
