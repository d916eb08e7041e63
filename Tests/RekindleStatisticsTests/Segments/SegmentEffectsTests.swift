import RekindleStatistics
import Testing

@Suite struct SegmentEffectsTests {
  static func values(_ quantity: String) throws -> [Double] {
    let line = try #require(try referenceLines("segments/segments.csv").first { $0[0] == quantity })
    return line[1].split(separator: " ").map { Double($0) ?? .nan }
  }

  static func trials() throws -> SegmentEffects {
    SegmentEffects(
      zip(try values("effect"), try values("error")).enumerated().map {
        SegmentEffects.Segment("trial \($0.offset)", effect: $0.element.0, standardError: $0.element.1)
      })
  }

  /// Thirteen trials of the BCG vaccine. Published (W. Viechtbauer, J. Stat. Softw. 36(3), 2010): Q 152.2330,
  /// τ² 0.3088 by DerSimonian and Laird; the rest from R 4.2, formulas written out.
  @Test func bcgTrials() throws {
    let report = try Self.trials().report()
    #expect(abs(report.statistic - 152.2330) < 5e-5)
    #expect(report.degrees == 12)
    #expect(near(report.pValue, try Self.values("p")[0], 1e-10))
    #expect(near(report.inconsistency, try Self.values("I2")[0], 1e-12))
    #expect(near(report.tauSquared, try Self.values("paule_mandel")[0], 1e-10))
    #expect(near(report.mean, try Self.values("mean")[0], 1e-10))
    #expect(near(report.meanStandardError, try Self.values("mean_error")[0], 1e-10))
    let (shrunken, errors, bh) = (
      try Self.values("shrunken"), try Self.values("shrunken_error"), try Self.values("bh")
    )
    for (i, row) in report.rows.enumerated() {
      #expect(near(row.shrunken, shrunken[i], 1e-9))
      #expect(near(row.shrunkenStandardError, errors[i], 1e-9))
      #expect(near(row.adjustedPValue, bh[i], 1e-9))
    }
    let moments = try Self.trials().report(between: .dersimonianLaird)
    #expect(near(moments.tauSquared, try Self.values("dersimonian_laird")[0], 1e-12))
    #expect(abs(moments.tauSquared - 0.3088) < 5e-5)
  }

  /// Where variances count as known, the interaction is Q.
  @Test func interactionIsCochransQ() throws {
    let report = try Self.trials().report()
    #expect(near(report.interaction.statistic * 12, report.statistic, 1e-10))
    #expect(near(report.interaction.pValue, report.pValue, 1e-8))
    // Few degrees of freedom make it less sure.
    var segments = try Self.trials().segments
    for i in segments.indices { segments[i].degreesOfFreedom = 6 }
    let small = SegmentEffects(segments).report()
    #expect(small.interaction.pValue > report.interaction.pValue)
    #expect(small.statistic == report.statistic)
  }

  /// Effects that differ by less than chance are drawn together entirely.
  @Test func noHeterogeneityShrinksToTheMean() {
    let report = SegmentEffects(
      [(1.0, 0.5), (1.1, 0.4), (0.9, 0.6)].enumerated().map {
        SegmentEffects.Segment("s\($0.offset)", effect: $0.element.0, standardError: $0.element.1)
      }
    ).report()
    #expect(report.tauSquared == 0 && report.inconsistency == 0)
    #expect(report.rows.allSatisfy { near($0.shrunken, report.mean, 1e-14) && $0.pull == 1 })
    #expect(report.rows.allSatisfy { near($0.shrunkenStandardError, report.meanStandardError, 1e-14) })
  }

  /// Moving every effect by a constant moves every estimate by it and changes no test of difference.
  @Test func movingAllEffects() throws {
    let here = try Self.trials().report()
    let there = SegmentEffects(
      try Self.trials().segments.map {
        .init($0.name, effect: $0.effect + 3, standardError: $0.standardError)
      }
    ).report()
    #expect(near(here.statistic, there.statistic, 1e-10))
    #expect(near(here.tauSquared, there.tauSquared, 1e-10))
    for (a, b) in zip(here.rows, there.rows) { #expect(near(a.shrunken + 3, b.shrunken, 1e-10)) }
  }

  @Test func whatHasNoEffectIsLeftOut() {
    let report = SegmentEffects([
      .init("a", effect: 1, standardError: 0.5), .init("empty", effect: .nan, standardError: .nan),
      .init("constant", effect: 1, standardError: 0), .init("b", effect: 2, standardError: 0.5),
    ]).report()
    #expect(report.leftOut == ["empty", "constant"])
    #expect(report.degrees == 1)
    #expect(near(report.statistic, 2, 1e-12))
    let single = SegmentEffects([.init("a", effect: 1, standardError: 0.5)]).report()
    #expect(single.pValue.isNaN && single.rows[0].shrunken == 1 && single.interaction.pValue.isNaN)
    #expect(SegmentEffects([]).report().rows.isEmpty)
  }
}
