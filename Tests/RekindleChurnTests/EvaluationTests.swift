import RekindleChurn
import RekindleCore
import Testing

/// The numbers are those of Fixtures/metrics/expected.txt.
@Suite struct EvaluationTests {
  let probabilities: [Double]
  let outcomes: [Bool]

  init() {
    let numbers = Array(1...60)
    let probabilities = numbers.map { i -> Double in Double((i * 37) % 24 + 1) / 30 }
    self.probabilities = probabilities
    outcomes = numbers.map { i -> Bool in Double((i * 53) % 61) / 61 < probabilities[i - 1] }
  }

  @Test func metricsOfScikitLearn() throws {
    let evaluation = try Evaluation(probabilities: probabilities, outcomes: outcomes)
    #expect(evaluation.events == 25)
    #expect(close(evaluation.area.area, 0.7754285714285715))
    #expect(close(evaluation.scores.averagePrecision, 0.7079417533445977))
    #expect(close(evaluation.scores.logLoss, 0.5540445153058572))
    #expect(close(evaluation.scores.brier, 0.1890740740740741))
  }

  @Test func recalibrationOfStatsmodels() {
    let calibration = Calibration(probabilities: probabilities, outcomes: outcomes)
    #expect(close(calibration.expectedOverObserved, 1.016))
    #expect(close(calibration.intercept, -0.02545305461383046, 1e-10))
    #expect(close(calibration.slope, 1.054973286789, 1e-10))
    #expect(close(calibration.inTheLarge, -0.034759082946410995, 1e-10))
    #expect(calibration.bins.reduce(0) { $0 + $1.count } == 60)
    #expect(calibration.bins.reduce(0) { $0 + $1.events } == 25)
  }

  @Test func aPerfectlyRecalibratedModelHasInterceptZeroAndSlopeOne() {
    let calibration = Calibration(
      probabilities: [0.25, 0.25, 0.25, 0.25, 0.5, 0.5], outcomes: [true, false, false, false, true, false])
    #expect(close(calibration.slope, 1, 1e-9))
    #expect(abs(calibration.intercept ?? .nan) < 1e-9)
    #expect(close(calibration.expectedOverObserved, 1))
    let parted = Calibration(probabilities: [0, 1, 0.5], outcomes: [false, true, true])
    #expect(parted.slope == nil)
  }

  @Test func wilson() {
    let interval = wilsonInterval(events: 7, of: 20)
    #expect(close(interval.low, 0.18119182410108203))
    #expect(close(interval.high, 0.5671457233147638))
    #expect(wilsonInterval(events: 0, of: 5).low == 0)
    #expect(wilsonInterval(events: 5, of: 5).high == 1)
  }

  @Test func liftOfAKnownRanking() {
    let scores = (0..<100).map { Double($0) }
    let table = LiftTable(scores: scores, outcomes: scores.map { $0 >= 80 })
    #expect(table.steps.count == 10)
    #expect(close(table.steps[0].lift, 5))
    #expect(close(table.steps[1].gain, 1))
    #expect(close(table.steps[2].lift, 0))
    #expect(close(table.steps[9].cumulativeLift, 1))
  }

  @Test func equalScoresShareTheirEvents() {
    let table = LiftTable(
      scores: [Double](repeating: 0.5, count: 7), outcomes: [true, true, false, false, false, false, false])
    for step in table.steps { #expect(close(step.lift, 1)) }
    let reversed = LiftTable(scores: probabilities.reversed(), outcomes: outcomes.reversed())
    #expect(reversed == LiftTable(scores: probabilities, outcomes: outcomes))
  }

  @Test func stabilityOfAKnownShift() {
    let shifted = [0.08, 0.09, 0.1, 0.1, 0.1, 0.1, 0.1, 0.11, 0.11, 0.11]
    let stability = PopulationStability(expected: [Double](repeating: 0.1, count: 10), actual: shifted)
    #expect(close(stability.index, 0.008375781577, 1e-10))
    #expect(stability.band == .stable)
    let values = (0..<1000).map { Double($0 % 97) }
    let histogram = Histogram(of: values)
    #expect(histogram.stability(of: values)?.index == 0)
    #expect(histogram.stability(of: values.map { $0 + 60 })?.band == .unstable)
    #expect(histogram.stability(of: values.map { $0 < 40 ? .nan : $0 })?.band == .unstable)
    #expect(Histogram(of: [1, 1, 1]).shares == [1, 0])
  }

  @Test func oneSureCustomerDoesNotHideTheCalibration() throws {
    let probabilities = [0.2, 0.4, 0.6, 0.8, 0.3, 0.7]
    let outcomes = [false, true, false, true, false, true]
    let without = Calibration(probabilities: probabilities, outcomes: outcomes)
    let with = Calibration(probabilities: probabilities + [1, 0], outcomes: outcomes + [true, false])
    #expect((with.slope ?? .nan).isFinite)
    // Whoever is as good as sure, and rightly, weighs next to nothing.
    #expect(abs((with.inTheLarge ?? .nan) - (without.inTheLarge ?? .nan)) < 1e-9)
  }
}
