import RekindleCore
import RekindleExperiments
import RekindleNumerics

/// Units with a conversion, a revenue with many zeros, and a covariate that explains part of it.
struct MadeUpUnits {
  var ids: [String] = []
  var arms: [String] = []
  var city: [String?] = []
  var day: [Int32] = []
  var converted: [Double] = []
  var revenue: [Double] = []
  var prior: [Double] = []

  /// - Parameter effects: what is added to the chance of conversion, by arm.
  init(count: Int, arms names: [String], effects: [Double] = [0, 0.02], seed: UInt64 = 7) {
    var stream = RandomStream(seed: seed)
    for row in 0..<count {
      let arm = stream.integer(below: names.count)
      let wealth = stream.normal()
      let chance = min(0.95, max(0.01, 0.12 + effects[arm % effects.count] + 0.04 * wealth))
      let buys = stream.bernoulli(chance)
      ids.append("c\(1_000_000 + row)")
      arms.append(names[arm])
      city.append(row % 17 == 0 ? nil : ["Beijing", "Shanghai", "Wuhan"][stream.integer(below: 3)])
      day.append(Int32(20_000 + row % 7))
      converted.append(buys ? 1 : 0)
      revenue.append(buys ? (100 * (stream.gamma(shape: 2) + 0.3 * wealth)).rounded() / 100 * 40 + 60 : 0)
      prior.append(row % 29 == 0 ? .nan : 50 + 20 * wealth + 5 * stream.normal())
    }
  }

  static func experiment(arms: [String] = ["a", "b"], cap: Double? = nil) -> Experiment {
    Experiment(
      id: "test", arms: arms.map { Experiment.Arm($0, weight: 1 / Double(arms.count)) },
      control: arms[0],
      metrics: [
        Metric("converted", kind: .proportion),
        Metric("revenue", role: .secondary, kind: .mean, covariates: ["prior"], cap: cap),
      ], segments: ["city"])
  }

  /// In batches that end where `cuts` say.
  func batches(cuts: [Int] = [], order: [Int]? = nil) -> UnitBatches {
    let order = order ?? Array(ids.indices)
    var batches: [UnitBatch] = []
    var start = 0
    for end in cuts + [order.count] where end >= start {
      let rows = order[start..<end]
      batches.append(
        UnitBatch(
          rowCount: rows.count, ids: UnitIDs(rows.map { ids[$0] }),
          arms: CodedColumn(rows.map { arms[$0] }), segments: [CodedColumn(rows.map { city[$0] })],
          days: rows.map { day[$0] },
          numbers: [
            rows.map { converted[$0] }, rows.map { revenue[$0] }, rows.map { prior[$0] },
          ]))
      start = end
    }
    return UnitBatches(batches)
  }
}
