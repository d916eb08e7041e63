import RekindleStatistics
import Testing

@Suite struct EffectByDayTests {
  private let numbers = [0, 1, 2, 3, 4, 6, 7]
  private let effects = [3.1, 2.4, 2.2, 1.1, 1.3, 0.9, 0.7]
  private let errors = [0.5, 0.4, 0.6, 0.4, 0.5, 0.3, 0.45]

  private func days(_ change: (Double) -> Double = { $0 }) -> [EffectByDay.Day] {
    numbers.indices.map { .init(numbers[$0], effect: change(effects[$0]), standardError: errors[$0]) }
  }

  /// R 4.2: weighted least squares with known variances.
  @Test func agreesWithR() throws {
    let byDay = EffectByDay(days: days())
    #expect(near(byDay.slope.estimate, try SegmentEffectsTests.values("slope")[0], 1e-11))
    #expect(near(byDay.slope.standardError, try SegmentEffectsTests.values("slope_error")[0], 1e-11))
    #expect(near(byDay.contrast.estimate, try SegmentEffectsTests.values("contrast")[0], 1e-11))
    #expect(near(byDay.contrast.standardError, try SegmentEffectsTests.values("contrast_error")[0], 1e-11))
    #expect(near(byDay.contrast.pValue, try SegmentEffectsTests.values("contrast_p")[0], 1e-9))
    #expect(near(byDay.pValue, 2 * min(byDay.slope.pValue, byDay.contrast.pValue), 0))
    #expect(byDay.reading == .fading)
    #expect(EffectByDay(days: days().reversed()) == byDay)
  }

  @Test func readings() {
    // A loss that wears off fades too; one that deepens grows.
    #expect(EffectByDay(days: days { -$0 }).reading == .fading)
    #expect(EffectByDay(days: days { 4 - $0 }).reading == .growing)
    #expect(EffectByDay(days: days { $0 - 4 }).reading == .growing)
    #expect(EffectByDay(days: days { 2 + 0.05 * $0 }).reading == .noTrend)
    #expect(EffectByDay(days: Array(days().prefix(2))).reading == .tooFewDays)
    #expect(EffectByDay(days: Array(days().prefix(3))).reading == .tooFewDays)
    #expect(EffectByDay(days: days { $0 }).message.hasPrefix("fading"))
  }

  /// A burst of the first days and then nothing: the contrast sees it before the slope does.
  @Test func aBurstIsSeenByTheContrast() {
    let burst = (0..<30).map { EffectByDay.Day($0, effect: $0 < 2 ? 2 : 0.5, standardError: 0.5) }
    let byDay = EffectByDay(days: burst, firstDays: 2)
    #expect(byDay.contrast.pValue < byDay.slope.pValue)
    #expect(byDay.reading == .fading)
  }

  @Test func daysWithoutAnEffectDoNotCount() {
    let holes = days() + [.init(5, effect: .nan, standardError: 1), .init(9, effect: 1, standardError: 0)]
    #expect(EffectByDay(days: holes) == EffectByDay(days: days()))
  }
}
