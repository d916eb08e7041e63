import RekindleNumerics
import RekindleStatistics
import Testing

/// Seeded simulations of families in which nothing differs: how often is anything found?
///
/// With R runs the share of false families has a standard error of √(0.05 · 0.95 / R); the bounds are four
/// of them from 5 %.
@Suite struct FamilywiseErrorTests {
  /// Welch's p-values of three variants against one control, so that the tests depend on each other.
  @Test(arguments: [PValueAdjustment.bonferroni, .holm, .hochberg, .hommel, .benjaminiHochberg])
  func adjustmentsHoldTheFamily(_ method: PValueAdjustment) {
    var random = RandomStream(seed: 21)
    let runs = 4000
    let families = (0..<runs).count { _ in
      let arms = (0..<4).map { _ in arm(&random, units: 40, deviation: 1) }
      let p = arms.dropFirst().map { TwoMeans(control: arms[0], variant: $0).effect().pValue }
      return AdjustedPValues(p, by: method).rejected(alpha: 0.05).contains(true)
    }
    #expect(Double(families) / Double(runs) < 0.05 + 4 * (0.05 * 0.95 / Double(runs)).squareRoot())
  }

  /// Exact: 5 %, no more and no less, with sizes that differ.
  @Test func dunnettIsExact() {
    var random = RandomStream(seed: 22)
    let runs = 4000
    // One critical value serves all runs: it depends on the sizes alone.
    var critical = Double.nan
    let found = (0..<runs).count { _ in
      let arms = [30, 10, 14, 25].map { arm(&random, units: $0, deviation: 2) }
      let family = Dunnett.equalVariances(control: arms[0], variants: Array(arms[1...]))
      if critical.isNaN { critical = family.comparisons().comparisons[0].criticalValue }
      return zip(family.differences, family.standardErrors).contains { abs($0) > critical * $1 }
    }
    let error = (0.05 * 0.95 / Double(runs)).squareRoot()
    #expect(abs(Double(found) / Double(runs) - 0.05) < 4 * error)
  }

  /// Small arms with variances and sizes of their own.
  @Test func dunnettBearsUnequalVariances() {
    var random = RandomStream(seed: 25)
    let runs = 250
    let found = (0..<runs).count { _ in
      let arms = [(20, 1.0), (15, 2.0), (12, 3.0)].map { arm(&random, units: $0.0, deviation: $0.1) }
      let family = Dunnett.ownVariances(control: arms[0], variants: Array(arms[1...]))
      return family.comparisons().comparisons.contains { $0.adjustedPValue <= 0.05 }
    }
    #expect(Double(found) / Double(runs) < 0.05 + 4 * (0.05 * 0.95 / Double(runs)).squareRoot())
  }

  /// Where variances and sizes differ, and the larger variance has the smaller group, Tukey and Kramer's
  /// common variance finds too much and Games and Howell's own ones do not.
  @Test func gamesHowellBearsUnequalVariances() {
    var random = RandomStream(seed: 23)
    let runs = 200
    var (tukey, games) = (0, 0)
    for _ in 0..<runs {
      let arms = [(40, 1.0), (20, 2.0), (10, 4.0)].map { arm(&random, units: $0.0, deviation: $0.1) }
      func finds(_ pairs: AllPairs) -> Bool {
        pairs.comparisons().comparisons.contains { $0.adjustedPValue <= 0.05 }
      }
      if finds(.tukeyKramer(arms)) { tukey += 1 }
      if finds(.gamesHowell(arms)) { games += 1 }
    }
    let error = (0.05 * 0.95 / Double(runs)).squareRoot()
    #expect(Double(games) / Double(runs) < 0.05 + 4 * error)
    #expect(Double(tukey) / Double(runs) > 0.05 + 4 * error)
  }

  /// Of the Benjamini-Yekutieli intervals that leave out 0, the share that miss their value: at most 5 %.
  @Test func falseCoverageIsHeld() {
    var random = RandomStream(seed: 24)
    let truth = [0.0, 0, 0, 0, 0, 0, 2, 2.5, 3, 4]
    var shares = 0.0
    let runs = 4000
    for _ in 0..<runs {
      let z = truth.map { $0 + random.normal() }
      let family = AdjustedPValues(z.map { 2 * Normal().upperTail(abs($0)) }, by: .benjaminiHochberg)
      let levels = family.levels(alpha: 0.05)
      let selected = z.indices.filter { family.adjusted[$0] <= 0.05 }
      let missed = selected.count { abs(z[$0] - truth[$0]) > Normal().upperQuantile(levels[$0] / 2) }
      if !selected.isEmpty { shares += Double(missed) / Double(selected.count) }
    }
    #expect(shares / Double(runs) < 0.05 + 0.003)
  }

  private func arm(_ random: inout RandomStream, units: Int, deviation: Double) -> Moments {
    moments([(0..<units).map { _ in deviation * random.normal() }])
  }
}
