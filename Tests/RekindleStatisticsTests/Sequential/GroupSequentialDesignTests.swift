import RekindleStatistics
import Testing

/// rpact's numbers (Fixtures/sequential) are good to some 1e-8: it stops its searches there.
@Suite struct GroupSequentialDesignTests {
  let unequal = [0.2, 0.5, 0.65, 1]

  @Test func obrienFlemingTwoSidedIsRpact() throws {
    let design = try GroupSequentialDesign(shares: [0.25, 0.5, 0.75, 1], power: 0.8)
    near(
      design.looks.map(\.criticalValue),
      [4.33263364604956, 2.9631315980223, 2.35904428531649, 2.01409014390083])
    near(
      design.looks.map(\.alphaSpent), [1.4733616871876e-05, 0.00305064551578309, 0.0192986499046153, 0.05])
    near(
      design.looks.map(\.nominalLevel),
      [7.36680843793595e-06, 0.00152263172846079, 0.00916103456030637, 0.0220000350664562].map { 2 * $0 })
    near([design.inflation], [1.01963733054263])
    let outcome = design.outcome(drift: design.drift)
    near(outcome.crossing, [0.00176055207152015, 0.166139015949344, 0.372083847917539, 0.260016584061597])
    near(
      [outcome.expectedShare * design.inflation, design.outcome(drift: 0).expectedShare * design.inflation],
      [0.83874221113468, 1.0139365308257])
    near([design.outcome(drift: design.drift / 2).expectedShare * design.inflation], [0.979785450348873])
  }

  @Test func pocockTwoSidedIsRpact() throws {
    let design = try GroupSequentialDesign(shares: [0.25, 0.5, 0.75, 1], spending: .pocock)
    near(
      design.looks.map(\.criticalValue),
      [2.36832770352391, 2.36752429470653, 2.35816773498664, 2.35002953739604])
    near([design.inflation], [1.19631005101792])
    near(
      design.outcome(drift: design.drift).crossing,
      [0.201521945288632, 0.250356275917636, 0.205986031748177, 0.142135747045556])
  }

  @Test func unequalLooksAreRpact() throws {
    let two = try GroupSequentialDesign(shares: unequal, power: 0.9)
    near(
      two.looks.map(\.criticalValue),
      [4.87688494879076, 2.96262924611801, 2.57855221262434, 1.99107872328022])
    let one = try GroupSequentialDesign(
      alpha: 0.025, alternative: .greater, shares: unequal, spending: .pocock, power: 0.9)
    near(
      one.looks.map(\.criticalValue), [2.43797668805001, 2.33282517251791, 2.42324033827754, 2.3037477285252])
    near([one.inflation], [1.16439637115517])
    near([one.outcome(drift: one.drift).expectedShare * one.inflation], [0.710991412515791])
  }

  @Test func futilityIsRpact() throws {
    let design = try GroupSequentialDesign(
      alpha: 0.025, alternative: .greater, shares: [0.25, 0.5, 0.75, 1], futility: .obrienFleming)
    near(
      design.looks.map(\.criticalValue),
      [4.33263364604956, 2.96313159907004, 2.35904428310459, 2.01409014844103])
    near(design.looks.dropLast().map(\.futility), [-0.820285873524752, 0.609806085318269, 1.40169862929179])
    near([design.inflation], [1.13484017057875])
    let outcome = design.outcome(drift: design.drift)
    near(outcome.crossing, [0.00225295576261164, 0.194707584615073, 0.394243469489902, 0.208795990132416])
    near(Array(outcome.futile.dropLast()), [0.0103741228067519, 0.0595522039182852, 0.0689980909053969])
    near([design.outcome(drift: 0).expectedShare * design.inflation], [0.602453343744975])
    let pocock = try GroupSequentialDesign(
      alpha: 0.025, alternative: .greater, shares: unequal, spending: .pocock, futility: .pocock, power: 0.9)
    near(pocock.looks.dropLast().map(\.futility), [-0.184482608707268, 0.981034973890928, 1.30533441529406])
    near([pocock.inflation], [1.38027573865687])
  }

