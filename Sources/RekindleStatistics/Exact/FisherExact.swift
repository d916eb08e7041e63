/// What the two-sided p-value of a test that is conditional on the margins adds up.
public enum TwoSidedRule: String, Sendable, Hashable, Codable, CaseIterable {
  /// All tables that are no likelier than the one seen: R and SciPy.
  case noLikelier = "no_likelier"
  /// Twice the smaller one-sided p-value, at most 1.
  case doubled
}

extension TwoProportions {
  /// Fisher's exact test.
  ///
  /// It never rejects too often, and with few successes far less often than it may: `boschlooPValue` is
  /// as safe and always at least as powerful. With an empty arm NaN.
  ///
  /// Source: R. A. Fisher, 1935; `fisher.test` of R.
  public func fisherPValue(
    alternative: Alternative = .twoSided, twoSided: TwoSidedRule = .noLikelier
  ) -> Double {
    guard let table = conditionalTable else { return .nan }
    let x = variant.successes
    if alternative == .twoSided, twoSided == .noLikelier { return table.massNoLikelier(than: x) }
    let (below, mass, above) = table.tails(x)
    return alternative.exactPValue(less: below + mass, greater: mass + above)
  }

  /// Fisher's test with half of the mass of the table that was seen: near its nominal level on average,
  /// but not always below it. Two-sided: twice the smaller one, at most 1.
  ///
  /// Source: H. O. Lancaster, 1961.
  public func midPValue(alternative: Alternative = .twoSided) -> Double {
    guard let table = conditionalTable else { return .nan }
    let (below, mass, above) = table.tails(variant.successes)
    return alternative.exactPValue(less: below + mass / 2, greater: above + mass / 2)
  }

  /// `nil` with an empty arm.
  private var conditionalTable: ConditionalTable? {
    guard control.count > 0, variant.count > 0 else { return nil }
    return ConditionalTable(
      successes: control.successes + variant.successes, control: control.count, variant: variant.count)
  }
}

extension Alternative {
  func exactPValue(less: @autoclosure () -> Double, greater: @autoclosure () -> Double) -> Double {
    switch self {
    case .twoSided: min(1, 2 * min(less(), greater()))
    case .less: min(1, less())
    case .greater: min(1, greater())
    }
  }
}
