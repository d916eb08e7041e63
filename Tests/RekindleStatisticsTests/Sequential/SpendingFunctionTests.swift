import RekindleNumerics
import RekindleStatistics
import Testing

@Suite struct SpendingFunctionTests {
  @Test(arguments: SpendingFunction.allCases)
  func spendsAllInTheEndAndNeverGivesBack(function: SpendingFunction) {
    #expect(function.spent(at: 0, of: 0.025) == 0)
    #expect(function.spent(at: 1, of: 0.025) == 0.025 && function.spent(at: 1.3, of: 0.025) == 0.025)
    let steps = (0...100).map { function.spent(at: Double($0) / 100, of: 0.025) }
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(abs(function.spent(at: 1 - 1e-12, of: 0.025) - 0.025) < 1e-12)
  }

  /// Lan and DeMets 1983: 2 − 2Φ(z/√t) and α ln(1 + (e − 1) t).
  @Test func isLanAndDeMets() {
    let half = SpendingFunction.obrienFleming.spent(at: 0.5, of: 0.025)
    #expect(abs(half - 2 * Normal().upperTail(2.241402727604945 / 0.5.squareRoot())) < 1e-15)
    #expect(abs(SpendingFunction.pocock.spent(at: 0.5, of: 0.05) - 0.05 * 0.6201145069582775) < 1e-15)
    // A far tail is no 0.
    let early = SpendingFunction.obrienFleming.spent(at: 0.02, of: 0.025)
    #expect(early > 0 && early < 1e-50)
  }
}
