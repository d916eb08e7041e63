import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct ProportionMethodsTests {
  @Test func testsAgreeWithR() throws {
    var seen: [String: Int] = [:]
    for row in try ProportionFixture.rows("proportions/r.csv") {
      seen[row.name, default: 0] += 1
      switch row.name {
      case "prop_test":
        let test = row.two.scoreTest(alternative: row.alternative)
        #expect(isNear(test.pValue, row.a), "\(row)")
        #expect(isNear(abs(test.statistic), row.b, 1e-10), "\(row)")
        #expect(row.two.effect(alternative: row.alternative).pValue == test.pValue)
      case "fisher_test":
        let p = row.two.effect(method: .fisher, alternative: row.alternative).pValue
        #expect(isNear(p, row.a), "\(row) \(p) \(row.a)")
      case "wilson":
        let interval = row.two.variant.wilson(confidence: row.confidence)
        #expect(isNear(interval.lower, row.a, 1e-10) && isNear(interval.upper, row.b, 1e-10), "\(row)")
      case "clopper_pearson":
        let interval = row.two.variant.clopperPearson(confidence: row.confidence)
        #expect(isNear(interval.lower, row.a, 1e-10) && isNear(interval.upper, row.b, 1e-10), "\(row)")
      default: Issue.record("\(row)")
      }
    }
    #expect(seen.count == 4)
  }

  @Test func intervalsAndTestsAgreeWithStatsmodelsAndHighPrecision() throws {
    var seen: [String: Int] = [:]
    for row in try ProportionFixture.rows("proportions/python.csv") {
      seen[row.name, default: 0] += 1
      func effect(_ method: ProportionMethod) -> Effect {
        row.two.effect(method: method, confidence: row.confidence, alternative: row.alternative)
      }
      // An end of 0 is compared with the width; a Wald interval is cut where the difference ends.
      func expect(_ found: Interval) {
        let wanted = Interval(
          max(-1, row.a), row.name.contains("lift") || row.name == "log_delta" ? row.b : min(1, row.b))
        let width = wanted.isBounded ? wanted.upper - wanted.lower : 0
        #expect(
          isNear(found.lower, wanted.lower) || abs(found.lower - wanted.lower) < 1e-12 * width,
          "\(row) \(found) \(wanted)")
        #expect(
          isNear(found.upper, wanted.upper) || abs(found.upper - wanted.upper) < 1e-12 * width,
          "\(row) \(found) \(wanted)")
      }
      func expect(_ p: Double, _ z: Double) {
        #expect(isNear(p, row.a) && isNear(z, row.b), "\(row) p \(p) \(row.a) z \(z) \(row.b)")
      }
      switch row.name {
      case "score_difference": expect(effect(.miettinenNurminen).differenceInterval)
      case "score_lift": expect(effect(.miettinenNurminen).liftInterval)
      case "newcombe": expect(effect(.newcombe).differenceInterval)
      case "wald": expect(effect(.wald).differenceInterval)
      case "agresti_caffo": expect(effect(.agrestiCaffo).differenceInterval)
      case "log_delta": expect(effect(.logDelta).liftInterval)
      case "wald_test": expect(effect(.wald).pValue, effect(.wald).statistic)
      case "agresti_caffo_test": expect(effect(.agrestiCaffo).pValue, effect(.agrestiCaffo).statistic)
      case "log_delta_test": expect(effect(.logDelta).pValue, effect(.logDelta).statistic)
      case "margin_difference":
        let test = row.two.scoreTest(difference: -0.02, alternative: row.alternative)
        expect(test.pValue, test.statistic)
      case "margin_ratio":
        let test = row.two.scoreTest(ratio: 0.9, alternative: row.alternative)
        expect(test.pValue, test.statistic)
      default: Issue.record("\(row)")
      }
    }
    #expect(seen.count == 11)
  }

  /// Cookie Cats: the moved gate and the two retentions, as its published analyses print them.
  @Test func cookieCats() {
    let one = TwoProportions(
      control: ProportionCounts(successes: 20_034, count: 44_700),
      variant: ProportionCounts(successes: 20_119, count: 45_489)
    ).effect()
    #expect(abs(one.difference + 0.00591) < 5e-6 && abs(one.pValue - 0.0744) < 5e-5)
    let seven = TwoProportions(
      control: ProportionCounts(successes: 8502, count: 44_700),
      variant: ProportionCounts(successes: 8279, count: 45_489)
    ).effect()
    #expect(abs(seven.difference + 0.00820) < 5e-6 && abs(seven.pValue - 0.00155) < 5e-6)
  }

  /// A p-value is not lost where 1 − Φ is 0.
  @Test func tailsDoNotUnderflow() {
    let far = TwoProportions(
      control: ProportionCounts(successes: 10_000, count: 100_000),
      variant: ProportionCounts(successes: 12_575, count: 100_000)
    ).effect(alternative: .greater)
    #expect(abs(far.statistic - 18.2) < 0.1)
    #expect(far.pValue > 1e-75 && far.pValue < 1e-72)
    #expect(isNear(far.pValue, Normal().upperTail(far.statistic), 1e-14))
    let exact = TwoProportions(
      control: ProportionCounts(successes: 100, count: 1000),
      variant: ProportionCounts(successes: 470, count: 1000))
    // As fisher.test gives it.
    let p = exact.fisherPValue(alternative: .greater)
    #expect(p > 0 && p < 1e-70)
  }

  /// Margins at the ends of the parameter: impossible but for the one table that says just that.
  @Test func marginsAtTheEnds() {
    func test(_ x0: Int, _ x1: Int, _ difference: Double) -> ScoreTest {
      TwoProportions(
        control: ProportionCounts(successes: x0, count: 10),
        variant: ProportionCounts(successes: x1, count: 10)
      ).scoreTest(difference: difference)
    }
    #expect(test(3, 5, 1).pValue == 0 && test(3, 5, -1).pValue == 0)
    #expect(test(0, 10, 1).pValue == 1 && test(0, 10, -1).pValue == 0)
    #expect(test(3, 5, 1.5).pValue.isNaN)
  }

  /// Zeros in every place: an answer where there is one, and no end where there is none.
  @Test(arguments: ProportionMethod.allCases) func edges(_ method: ProportionMethod) {
    func effect(_ x0: Int, _ n0: Int, _ x1: Int, _ n1: Int) -> Effect {
      TwoProportions(
        control: ProportionCounts(successes: x0, count: n0),
        variant: ProportionCounts(successes: x1, count: n1)
      ).effect(method: method)
    }
    let empty = effect(0, 0, 3, 10)
    #expect(empty.pValue.isNaN && empty.difference.isNaN && empty.lift.isNaN)
    #expect(empty.differenceInterval == Interval(-1, 1))
    #expect(empty.liftInterval == Interval(-1, .infinity))
    let none = effect(0, 20, 0, 30)
    #expect(none.difference == 0 && none.lift.isNaN)
    #expect(none.liftInterval.upper == .infinity || method == .agrestiCaffo)
    if method != .delta && method != .logDelta && method != .agrestiCaffo { #expect(none.pValue == 1) }
    let all = effect(20, 20, 30, 30)
    #expect(all.difference == 0 && all.lift == 0 && all.pValue == 1 || method == .agrestiCaffo)
    let first = effect(0, 20, 5, 30)
    #expect(first.lift == .infinity)
    #expect(first.liftInterval.upper == .infinity || method == .agrestiCaffo)
    #expect(!first.differenceInterval.lower.isNaN && !first.differenceInterval.upper.isNaN)
    let lost = effect(5, 20, 0, 30)
    #expect(lost.lift == -1)
    #expect(lost.liftInterval.lower == -1 || method == .agrestiCaffo)
    for found in [none, all, first, lost] {
      #expect(found.differenceInterval.contains(found.difference) || method == .agrestiCaffo)
    }
  }

  /// A one-sided interval ends where the two-sided one of twice the error does, and nowhere else.
  @Test(arguments: ProportionMethod.allCases) func oneSided(_ method: ProportionMethod) {
    let two = TwoProportions(
      control: ProportionCounts(successes: 12, count: 100),
      variant: ProportionCounts(successes: 21, count: 110))
    let both = two.effect(method: method, confidence: 0.9)
    let greater = two.effect(method: method, confidence: 0.95, alternative: .greater)
    let less = two.effect(method: method, confidence: 0.95, alternative: .less)
    #expect(isNear(greater.differenceInterval.lower, both.differenceInterval.lower, 1e-12))
    #expect(greater.differenceInterval.upper == 1 && greater.liftInterval.upper == .infinity)
    #expect(isNear(less.liftInterval.upper, both.liftInterval.upper, 1e-12))
    #expect(less.differenceInterval.lower == -1 && less.liftInterval.lower == -1)
    #expect(greater.pValue < 0.2 && less.pValue > 0.8)
  }

  /// What the methods promise: each interval of the pairs below holds 0 just when p exceeds α.
  @Test(arguments: [ProportionMethod.wald, .agrestiCaffo, .delta, .logDelta])
  func pAndIntervalAgree(_ method: ProportionMethod) {
    for x in 0...60 {
      let effect = TwoProportions(
        control: ProportionCounts(successes: 20, count: 100),
        variant: ProportionCounts(successes: x, count: 120)
      ).effect(method: method)
      guard !effect.pValue.isNaN else { continue }
      let ofLift = method == .delta || method == .logDelta
      let interval = ofLift ? effect.liftInterval : effect.differenceInterval
      #expect((effect.pValue > 0.05) == interval.contains(0))
    }
  }

  /// The ratio's interval of Donner and Zou has the difference's signs: both hold 0 or neither does.
  @Test func newcombeOfTheRatio() {
    for x0 in 0...40 {
      for x1 in 0...50 {
        let effect = TwoProportions(
          control: ProportionCounts(successes: x0, count: 40),
          variant: ProportionCounts(successes: x1, count: 50)
        ).effect(method: .newcombe)
        let (d, l) = (effect.differenceInterval, effect.liftInterval)
        #expect(
          (d.lower > 1e-12) == (l.lower > 1e-12) && (d.upper < -1e-12) == (l.upper < -1e-12), "\(x0) \(x1)")
      }
    }
  }
}
