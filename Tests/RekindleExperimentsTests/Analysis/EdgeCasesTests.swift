import RekindleCore
import RekindleExperiments
import RekindleStatistics
import RekindleTables
import Testing

/// Inputs with next to nothing in them: every number that cannot be had is missing, and nothing traps.
@Suite struct EdgeCasesTests {
  private let factors = [
    Experiment.Factor("x", levels: ["0", "1"]), Experiment.Factor("y", levels: ["0", "1"]),
  ]

  private var experiment: Experiment {
    let arms = ["0/0", "0/1", "1/0", "1/1"].enumerated().map {
      Experiment.Arm($1, weight: 0.25, levels: [$0 / 2, $0 % 2])
    }
    return Experiment(
      id: "edge", arms: arms, factors: factors, control: "0/0",
      metrics: [
        Metric("p", kind: .proportion), Metric("m", role: .secondary, kind: .mean, cap: 0.9),
        Metric("r", role: .secondary, kind: .ratio(denominator: "d")),
        Metric("q", role: .secondary, kind: .quantile(0.5), column: "m"),
        Metric("adjusted", role: .secondary, kind: .mean, column: "m", covariates: ["x"]),
        Metric("cuped", role: .secondary, kind: .mean, column: "m", covariates: ["x"], adjustment: .cuped),
        Metric("drawn", role: .secondary, kind: .mean, column: "m", method: "permutation"),
        Metric("again", role: .secondary, kind: .mean, column: "m", method: "bootstrap"),
        Metric(
          "rail", role: .guardrail, kind: .mean, column: "m", covariates: ["x"], margin: .relative(0.1)),
      ], segments: ["s"])
  }

  private func report(
    _ rows: [(arm: String, p: Double, m: Double, d: Double, x: Double)], _ experiment: Experiment
  ) throws -> ExperimentReport {
    let names: [String] = UnitSchema(experiment).numbers
    let columns: [String: [Double]] = [
      "p": rows.map(\.p), "m": rows.map(\.m), "r": rows.map(\.m), "d": rows.map(\.d), "x": rows.map(\.x),
    ]
    let batch = UnitBatch(
      rowCount: rows.count, ids: UnitIDs(rows.indices.map { "u\($0)" }),
      arms: CodedColumn(rows.map(\.arm)),
      segments: [CodedColumn(rows.indices.map { $0 % 3 == 0 ? nil : "s\($0 % 2)" })],
      days: rows.indices.map { Int32($0 % 4) }, complied: rows.map { $0.p },
      numbers: names.map { columns[$0] ?? [] })
    let moments = try collectMoments(of: experiment, from: UnitBatches([batch]))
    _ = try monitor(moments.history(), of: experiment)
    return try analyze(
      moments, of: experiment, options: AnalysisOptions(posterior: .init(liftStandardDeviation: 0.1)))
  }

  private let corrections: [Experiment.Correction] = [.holm, .dunnett, .tukey, .gamesHowell, .hommel]
  private let lookings: [Plan.Looking] = [
    .once, .alwaysValid(tunedAt: nil),
    .groupSequential(shares: [0.5, 1], spending: .pocock, futility: .pocock),
  ]

  @Test func littleOrNothingTrapsNowhere() throws {
    let arms = ["0/0", "0/1", "1/0", "1/1"]
    func rows(_ count: Int, _ value: (Int) -> (Double, Double, Double, Double), arms: [String]) -> [(
      arm: String, p: Double, m: Double, d: Double, x: Double
    )] {
      (0..<count).map { row in
        let (p, m, d, x) = value(row)
        return (arms[row % arms.count], p, m, d, x)
      }
    }
    let cases = [
      rows(1, { _ in (1, 1, 1, 1) }, arms: arms), rows(4, { _ in (0, 0, 0, 0) }, arms: arms),
      rows(8, { _ in (0, 0, 0, .nan) }, arms: arms),
      rows(8, { (Double($0 % 2), Double($0), 0, .nan) }, arms: arms),
      rows(40, { (Double($0 % 2), Double($0), 1, Double($0)) }, arms: arms),
      rows(40, { _ in (.nan, .nan, .nan, .nan) }, arms: arms),
      rows(40, { (1, -Double($0), 2, 5) }, arms: arms),
      rows(12, { (Double($0 % 2), Double($0), 1, 1) }, arms: ["0/0"]),
      rows(12, { (Double($0 % 2), Double($0), 1, 1) }, arms: ["1/1"]),
      rows(12, { (Double($0 % 2), Double($0), 1, 1) }, arms: ["0/0", "holdout"]),
    ]
    for rows in cases {
      for (place, correction) in corrections.enumerated() {
        var experiment = experiment
        experiment.correction = correction
        experiment.plan.looking = lookings[place % lookings.count]
        let report = try report(rows, experiment)
        let hasNaN = report.longTable().csv().contains("nan")
        #expect(!hasNaN)
        _ = report.summary()
        _ = report.tables().map { $0.text() }
      }
    }
  }

  @Test func noOutcomeAtAllIsNoData() throws {
    var experiment = experiment
    experiment.metrics = [Metric("p", kind: .proportion)]
    experiment.segments = []
    let arms = experiment.arms.flatMap { arm in (0..<30).map { _ in arm.name } }
    let batch = UnitBatch(
      rowCount: arms.count, arms: CodedColumn(arms), numbers: [arms.map { _ in .nan }])
    let moments = try collectMoments(of: experiment, from: UnitBatches([batch]))
    let report = try analyze(moments, of: experiment)
    #expect(report.status.kind == .noData)
    #expect(report.status.words == "No data")
  }
}
