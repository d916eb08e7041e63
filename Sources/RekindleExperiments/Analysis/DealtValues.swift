internal import RekindleStatistics

/// The outcomes of the units of a recorded deal, or of a part of them.
struct DealtValues: Sendable {
  private let deal: RecordedDeal
  /// As the moments have them.
  private let arms: [String]
  /// Of the deal, those with an outcome.
  private let rows: [Int]
  private let values: [Double]

  static let usualDraws = 9999

  /// - Parameters:
  ///   - arms: their names, the holdout's last.
  ///   - outcomes: of all units of the deal, NaN where one takes no part.
  ///   - segment: of a segment, each unit's value, of which `value` is meant.
  /// - Returns: `nil` where no outcomes were kept.
  init?(
    _ deal: RecordedDeal, arms: [String], _ outcomes: [Double], within segment: [Int32]? = nil,
    _ value: Int = 0
  ) {
    guard outcomes.count == deal.count else { return nil }
    self.deal = deal
    self.arms = arms
    rows = outcomes.indices.filter { row in
      !outcomes[row].isNaN && segment.map { Int($0[row]) == value } ?? true
    }
    values = rows.map { outcomes[$0] }
  }

  /// The test of two arms, and with how many draws.
  ///
  /// All units of the two arms are dealt again, those without an outcome too, because the balance was that
  /// of all; compared are those with one. A p-value from fewer draws is exact all the same, only coarser: the
  /// draws are as many as half a billion steps allow.
  /// - Returns: `nil` for the holdout, which was drawn before the deal.
  func test(control: Int, variant: Int) -> (test: PermutationTest, draws: Int)? {
    guard max(control, variant) < arms.count - 1 else { return nil }
    let exchange = deal.exchange(control: arms[control], variant: arms[variant])
    let rows = rows
    let test = PermutationTest(
      values: values, arms: rows.map { exchange.arms[$0] },
      randomisation: .redraw { stream in
        let arms = exchange(&stream)
        return rows.map { arms[$0] }
      })
    let affordable = 5e8 / exchange.expectedSteps
    let draws = [Self.usualDraws, 4999, 1999].first { Double($0) <= affordable } ?? 999
    return (test, draws)
  }
}

extension MetricMoments {
  /// The values of one segment by stratum and arm; empty where they were not kept, or some unit has no
  /// stratum.
  func stratumValues(segment: Int, value: Int) -> [[[Double]]] {
    guard !segmentStrata.isEmpty, !stratumValues.isEmpty else { return [] }
    let strata = segmentStrata[segment][value]
    let values = segmentValues[segment][value]
    var cells = stratumValues.map { _ in values.map { _ in [Double]() } }
    for arm in values.indices {
      for (value, stratum) in zip(values[arm], strata[arm]) where stratum >= 0 {
        cells[Int(stratum)][arm].append(value)
      }
    }
    return cells
  }
}
