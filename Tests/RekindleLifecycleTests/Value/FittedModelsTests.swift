import RekindleCore
import RekindleEvents
import RekindleLifecycle
import RekindleStatistics
import Testing

/// The published fits of the CDNOW sample: 2,357 customers, weeks.
@Suite(.enabled(if: CDNOW.folder != nil, "\(CDNOW.words)")) struct FittedModelsTests {
  static let histories = CDNOW.calibration?.histories ?? []

  private func check(
    _ fit: LikelihoodFit, _ expected: [(name: String, value: Double)], _ logLikelihood: Double
  ) {
    for (name, value) in expected {
      #expect(close(fit[name]?.value ?? .nan, value, 2e-6), "\(name) \(fit[name]?.value ?? .nan)")
    }
    #expect(abs(fit.logLikelihood - logLikelihood) < 1e-8, "\(fit.logLikelihood)")
    #expect(fit.count == 2357)
  }

  @Test func bgNBD() throws {
    let fit = try BGNBD.fit(Self.histories, unit: .week).fit
    // BTYD and R to seven digits.
    check(
      fit, [("r", 0.2425945), ("alpha", 4.4136018), ("a", 0.792922), ("b", 2.425907)], -9582.429206674)
    // Of the lifetimes documentation, from a numerical Hessian.
    for (name, error) in [("r", 0.012557), ("alpha", 0.378221), ("a", 0.185719), ("b", 0.705345)] {
      #expect(
        close(fit[name]?.standardError ?? .nan, error, 2e-3), "\(name) \(fit[name]?.standardError ?? 0)")
    }
  }

  @Test func mbgNBD() throws {
    let fit = try MBGNBD.fit(Self.histories, unit: .week).fit
    check(fit, [("r", 0.524843), ("alpha", 6.183086), ("a", 0.891359), ("b", 1.614002)], -9582.135715554)
  }

  @Test func paretoNBD() throws {
    let fit = try ParetoNBD.fit(Self.histories, unit: .week).fit
    check(fit, [("r", 0.553277), ("alpha", 10.577684), ("s", 0.60624), ("beta", 11.668732)], -9594.976178940)
    // CLVTools.
    for (name, error) in [("r", 0.0476264), ("alpha", 0.8427222), ("s", 0.1872594), ("beta", 6.2105448)] {
      #expect(
        close(fit[name]?.standardError ?? .nan, error, 5e-3), "\(name) \(fit[name]?.standardError ?? 0)")
    }
  }

  @Test func gammaGamma() throws {
    let fitted = try GammaGamma.fit(CDNOW.calibration?.spends ?? [])
    let fit = fitted.fit
    #expect(fit.count == 946)
    for (name, value) in [("p", 6.24957285), ("q", 3.74422442), ("v", 15.44351909)] {
      #expect(close(fit[name]?.value ?? .nan, value, 1e-6), "\(name) \(fit[name]?.value ?? 0)")
    }
    #expect(abs(fit.logLikelihood + 4055.917694802) < 1e-8)
    #expect(abs(fitted.model.populationMean - 35.170373) < 1e-5)
    let expected = CDNOW.printed.map(\.spend).map(fitted.model.expectedSpend)
    #expect(abs(expected.reduce(0, +) / Double(expected.count) - 35.252509) < 1e-5)
    for (index, value) in [(0, 24.65802), (1, 18.91002), (2, 35.17037), (5, 71.46336)] {
      #expect(abs(expected[index] - value) < 1e-5, "\(index)")
    }
  }

  /// The sum of conditional expectations over the next 39 weeks, in which 1,882 repeats were seen.
  @Test func expectedPurchasesOfTheHoldout() throws {
    let model = try BGNBD.fit(Self.histories, unit: .week).model
    let sum = Self.histories.reduce(0) { $0 + model.expectedPurchases($1, within: .weeks(39)) }
    #expect(abs(sum - 1653.4087) < 1e-3, "\(sum)")
    #expect(abs(model.expectedPurchases(CDNOW.printed[0].history, within: .weeks(39)) - 1.22590685) < 1e-6)
    #expect(abs(model.expectedPurchases(within: .weeks(52)) - 1.444004) < 2e-5)
  }

  /// A unit is a matter of words: the same customers in days give the same likelihood but for the
  /// scale of their densities, and the same answers.
  @Test func theUnitChangesNothing() throws {
    let weekly = try MBGNBD.fit(Self.histories, unit: .week)
    let daily = try MBGNBD.fit(Self.histories, unit: .day)
    #expect(close(daily.model.alpha, 7 * weekly.model.alpha, 1e-7))
    #expect(close(daily.model.r, weekly.model.r, 1e-7))
    let history = CDNOW.printed[0].history
    for model in [weekly.model, daily.model] {
      #expect(
        close(
          model.expectedPurchases(history.counted(in: .month), within: .days(90)),
          weekly.model.expectedPurchases(history, within: .weeks(90.0 / 7)), 1e-6))
    }
  }

  @Test func theResultIsTheSameForAnyNumberOfThreads() throws {
    let one = try MBGNBD.fit(Self.histories, unit: .week, workers: Workers(1))
    #expect(try MBGNBD.fit(Self.histories, unit: .week, workers: Workers(3)) == one)
    #expect(try MBGNBD.fit(Self.histories.reversed(), unit: .week) == one)
  }

  // MARK: - The unit trap

  /// A documentation that many copied values CDNOW customers over 12 "months" of 30 weeks each. The
  /// period knows its unit here, so that it takes saying so to get those numbers.
  @Test func theCustomerValueUnitTrap() throws {
    let model = try BGNBD.fit(Self.histories, unit: .week).model
    let money = try GammaGamma.fit(CDNOW.calibration?.spends ?? []).model
    let printed = CDNOW.printed
    func value(_ index: Int, _ weeks: Double) -> Double {
      model.discountedValue(
        printed[index].history, spend: money.expectedSpend(printed[index].spend), periods: 12,
        discount: DiscountRate(0.01, per: .weeks(weeks)))
    }
    for (index, wrong, right) in [
      (0, 140.0921, 36.2777), (1, 18.9423, 4.6372), (2, 38.1802, 8.3440),
    ] {
      #expect(abs(value(index, 30) - wrong) < 2e-3, "\(value(index, 30))")
      #expect(abs(value(index, 4.345) - right) < 1e-3, "\(value(index, 4.345))")
    }
    let sums = [30, 4.345].map { weeks in Self.histories.indices.reduce(0) { $0 + value($1, weeks) } }
    #expect(close(sums[0], 266_617.73, 2e-5), "\(sums[0])")
    #expect(close(sums[1], 71_509.48, 2e-5), "\(sums[1])")
    // The default, a month, is near the right one.
    let month = model.discountedValue(
      printed[0].history, spend: money.expectedSpend(printed[0].spend), periods: 12,
      discount: DiscountRate(0.01, per: .months(1)))
    #expect(abs(month - 36.2777) < 0.05)
  }

  // MARK: - As a churn score

  /// Who buys in the next 39 weeks: the chance of no purchase ranks well, P(alive) of BG/NBD worse than
  /// chance, because it is 1 for all who bought once.
  @Test func rankingOfTheHoldout() throws {
    let log = try CDNOW.log("sample", customer: "sample_id")
    let later = try Occasions(of: log, asOf: day("1998-07-01"))
    let before = try Occasions(of: log, asOf: day("1997-10-01"))
    let active = (0..<log.customers.count).map { later.range(of: $0).count > before.range(of: $0).count }
    #expect(active.count { $0 } == 684)
    // Many customers have one score; a published area depends on how rounding broke the ties.
    let tie = 1.5e-4
    let bg = try BGNBD.fit(Self.histories, unit: .week).model
    let mbg = try MBGNBD.fit(Self.histories, unit: .week).model
    let histories = CDNOW.printed.map(\.history)
    let H = TimeSpan.weeks(39)
    func area(_ score: (RepeatHistory) -> Double) -> Double {
      areaUnderCurve(histories.map(score), active)
    }
    let probabilities = histories.map { 1 - bg.probabilityOfNoPurchase($0, within: H) }
    #expect(abs(areaUnderCurve(probabilities, active) - 0.756920) < tie)
    #expect(abs(probabilities.reduce(0, +) / 2357 - 0.261788) < 1e-6)
    let brier = zip(probabilities, active).reduce(0) {
      $0 + ($1.0 - ($1.1 ? 1 : 0)) * ($1.0 - ($1.1 ? 1 : 0))
    }
    #expect(abs(brier / 2357 - 0.161224) < 1e-6)
    #expect(abs(area { 1 - mbg.probabilityOfNoPurchase($0, within: H) } - 0.760103) < tie)
    #expect(abs(area { bg.expectedPurchases($0, within: H) } - 0.772525) < tie)
    #expect(abs(area(bg.probabilityAlive) - 0.315790) < tie)
    #expect(abs(area(mbg.probabilityAlive) - 0.686648) < tie)
    // Of scikit-learn.
    #expect(abs(area { ($0.lastAge * 7).rounded() - ($0.age * 7).rounded() } - 0.771442) < 1e-6)
    #expect(abs(area(\.repeats) - 0.757627) < 1e-6)
  }
}

/// The chance that a random positive outranks a random negative, ties counting half.
private func areaUnderCurve(_ scores: [Double], _ positive: [Bool]) -> Double {
  let order = scores.indices.sorted { scores[$0] < scores[$1] }
  var ranks = 0.0
  var start = 0
  while start < order.count {
    var end = start
    while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
    let rank = Double(start + end + 1) / 2
    for place in start..<end where positive[order[place]] { ranks += rank }
    start = end
  }
  let hits = Double(positive.count { $0 })
  return (ranks - hits * (hits + 1) / 2) / (hits * (Double(scores.count) - hits))
}