  /// Jennison and Turnbull 2000, table 7.1 and 7.2 (and Lan and DeMets 1983): five equal looks.
  @Test func tablesOfTheBook() throws {
    let shares = [0.2, 0.4, 0.6, 0.8, 1]
    let obrien = try GroupSequentialDesign(shares: shares)
    near(obrien.looks.map(\.criticalValue), [4.877, 3.357, 2.680, 2.290, 2.031], within: 5e-4)
    let pocock = try GroupSequentialDesign(shares: shares, spending: .pocock)
    near(pocock.looks.map(\.criticalValue), [2.438, 2.427, 2.410, 2.397, 2.386], within: 6e-4)
  }

  @Test func oneLookIsThePlainTest() throws {
    let design = try GroupSequentialDesign(shares: [1])
    near([design.looks[0].criticalValue], [1.959963984540054], within: 1e-12)
    near([design.inflation], [1], within: 1e-10)
  }

  @Test func aRevisedDesignKeepsThePastAndSpendsAll() throws {
    let plan = try GroupSequentialDesign(shares: [0.25, 0.5, 0.75, 1])
    let later = try plan.revised(shares: [0.25, 0.5, 0.9])
    #expect(later.looks[0] == plan.looks[0] && later.looks[1].criticalValue == plan.looks[1].criticalValue)
    #expect(later.looks[2].alphaSpent == 0.05 && later.looks[2].criticalValue < plan.looks[3].criticalValue)
    let over = try plan.revised(shares: [0.25, 0.5, 1.2])
    let nothing = over.outcome(drift: 0)
    #expect(abs(nothing.power + nothing.crossingBelow.reduce(0, +) - 0.05) < 1e-12)
  }

  /// Fifty looks, and two that nearly coincide: the error is spent all the same, and sides are alike.
  @Test func manyAndCloseLooksSpendTheError() throws {
    for shares in [(1...50).map { Double($0) / 50 }, [0.5, 0.5001, 1]] {
      let design = try GroupSequentialDesign(shares: shares, spending: .pocock)
      let outcome = design.outcome(drift: 0)
      #expect(abs(outcome.power - 0.025) < 1e-11)
      #expect(abs(outcome.crossingBelow.reduce(0, +) - 0.025) < 1e-11)
    }
  }

  @Test func twoSidedFutilityMissesWhatItMay() throws {
    let design = try GroupSequentialDesign(shares: [0.3, 0.7, 1], spending: .pocock, futility: .pocock)
    let outcome = design.outcome(drift: design.drift)
    let found = outcome.power + outcome.crossingBelow.reduce(0, +)
    // Sides: what is not found is β; a wrong sign is next to nothing.
    #expect(abs(found - 0.8) < 1e-10)
    // rpact, which calls its own experimental, has the same bounds.
    near(design.looks.dropLast().map(\.futility), [0.495393128789936, 1.56761833355132])
    #expect(design.looks[0].futility > 0 && design.looks[2].futility == design.looks[2].criticalValue)
    // The α bounds do not lean on it.
    #expect(
      design.looks.map(\.criticalValue)
        == (try GroupSequentialDesign(shares: [0.3, 0.7, 1], spending: .pocock)).looks.map(\.criticalValue))
  }

  @Test func noDriftNoOutcome() throws {
    let design = try GroupSequentialDesign(alpha: 0.025, alternative: .greater, shares: [0.5, 1])
    #expect(design.outcome(drift: .nan).power.isNaN && design.outcome(drift: .infinity).power.isNaN)
    #expect(design.conditionalPower(look: 0, statistic: 1, assuming: .drift(.infinity)).isNaN)
    #expect(design.result(look: 0, estimate: 1e300, standardError: 1e-300) == nil)
  }

  @Test func nonsenseIsRefused() {
    for shares in [[], [0, 1], [0.5, 0.4, 1], [0.5, .nan], [0.5, 0.5 + 1e-9, 1]] {
      #expect(throws: (any Error).self) { try GroupSequentialDesign(shares: shares) }
    }
    #expect(throws: (any Error).self) { try GroupSequentialDesign(alpha: 0, shares: [1]) }
    #expect(throws: (any Error).self) { try GroupSequentialDesign(shares: [1], power: 0.03) }
  }

  private func near(
    _ a: [Double], _ b: [Double], within tolerance: Double = 1e-7, at place: SourceLocation = #_sourceLocation
  ) {
    #expect(a.count == b.count, sourceLocation: place)
    for (a, b) in zip(a, b) {
      #expect(abs(a - b) <= tolerance * max(1, abs(b)), "\(a) against \(b)", sourceLocation: place)
    }
  }
}
