import RekindleCore
import RekindleStatistics
import Testing

@Suite struct LogRankTests {
  /// Two groups, and four of which one has a single member.
  @Test(arguments: ["sex", "ecog"])
  func agreesWithR(variable: String) throws {
    let fixture = try SurvivalFixture.read()
    let groups = fixture.groups(variable == "sex" ? fixture.sex : fixture.ecog)
    let expected = variable == "sex" ? fixture.sex_test : fixture.ecog_test
    let test = try LogRank(groups: groups)
    for (found, given) in [
      (test.observed, expected.observed), (test.expected, expected.expected),
      (test.variance, expected.variance),
    ] {
      for (a, b) in zip(found, given) { #expect(SurvivalFixture.agree(a, b)) }
    }
    #expect(SurvivalFixture.agree(test.chiSquared, expected.chiSquared))
    #expect(abs(test.pValue / expected.pValue - 1) < 1e-10)
    #expect(test.degreesOfFreedom == groups.count - 1)
  }

  @Test func equalGroupsDoNotDiffer() throws {
    let observations = try SurvivalFixture.read().observations
    let test = try LogRank(groups: [observations, observations])
    #expect(abs(test.chiSquared) < 1e-20)
    #expect(test.pValue == 1)
  }

  @Test func theOrderOfTheGroupsDoesNotMatter() throws {
    let fixture = try SurvivalFixture.read()
    let groups = fixture.groups(fixture.ecog)
    let test = try LogRank(groups: groups)
    let turned = try LogRank(groups: groups.reversed())
    #expect(SurvivalFixture.agree(test.chiSquared, turned.chiSquared))
  }

  @Test func aGroupWithoutObservationsTakesNoPart() throws {
    let fixture = try SurvivalFixture.read()
    let groups = fixture.groups(fixture.sex)
    let test = try LogRank(groups: [groups[0], [], groups[1]])
    #expect(test.degreesOfFreedom == 1)
    #expect(SurvivalFixture.agree(test.chiSquared, fixture.sex_test.chiSquared))
  }

  @Test func oneGroupIsRefused() throws {
    let observations = try SurvivalFixture.read().observations
    #expect { try LogRank(groups: [observations, []]) } throws: { ($0 as? Diagnostic)?.code == "RK0890" }
    // The second group is watched only after the first has gone.
    let early = [CensoredTime(1, isEvent: true)]
    #expect(throws: Diagnostic.self) { try LogRank(groups: [early]) }
  }
}
