import Foundation
import RekindleBehaviour
import RekindleChurn
import RekindleCore
import RekindleNumerics
import RekindleTables
import Testing

@Suite struct ScorerTests {
  let training = rows(800, seed: 1, at: "2024-01-01")
  let test = rows(1500, seed: 2, at: "2024-03-01")
  let model: ChurnModel

  init() throws {
    model = try ModelTrainer(specification: TrainingSpecification(lambda: 0.01)).fit(
      training: training, test: test,
      definitions: [
        definition("a", unit: "share", reason: "share of {value}"), definition("b"),
        definition("days", unit: "days", reason: "last order {value} days ago, usually every {b}"),
      ], context: .init(windows: windows))
  }

  @Test func probabilitiesAndIntervalsAreTheFormula() throws {
    let scores = try Scorer(model: model).score(test.table)
    let design = try model.preparation.matrix(test.table)
    let beta = model.coefficients.map(\.standardized)
    for row in [0, 1, 7, 8, 1023, 1024, 1499] {
      let x = [1] + (0..<design.columns).map { design[row, $0] }
      let eta = zip(beta, x).reduce(0) { $0 + $1.0 * $1.1 }
      var variance = 0.0
      for i in x.indices { for j in x.indices { variance += x[i] * x[j] * model.covariance[i, j] } }
      let half = 1.959963984540054 * variance.squareRoot()
      #expect(close(scores.probabilities[row], 1 / (1 + exp(-eta)), 1e-13))
      #expect(close(scores.low[row], 1 / (1 + exp(-eta + half)), 1e-12))
      #expect(close(scores.high[row], 1 / (1 + exp(-eta - half)), 1e-12))
    }
    let evaluation = try Evaluation(probabilities: scores.probabilities, outcomes: test.outcomes)
    #expect(close(evaluation.scores.logLoss, model.evaluation.outOfTime.scores.logLoss, 1e-13))
  }

  @Test func threadsChangeNoBit() throws {
    let one = try Scorer(model: model).score(test.table)
    let two = try Scorer(model: model).score(test.table, workers: Workers(2))
    #expect(one.probabilities == two.probabilities)
    #expect(one.high == two.high)
    #expect(one.reasonFeatures == two.reasonFeatures)
  }

  @Test func reasonsAreTheGreatestContributionsInWords() throws {
    let table = table([
      ("a", .number([1.5, -2, 0.4])), ("b", .number([2, -1.5, .nan])), ("days", .number([74, .nan, 31])),
    ])
    let scores = try Scorer(model: model).score(table)
    let words = scores.reasonWords()
    // a raises churn and b lowers it, relative to their means near 0.
    #expect(scores.reasons(0, words: words).first == "share of 150%")
    #expect(scores.reasons(1, words: words).first == "b -1.50")
    for row in 0..<3 {
      for reason in scores.reasons(row, words: words) where reason.hasPrefix("last order") {
        #expect(["last order 74 days ago, usually every 2", "last order 31 days ago"].contains(reason))
      }
    }
    let text = scores.resultTable(rows: scores.riskiest(2)).csv()
    #expect(
      text.hasPrefix(
        "customer_id,as_of,churn_probability,probability_low,probability_high,risk_band,reason_1"))
    #expect(text.contains("2024-01-01"))
    #expect(text.split(separator: "\n").count == 3)
  }

  @Test(arguments: [
    ("came back {value} times", "came back 1 time", "came back 2 times"),
    ("{value} categories, {value} visits", "1 category, 1 visit", "2 categories, 2 visits"),
    ("{value} is usual", "1 is usual", "2 is usual"), ("{value}", "1", "2"),
  ])
  func oneIsSingular(_ template: String, _ one: String, _ two: String) throws {
    let model = try ModelTrainer(specification: TrainingSpecification(features: ["a"], lambda: 0.01)).fit(
      training: training, test: test, definitions: [definition("a", reason: template)],
      context: .init(windows: windows))
    let scores = try Scorer(model: model).score(table([("a", .number([1, 2]))]))
    let words = scores.reasonWords()
    #expect((0..<2).map { scores.reasons($0, words: words).first } == [one, two])
  }

  @Test func wordsWithoutAValueAreSaidOnlyWhereTheFlagHolds() throws {
    func flagged(_ rows: LabelledRows) -> LabelledRows {
      var rows = rows
      rows.table.columns.append(
        FeatureColumn(
          name: "single", values: .flag(rows.outcomes.enumerated().map { $1 == ($0 % 3 > 0) ? 1 : 0 })))
      return rows
    }
    let model = try ModelTrainer(specification: TrainingSpecification(features: ["single"], lambda: 0.01))
      .fit(
        training: flagged(training), test: flagged(test),
        definitions: [definition("single", reason: "bought once")],
        context: .init(windows: windows))
    let scores = try Scorer(model: model).score(table([("single", .flag([1, 0, .nan]))]))
    let words = scores.reasonWords()
    let said = (0..<3).map { scores.reasons($0, words: words).first }
    #expect(said[0] == "bought once" || said[1] == "single: no")
    #expect(said[1] != "bought once")
    #expect(said[2] == nil)
  }

  @Test func moneyHasItsCurrencyAndALogRatioIsAChange() throws {
    let model = try ModelTrainer(
      specification: TrainingSpecification(features: ["a", "b"], lambda: 0.01), currency: "EUR"
    ).fit(
      training: training, test: test,
      definitions: [
        definition("a", unit: "currency", reason: "spent {value}"),
        definition("b", unit: "log ratio", reason: "spend against before ({value})"),
      ], context: .init(windows: windows))
    let scores = try Scorer(model: model).score(
      table([("a", .number([1.5, -3])), ("b", .number([3, -0.6931471805599453]))]))
    let words = scores.reasonWords()
    #expect(scores.reasons(0, words: words) == ["spent 1.50 EUR"])
    #expect(scores.reasons(1, words: words) == ["spend against before (-50%)"])
  }

  @Test func driftIsToldAgainstTraining() throws {
    let same = try Scorer(model: model).score(test.table).drift()
    #expect(same.shifted.isEmpty)
    var moved = test.table
    if case .number(let a)? = moved.column("a")?.values {
      moved.columns[0].values = .number(a.map { $0 + 2 })
    }
    let drift = try Scorer(model: model).score(moved).drift()
    #expect(drift.shifted.map(\.name) == ["a"])
    #expect(drift.score?.band == .unstable)
  }

  @Test func aTableWithoutAFeatureIsRefused() {
    #expect(code { _ = try Scorer(model: model).score(table([("a", .number([1]))])) } == "RK0510")
  }
}
