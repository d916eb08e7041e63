import RekindleCore
import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct PurchaseModelTests {
  /// The parameters of BTYD's vignette, for the answers that it prints.
  let bg = BGNBD(r: 0.2425967, alpha: 4.413659, a: 0.7929869, b: 2.426164, unit: .week)
  let pareto = ParetoNBD(r: 0.5531, alpha: 10.5776, s: 0.6062, beta: 11.6687, unit: .week)
  let mbg = MBGNBD(r: 0.524843, alpha: 6.183086, a: 0.891359, b: 1.614002, unit: .week)

  @Test func theVignetteOfBTYD() {
    let best = weeks(26, 30.857, 31)  // customer 1516
    #expect(abs(bg.expectedPurchases(within: .weeks(52)) - 1.444004) < 1e-6)
    #expect(abs(bg.expectedPurchases(best, within: .weeks(52)) - 25.75659) < 2e-3)
    #expect(abs(bg.probabilityAlive(best) - 0.9688523) < 1e-4)
    #expect(abs(pareto.expectedPurchases(best, within: .weeks(52)) - 25.45647) < 2e-2)
    #expect(abs(pareto.probabilityAlive(best) - 0.997874) < 1e-5)
    #expect(abs(pareto.expectedPurchases(within: .weeks(52)) - 1.473434) < 1e-3)
  }

  /// The more a customer had bought before a silence of 19 weeks, the less is to be expected.
  @Test func theParadoxOfFrequency() {
    let printed = [0.3474606, 0.04283391, 0.004158973, 0.0003583685]
    let printedPareto = [0.7062289, 0.1442396, 0.02250658, 0.00309267]
    for (index, x) in [10.0, 15, 20, 25].enumerated() {
      let history = weeks(x, 20, 39)
      #expect(close(bg.expectedPurchases(history, within: .weeks(52)), printed[index], 1e-5))
      #expect(close(pareto.expectedPurchases(history, within: .weeks(52)), printedPareto[index], 1e-3))
    }
    // The manual of BTYD, whose parameters are rounded another way.
    #expect(abs(pareto.probabilityAlive(weeks(0, 0, 39)) - 0.2941633) < 2e-4)
  }

  /// pymc-marketing's tests of stability, and R for the first two.
  @Test func logLikelihoodsOfExtremes() {
    let bg = BGNBD(r: 0.25, alpha: 4, a: 0.8, b: 2.5, unit: .week)
    let mbg = MBGNBD(r: 0.25, alpha: 4, a: 0.8, b: 2.5, unit: .week)
    #expect(abs(bg.logLikelihood(weeks(0, 0, 40)) + 0.59947382) < 1e-8)
    #expect(abs(bg.logLikelihood(weeks(200, 38, 40)) - 100.79569309) < 1e-8)
    #expect(abs(mbg.logLikelihood(weeks(0, 0, 40)) + 0.41792826) < 1e-8)
    #expect(abs(mbg.logLikelihood(weeks(200, 38, 40)) - 100.7869) < 5e-5)
    for x in [2000.0, 20_000] {
      for value in [
        bg.logLikelihood(weeks(x, 10, 1000)), mbg.logLikelihood(weeks(x, 10, 1000)),
        pareto.logLikelihood(weeks(x, 10, 1000)),
      ] { #expect(value.isFinite) }
      #expect(bg.probabilityAlive(weeks(x, 10, 1000)) == 0)
      #expect(mbg.expectedPurchases(weeks(x, 999, 1000), within: .weeks(1)).isFinite)
    }
  }

  /// The chance of a purchase is the complement of none, and cannot exceed the expected number.
  @Test func chancesAndExpectationsAgree() {
    func check<Model: PurchaseModel>(_ model: Model) {
      for history in [weeks(0, 0, 20), weeks(3, 15, 30), weeks(40, 60, 61), weeks(1, 2, 90)] {
        var before = 0.0
        for horizon in [0.0, 1, 13, 52, 520] {
          let some = 1 - model.probabilityOfNoPurchase(history, within: .weeks(horizon))
          let expected = model.expectedPurchases(history, within: .weeks(horizon))
          #expect(some <= expected + 1e-12 && some >= before - 1e-12)
          #expect(some <= model.probabilityAlive(history) + 1e-12)
          before = some
        }
        // Over an instant, one purchase at most: both are the rate now.
        let soon = TimeSpan.weeks(1e-4)
        #expect(
          close(
            1 - model.probabilityOfNoPurchase(history, within: soon),
            model.expectedPurchases(history, within: soon), 2e-3), "\(Model.name) \(history)")
      }
    }
    check(bg)
    check(mbg)
    check(pareto)
  }

  /// The likelihoods of all that may happen to a customer by T sum to 1: no repeat, or a first repeat at
  /// some t followed by none, and so on; here by the chance of none and E[X] for a short time.
  @Test func theLikelihoodOfNothingIsTheChanceOfNothing() {
    for T in [0.5, 10, 200.0] {
      let none = exponential(pareto.logLikelihood(weeks(0, 0, T)))
      let fresh = weeks(0, 0, 1e-9)
      #expect(close(none, pareto.probabilityOfNoPurchase(fresh, within: .weeks(T)), 1e-7))
      let mbgNone = exponential(mbg.logLikelihood(weeks(0, 0, T)))
      #expect(close(mbgNone, mbg.probabilityOfNoPurchase(fresh, within: .weeks(T)), 1e-7))
    }
  }

  /// The integral of the Pareto/NBD likelihood by Simpson's rule, on both sides of α = β and at it.
  @Test(arguments: [(10.0, 2.0), (2.0, 10.0), (5.0, 5.0), (0.02, 30.0), (3000.0, 0.5)])
  func paretoLikelihoodAgreesWithQuadrature(alpha: Double, beta: Double) {
    let (r, s) = (0.7, 0.4)
    let model = ParetoNBD(r: r, alpha: alpha, s: s, beta: beta, unit: .day)
    for (x, lastAge, age) in [(0.0, 0.0, 30.0), (3, 12, 30), (30, 29, 30), (1, 0.5, 400)] {
      // ∫ (α+t)^−(r+x) (β+t)^−(s+1) dt with u = ln(min(α, β) + t), so that the steps are even where it bends.
      let origin = min(alpha, beta)
      let (from, to) = (logarithm(origin + lastAge), logarithm(origin + age))
      let n = 4000
      var sum = 0.0
      for i in 0...n {
        let e = exponential(from + (to - from) * Double(i) / Double(n))
        let t = e - origin
        let value =
          e
          * exponential(-(r + x) * logarithm((alpha + t) / (alpha + lastAge)) - (s + 1) * logarithm(beta + t))
        sum += value * (i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2)
      }
      let integral = sum * (to - from) / Double(n) / 3
      let stayed = exponential(
        -(r + x) * logarithm((alpha + age) / (alpha + lastAge)) - s * logarithm(beta + age))
      let expected =
        logGamma(r + x) - logGamma(r) + r * logarithm(alpha) + s * logarithm(beta)
        - (r + x) * logarithm(alpha + lastAge) + logarithm(stayed + s * integral)
      let history = RepeatHistory(repeats: x, lastAge: lastAge, age: age, unit: .day)
      #expect(
        abs(model.logLikelihood(history) - expected) < 1e-8, "\(x) \(model.logLikelihood(history) - expected)"
      )
    }
  }

  /// The gap at a = 1 is bridged.
  @Test func expectationIsSmoothInA() {
    func expected(_ a: Double) -> Double {
      BGNBD(r: 0.5, alpha: 4, a: a, b: 2, unit: .week).expectedPurchases(within: .weeks(52))
    }
    for a in [1 - 2e-5, 1 - 5e-6, 1, 1 + 5e-6, 1 + 2e-5] {
      #expect(close(expected(a), (expected(0.999) + expected(1.001)) / 2, 5e-5))
    }
  }

  @Test func unitsAreConverted() {
    let history = weeks(3, 15, 30)
    let days = history.counted(in: .day)
    #expect(days.age == 210)
    #expect(
      close(
        mbg.expectedPurchases(days, within: .days(70)), mbg.expectedPurchases(history, within: .weeks(10)),
        1e-12))
    #expect(close(TimeSpan.months(12).count(of: .day), 365.2425, 1e-12))
    #expect(close(DiscountRate.yearly(0.12).rate, 0.009488792934583046, 1e-12))
  }

  @Test func whatCannotBeIsMissing() {
    for history in [weeks(1, 0, 10), weeks(0, 3, 10), weeks(2, 11, 10), weeks(-1, 0, 10)] {
      #expect(mbg.probabilityAlive(history).isNaN)
      #expect(bg.logLikelihood(history).isNaN)
      #expect(pareto.expectedPurchases(history, within: .weeks(1)).isNaN)
    }
    #expect { try MBGNBD.fit([weeks(2, 11, 10)], unit: .week) } throws: {
      ($0 as? Diagnostic)?.code == "RK0902"
    }
    #expect { try MBGNBD.fit([weeks(0, 0, 10)], unit: .week) } throws: {
      ($0 as? Diagnostic)?.code == "RK0903"
    }
    #expect { try GammaGamma.fit([]) } throws: { ($0 as? Diagnostic)?.code == "RK0904" }
  }

  /// Where nobody leaves and all buy alike the likelihood grows without end: said, not answered.
  @Test func aLikelihoodWithoutMaximumIsAnError() {
    let alike = (0..<200).map { weeks(Double(10 + $0 % 2), 50, 50) }
    #expect { try BGNBD.fit(alike, unit: .week) } throws: { ($0 as? Diagnostic)?.code == "RK0901" }
  }

  /// Parameters that made the histories come back.
  @Test func fitFindsWhatMadeTheData() throws {
    let truth = MBGNBD(r: 0.8, alpha: 60, a: 0.9, b: 2.5, unit: .day)
    let histories = simulated(truth, customers: 20_000, seed: 11)
    let fitted = try MBGNBD.fit(histories, unit: .day)
    for (estimate, value) in zip(fitted.fit.estimates, [truth.r, truth.alpha, truth.a, truth.b]) {
      #expect(abs(estimate.value - value) < 4 * estimate.standardError, "\(estimate)")
      #expect(estimate.standardError < 0.2 * value)
    }
  }
}
