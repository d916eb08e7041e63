import RekindleNumerics
import Testing

@Suite struct DunnettDistributionTests {
  @Test func oneComparisonIsStudentsT() {
    for nu in [1, 3.5, 20, 1e4, 1e9] {
      let t = StudentT(degreesOfFreedom: nu)
      for x in [0.02, 0.8, 2, 9, 35.0] {
        for lambda in [0, 0.5, 0.97] {
          let two = DunnettDistribution(loadings: [lambda], degreesOfFreedom: nu)
          let one = DunnettDistribution(loadings: [lambda], degreesOfFreedom: nu, isTwoSided: false)
          guard t.upperTail(x) > 1e-250 else { continue }
          #expect(agree([two.upperTail(x)], [2 * t.upperTail(x)], to: 1e-12), "\(nu) \(x) \(lambda)")
          #expect(agree([one.upperTail(x)], [t.upperTail(x)], to: 1e-12), "\(nu) \(x) \(lambda)")
          #expect(agree([one.upperTail(-x)], [t.upperTail(-x)], to: 1e-12), "\(nu) \(x) \(lambda)")
        }
      }
    }
  }

  /// Without a shared control and with a known scale the comparisons are independent.
  @Test func independentComparisonsMultiply() {
    let law = DunnettDistribution(loadings: [0, 0, 0, 0], degreesOfFreedom: .infinity)
    for x in [0.5, 2, 5.0] {
      let p = 2 * Normal().upperTail(x)
      let exact = p * (4 - p * (6 - p * (4 - p)))
      #expect(agree([law.upperTail(x)], [exact], to: 1e-13))
    }
  }

  /// Two one-sided comparisons against 0: P(max > 0) = 1 − P(both ≤ 0) = 3/4 − arcsin(ρ)/(2π).
  @Test func orthantOfTwo() {
    for (a, b, arcsine) in [
      (0.5.squareRoot(), 0.5.squareRoot(), 0.523598775598298873), (0.8, 0.9, 0.803802318933030),
    ] {
      for nu in [4, Double.infinity] {
        let law = DunnettDistribution(loadings: [a, b], degreesOfFreedom: nu, isTwoSided: false)
        #expect(agree([law.upperTail(0)], [0.75 - arcsine / (2 * Double.pi)], to: 1e-13))
      }
    }
  }

  @Test func agreesWithNinetyDigits() throws {
    var checked = 0
    for line in try MultipleFixture.lines() where line.kind != "range" {
      let loadings = line.parameter.split(separator: " ").map { Double($0) ?? .nan }
      let law = DunnettDistribution(
        loadings: loadings, degreesOfFreedom: line.degrees, isTwoSided: line.kind == "dunnett2")
      #expect(agree([law.upperTail(line.x)], [line.tail], to: 1e-12), "\(line) \(law.upperTail(line.x))")
      checked += 1
    }
    #expect(checked == 9)
  }

  /// Two-sided 5 % and 1 % points for equal groups, from Dunnett's own later tables (Biometrics 20, 1964,
  /// tables II and III), two decimals.
  @Test func printedTables() {
    let half = 0.5.squareRoot()
    let table: [(m: Int, nu: Double, alpha: Double, t: Double)] = [
      (2, 10, 0.05, 2.57), (3, 16, 0.05, 2.59), (4, 20, 0.05, 2.65), (9, 20, 0.05, 2.95),
      (3, .infinity, 0.05, 2.35), (5, 30, 0.01, 3.33), (2, 5, 0.01, 4.63),
    ]
    for (m, nu, alpha, t) in table {
      let law = DunnettDistribution(loadings: [Double](repeating: half, count: m), degreesOfFreedom: nu)
      #expect(abs(law.upperQuantile(alpha) - t) < 0.0101, "\(m) \(nu) \(law.upperQuantile(alpha))")
    }
  }

  @Test func liesBetweenOneComparisonAndBonferroni() {
    for lambda in [0.1, 0.7, 0.99] {
      let law = DunnettDistribution(loadings: [lambda, 0.5, lambda, 0.6], degreesOfFreedom: 25)
      for x in [0.1, 1, 3, 7, 20.0] {
        let alone = 2 * StudentT(degreesOfFreedom: 25).upperTail(x)
        #expect(law.upperTail(x) > alone && law.upperTail(x) < min(1, 4 * alone * (1 + 1e-12)))
      }
    }
  }

  @Test func theOrderOfTheComparisonsDoesNotMatter() {
    let a = DunnettDistribution(loadings: [0.3, 0.7, 0.3, 0.9], degreesOfFreedom: 9)
    let b = DunnettDistribution(loadings: [0.9, 0.3, 0.3, 0.7], degreesOfFreedom: 9)
    #expect(a.upperTail(2.5) == b.upperTail(2.5))
  }

  @Test func quantilesUndoTails() {
    for isTwoSided in [true, false] {
      let law = DunnettDistribution(loadings: [0.7, 0.6, 0.2], degreesOfFreedom: 14, isTwoSided: isTwoSided)
      for p in [1e-50, 1e-6, 0.01, 0.05, 0.4] {
        #expect(agree([law.upperTail(law.upperQuantile(p))], [p], to: 1e-11))
      }
    }
  }

  @Test func edges() {
    #expect(DunnettDistribution(loadings: [], degreesOfFreedom: 3).upperTail(1).isNaN)
    #expect(DunnettDistribution(loadings: [1], degreesOfFreedom: 3).upperTail(1).isNaN)
    #expect(DunnettDistribution(loadings: [.nan, 0.5], degreesOfFreedom: 3).upperTail(1).isNaN)
    #expect(DunnettDistribution(loadings: [0.5], degreesOfFreedom: -3).upperTail(1).isNaN)
    #expect(DunnettDistribution(loadings: [0.5, 0.5], degreesOfFreedom: 3).upperTail(0) == 1)
  }
}
