import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct ScoreIntervalsTests {
  static let tables = [
    (0, 10, 0, 10), (0, 10, 3, 12), (3, 12, 0, 10), (10, 10, 10, 10), (10, 10, 4, 9), (0, 7, 9, 9),
    (9, 9, 0, 7), (1, 200, 0, 200), (56, 70, 48, 80), (44, 44_700, 52, 45_489), (1, 1, 0, 1),
    (500_000, 1_000_000, 501_000, 1_000_000), (3, 1_000_000, 9, 1_000_000), (999, 1000, 400, 500),
  ]

  /// The ends are where the widened statistic is ±z, or where the parameter ends.
  @Test(arguments: tables) func endsAreTheRootsOfTheScore(_ x0: Int, _ n0: Int, _ x1: Int, _ n1: Int) {
    let two = TwoProportions(
      control: ProportionCounts(successes: x0, count: n0),
      variant: ProportionCounts(successes: x1, count: n1))
    let effect = two.effect()
    let n = Double(n0 + n1)
    let bound = Normal().upperQuantile(0.025) * (n / (n - 1)).squareRoot()
    let d = effect.differenceInterval
    #expect(d.lower <= two.difference && two.difference <= d.upper)
    if d.lower > -1 { #expect(abs(two.differenceStatistic(d.lower) / bound - 1) < 1e-9) }
    if d.upper < 1 { #expect(abs(two.differenceStatistic(d.upper) / -bound - 1) < 1e-9) }
    let l = effect.liftInterval
    if l.lower > -1 { #expect(abs(two.ratioStatistic(l.lower + 1) / bound - 1) < 1e-9) }
    if l.upper < .infinity { #expect(abs(two.ratioStatistic(l.upper + 1) / -bound - 1) < 1e-9) }
    #expect((l.lower == -1) == (x1 == 0))
    #expect((l.upper == .infinity) == (x0 == 0))
    #expect(!d.lower.isNaN && !d.upper.isNaN && !l.lower.isNaN && !l.upper.isNaN)
    #expect(!effect.pValue.isNaN)
  }

  /// Exchanging the arms changes the sign of the difference and turns the ratio round.
  @Test(arguments: tables) func arms(_ x0: Int, _ n0: Int, _ x1: Int, _ n1: Int) {
    let a = ProportionCounts(successes: x0, count: n0)
    let b = ProportionCounts(successes: x1, count: n1)
    let one = TwoProportions(control: a, variant: b).effect()
    let other = TwoProportions(control: b, variant: a).effect()
    #expect(abs(one.differenceInterval.lower + other.differenceInterval.upper) < 1e-13)
    #expect(abs(one.differenceInterval.upper + other.differenceInterval.lower) < 1e-13)
    let turned = 1 / (1 + other.liftInterval.upper)
    #expect(abs(1 + one.liftInterval.lower - turned) <= 1e-12 * (1 + turned))
    #expect(one.pValue == other.pValue)
  }
}
