/// Exact tests that do not take the total of the successes as given: the p-value is the largest over all
/// rates that the arms may have in common.
extension TwoProportions {
  /// Boschloo's test: tables are ordered by Fisher's one-sided p-value.
  ///
  /// ```
  /// p = max over π of P(F(X₀, X₁) ≤ F(x₀, x₁) | π)
  /// ```
  /// It never rejects too often and its p-value never exceeds Fisher's. Two-sided: twice the smaller of
  /// the one-sided p-values, at most 1, as in SciPy (R's `Exact` orders by the two-sided Fisher p-value
  /// instead). Accurate to 10⁻¹² relative. With an empty arm NaN.
  ///
  /// Source: R. D. Boschloo, 1970.
  public func boschlooPValue(alternative: Alternative = .twoSided) -> Double {
    guard control.count > 0, variant.count > 0 else { return .nan }
    return alternative.exactPValue(less: exchanged.boschlooGreater(), greater: boschlooGreater())
  }

  private func boschlooGreater() -> Double {
    let two = smallerFirst
    let seen = two.fisherGreater(two.control.successes, two.variant.successes)
    // Tables that are alike have p-values alike but for rounding.
    let limit = seen * (1 + 1e-10)
    let lowest = RejectionRegion.boundary(control: two.control.count, variant: two.variant.count) {
      two.fisherGreater($0, $1) <= limit
    }
    return RejectionRegion(lowest: lowest, variant: two.variant.count).supremum()
  }

  private func fisherGreater(_ x0: Int, _ x1: Int) -> Double {
    let tails = ConditionalTable(successes: x0 + x1, control: control.count, variant: variant.count).tails(x1)
    return tails.mass + tails.above
  }

  /// Barnard's test: tables are ordered by the pooled z statistic, by its absolute value when two-sided.
  ///
  /// ```
  /// p = max over π of P(|z(X₀, X₁)| ≥ |z(x₀, x₁)| | π)
  /// ```
  /// Accurate to 10⁻¹² relative. With an empty arm NaN.
  ///
  /// Source: G. A. Barnard, 1945, with the statistic of S. Suissa and J. J. Shuster, 1985.
  public func barnardPValue(alternative: Alternative = .twoSided) -> Double {
    guard control.count > 0, variant.count > 0 else { return .nan }
    switch alternative {
    case .less: return exchanged.barnardPValue(alternative: .greater)
    case .greater:
      let two = smallerFirst
      let limit = two.pooledOrder(two.control.successes, two.variant.successes)
      let least = limit - abs(limit) * 1e-12
      let lowest = two.region { two.pooledOrder($0, $1) >= least }
      return RejectionRegion(lowest: lowest, variant: two.variant.count).supremum()
    case .twoSided:
      let two = smallerFirst
      let limit = abs(two.pooledOrder(two.control.successes, two.variant.successes))
      guard limit > 0 else { return 1 }
      let least = limit * (1 - 1e-12)
      let lowest = two.region { two.pooledOrder($0, $1) >= least }
      // The tables on the other side are those on this side with successes and failures exchanged.
      let highest = lowest.reversed().map { two.variant.count - $0 }
      return RejectionRegion(lowest: lowest, highest: highest, variant: two.variant.count).supremum()
    }
  }

  private func region(_ belongs: (Int, Int) -> Bool) -> [Int] {
    RejectionRegion.boundary(control: control.count, variant: variant.count, belongs)
  }

  /// The pooled z statistic but for a factor that all tables share; 0 where no unit or every unit
  /// succeeded.
  private func pooledOrder(_ x0: Int, _ x1: Int) -> Double {
    let (n0, n1) = (Double(control.count), Double(variant.count))
    let X = Double(x0 + x1)
    guard X > 0, X < n0 + n1 else { return 0 }
    return (Double(x1) * n0 - Double(x0) * n1) / (X * (n0 + n1 - X)).squareRoot()
  }

  private var exchanged: TwoProportions { TwoProportions(control: variant, variant: control) }

  /// The same question with the smaller arm as the control: "the variant succeeds more" is "the control
  /// fails more".
  private var smallerFirst: TwoProportions {
    control.count <= variant.count
      ? self : TwoProportions(control: variant.opposite, variant: control.opposite)
  }
}

extension ProportionCounts {
  fileprivate var opposite: ProportionCounts { ProportionCounts(successes: failures, count: count) }
}
