import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct AsymptoticConfidenceSequenceTests {
  /// ρ² t* = −W₋₁(−α²/e) − 1 with SciPy 1.17's lambertw: 8.21 at α = 0.05.
  @Test func tuningIsLambertsFunction() {
    let sequence = AsymptoticConfidenceSequence(tunedAt: 1000)
    #expect(abs(1000 * sequence.rhoSquared - 8.211_968_062_068_253) < 1e-9)
  }

  /// The formulas once more, in Python.
  @Test func criticalValuesAreThePapers() {
    let two = AsymptoticConfidenceSequence(tunedAt: 5000).criticalValue(units: 3000)
    #expect(abs(two - 3.0574802635243254) < 1e-12)
    let one = AsymptoticConfidenceSequence(alternative: .greater, tunedAt: 5000)
    #expect(abs(one.criticalValue(units: 3000) - 2.80718366337745) < 1e-12)
  }

  @Test func isNarrowestWhereItWasTuned() {
    let sequence = AsymptoticConfidenceSequence(alpha: 0.01, tunedAt: 4000)
    let at = sequence.criticalValue(units: 4000)
    #expect(at < sequence.criticalValue(units: 3900) && at < sequence.criticalValue(units: 4100))
  }

  @Test(arguments: Alternative.allCases)
  func thePValueIsTheIntervalTurnedAround(alternative: Alternative) {
    let sequence = AsymptoticConfidenceSequence(alternative: alternative, tunedAt: 3000)
    for units in [50.0, 700, 3000, 100_000] {
      let reach = 2.5 * sequence.criticalValue(units: units)
      let estimate = alternative == .less ? -reach : reach
      #expect(abs(sequence.pValue(estimate: estimate, standardError: 2.5, units: units) - 0.05) < 1e-12)
      let interval = sequence.interval(estimate: estimate, standardError: 2.5, units: units)
      #expect(abs(alternative == .less ? interval.upper : interval.lower) < 1e-12)
    }
  }

  @Test func tailsDoNotVanishAndTheWrongSideIsNoEvidence() {
    let sequence = AsymptoticConfidenceSequence(alternative: .greater)
    #expect(sequence.pValue(estimate: -3, standardError: 1, units: 900) == 1)
    let far = sequence.pValue(estimate: 20, standardError: 1, units: 5000)
    #expect(far > 0 && far < 1e-60)
    #expect(sequence.pValue(estimate: .nan, standardError: 1, units: 900).isNaN)
    #expect(AsymptoticConfidenceSequence(tunedAt: 0).criticalValue(units: 10).isNaN)
  }

  /// Fifty looks at nothing: at most 5 % of the runs ever leave 0 out; a plain z interval leaves it out
  /// in a third of them.
  @Test func manyLooksKeepTheErrorRate() {
    let sequence = AsymptoticConfidenceSequence(tunedAt: 2500)
    let runs = 2000
    var (crossed, crossedPlain) = (0, 0)
    for run in 0..<runs {
      var stream = RandomStream(seed: 31).stream(UInt64(run))
      var sum = 0.0
      var (isOut, isOutPlain) = (false, false)
      for look in 1...50 {
        sum += stream.normal() * 10
        let n = 100 * Double(look)
        let interval = sequence.interval(estimate: sum / n, standardError: 1 / n.squareRoot(), units: n)
        isOut = isOut || !interval.contains(0)
        isOutPlain = isOutPlain || abs(sum) > 1.96 * n.squareRoot()
      }
      crossed += isOut ? 1 : 0
      crossedPlain += isOutPlain ? 1 : 0
    }
    #expect(Double(crossed) <= 0.05 * Double(runs))
    #expect(Double(crossedPlain) > 0.25 * Double(runs))
  }
}
