public import RekindleCore
internal import RekindleStatistics

extension ExperimentMoments {
  /// From a table of sums; see `MomentLine`. What the table says twice is added up, so that the sums of
  /// several days or shops may stand in it one after the other.
  /// - Throws: `RK0840` an arm that the experiment does not have, `RK0843` no unit, `RK0863` a sum that
  ///   the metric needs and the table lacks, or a line that says nothing known, `RK0864` a number that
  ///   cannot be (not finite, a negative count, a sum of squares below what the sum allows).
  public init(lines: [MomentLine], of experiment: Experiment) throws(Diagnostic) {
    let schema = UnitSchema(experiment)
    let table = try MomentTable(lines, schema: schema, experiment: experiment)
    let segments = schema.segments.map { name in
      Segment(name: name, values: table.values(of: "segment:\(name)"))
    }
    let dayNames = table.values(of: "day").sorted { (Int32($0) ?? 0) < (Int32($1) ?? 0) }
    let strata = table.values(of: "stratum")
    let clusters = table.values(of: "cluster")
    var metrics: [MetricMoments] = []
    for metric in experiment.metrics {
      let plan = try table.plan(of: metric)
      func cells(_ dimension: String, _ values: [String]) throws(Diagnostic) -> [[Moments]] {
        var all: [[Moments]] = []
        for value in values { all.append(try table.moments(metric, plan, dimension, value)) }
        return all
      }
      var collected = MetricMoments(plan: plan, overall: try table.moments(metric, plan, "", ""))
      for segment in segments {
        collected.segments.append(try cells("segment:\(segment.name)", segment.values))
      }
      collected.strata = try cells("stratum", strata)
      collected.days = try cells("day", dayNames)
      collected.clusters = try cells("cluster", clusters)
      collected.missing = table.counts(metric.name, "missing")
      collected.immature = table.counts(metric.name, "immature")
      collected.capped = table.counts(metric.name, "capped")
      collected.cap = table.largest(metric.name, "cap")
      collected.largest = table.extremes(metric.name, "largest")
      collected.smallest = table.extremes(metric.name, "smallest")
      metrics.append(collected)
    }
    var assigned = table.counts("", "assigned")
    if assigned.allSatisfy({ $0 == 0 }), let first = metrics.first {
      assigned = first.overall.indices.map {
        first.overall[$0].count + first.missing[$0] + first.immature[$0]
      }
    }
    guard assigned.contains(where: { $0 > 0 }) else { throw InputTrouble.noUnit() }
    var tally = UnitTally(
      rows: assigned.reduce(0, +), assigned: assigned, unexposed: table.counts("", "unexposed"),
      duplicates: table.counts("", "duplicates"), crossovers: table.counts("", "crossovers"),
      byDay: dayNames.map { table.counts("", "assigned", dimension: "day", value: $0) })
    tally.isSummed = true
    tally.byStratum = strata.map {
      table.counts("", "assigned", dimension: "stratum", value: $0)
    }
    self.init(
      arms: schema.arms, segments: segments, strata: strata, days: dayNames.compactMap { Int32($0) },
      clusters: clusters, tally: tally, metrics: metrics,
      balance: try table.balance(of: experiment, metrics: metrics))
  }
}

/// The lines by what they are about.
private struct MomentTable {
  private struct Key: Hashable {
    var metric: String
    var arm: Int
    var dimension: String
    var value: String
    var statistic: String
    var x: String
    var y: String
  }

  private let schema: UnitSchema
  private var amounts: [Key: Double] = [:]
  private var found: [String: Set<String>] = [:]
  private var extremes: [Key: MetricMoments.Extreme] = [:]

  private static let statistics = [
    "assigned", "unexposed", "duplicates", "crossovers", "n", "sum", "product", "missing", "immature",
    "capped", "cap", "largest", "smallest",
  ]

  init(_ lines: [MomentLine], schema: UnitSchema, experiment: Experiment) throws(Diagnostic) {
    self.schema = schema
    let metrics = experiment.metrics.map(\.name) + ["", MomentLine.covariates]
    for (place, line) in lines.enumerated() {
      guard let arm = schema.arms.firstIndex(of: line.arm) else {
        throw InputTrouble.unknownArm(line.arm, unit: nil, row: place + 1, arms: schema.arms)
      }
      for (word, known, what) in [
        (line.metric, metrics, "metric"), (line.statistic, Self.statistics, "statistic"),
      ] where !known.contains(word) {
        throw InputTrouble.unknownWord(word, what: what, row: place + 1, known: known)
      }
      guard line.amount.isFinite else { throw InputTrouble.impossible(line, row: place + 1) }
      var key = Key(
        metric: line.metric, arm: arm, dimension: line.dimension, value: line.value,
        statistic: line.statistic, x: line.x, y: line.y)
      if line.statistic == "product", key.y < key.x { (key.x, key.y) = (key.y, key.x) }
      if !line.dimension.isEmpty { found[line.dimension, default: []].insert(line.value) }
      switch line.statistic {
      case "largest", "smallest":
        key.x = ""
        extremes[key] = MetricMoments.Extreme(
          value: line.amount, unit: line.x.isEmpty ? nil : line.x, row: place + 1)
      case "cap": amounts[key] = line.amount
      case "sum", "product": amounts[key, default: 0] += line.amount
      default:
        guard line.amount >= 0, line.amount == line.amount.rounded() else {
          throw InputTrouble.impossible(line, row: place + 1)
        }
        amounts[key, default: 0] += line.amount
      }
    }
  }

  func values(of dimension: String) -> [String] { (found[dimension] ?? []).sorted() }

  private func amount(
    _ metric: String, _ arm: Int, _ statistic: String, _ dimension: String = "", _ value: String = "",
    x: String = "", y: String = ""
  ) -> Double? {
    amounts[
      Key(
        metric: metric, arm: arm, dimension: dimension, value: value, statistic: statistic,
        x: min(x, y) == "" ? x : min(x, y), y: y.isEmpty ? "" : max(x, y))]
  }

  func counts(_ metric: String, _ statistic: String, dimension: String = "", value: String = "") -> [Int] {
    schema.arms.indices.map { Int(amount(metric, $0, statistic, dimension, value) ?? 0) }
  }

  func largest(_ metric: String, _ statistic: String) -> Double? {
    schema.arms.indices.compactMap { amount(metric, $0, statistic) }.max()
  }

  func extremes(_ metric: String, _ statistic: String) -> [MetricMoments.Extreme?] {
    schema.arms.indices.map { arm in
      extremes[
        Key(metric: metric, arm: arm, dimension: "", value: "", statistic: statistic, x: "", y: "")]
    }
  }

  /// The columns that the table has of those that the metric would like.
  func plan(of metric: Metric) throws(Diagnostic) -> MomentPlan {
    let all = MomentPlan(metric, complied: true)
    func has(_ column: MomentPlan.Column) -> Bool {
      schema.arms.indices.contains { amount(metric.name, $0, "sum", x: column.name) != nil }
    }
    var columns: [MomentPlan.Column] = []
    for column in all.columns {
      switch column {
      case .positive, .complied: if has(column) { columns.append(column) }
      // Without an indicator nobody misses the covariate.
      case .missing: columns.append(column)
      case .outcome, .capped, .denominator, .covariate:
        guard has(column) else { throw InputTrouble.lacking(metric.name, "sum", column.name) }
        columns.append(column)
      }
    }
    return MomentPlan(columns: columns, keepsValues: all.keepsValues)
  }

  func moments(
    _ metric: Metric, _ plan: MomentPlan, _ dimension: String, _ value: String
  ) throws(Diagnostic) -> [Moments] {
    try moments(
      metric.name, plan.columns, dimension, value, isShare: metric.kind == .proportion)
  }

  private func moments(
    _ metric: String, _ columns: [MomentPlan.Column], _ dimension: String, _ value: String, isShare: Bool
  ) throws(Diagnostic) -> [Moments] {
    var all: [Moments] = []
    for arm in schema.arms.indices {
      let n = Int(amount(metric, arm, "n", dimension, value) ?? 0)
      guard n > 0 else {
        all.append(Moments(columns: columns.count))
        continue
      }
      let sums = columns.map { amount(metric, arm, "sum", dimension, value, x: $0.name) ?? 0 }
      var products: [Double] = []
      for (j, x) in columns.enumerated() {
        for (k, y) in columns.enumerated().dropFirst(j) {
          let isFlag = x.isFlag || x == .outcome && isShare
          if let product = amount(metric, arm, "product", dimension, value, x: x.name, y: y.name) {
            products.append(product)
          } else if j == k, isFlag {
            products.append(sums[j])
          } else if sums[j] == 0 && x.isFlag || sums[k] == 0 && y.isFlag {
            products.append(0)
          } else {
            throw InputTrouble.lacking(metric, "product", "\(x.name), \(y.name)")
          }
        }
      }
      let moments = Moments(count: n, sums: sums, products: products)
      for (j, column) in columns.enumerated() {
        // Below 0 by rounding is nothing; by more the sums are not of one set of units.
        let size = Double(n) * moments.means[j] * moments.means[j]
        guard moments.crossProduct(j, j) >= -1e-9 * size else {
          throw InputTrouble.lacking(metric, "product", "\(column.name), \(column.name)", isTooSmall: true)
        }
      }
      all.append(moments.withoutNoise())
    }
    return all
  }

  /// The covariates of all metrics; of a single metric's they are in the metric itself.
  func balance(of experiment: Experiment, metrics: [MetricMoments]) throws(Diagnostic) -> CovariateMoments {
    let names = UnitSchema(experiment).numbers.filter { name in
      experiment.metrics.contains { $0.covariates.contains(name) }
    }
    guard !names.isEmpty else { return CovariateMoments() }
    let columns = names.flatMap { [MomentPlan.Column.covariate($0), .missing($0)] }
    let hasOwn = schema.arms.indices.contains { amount(MomentLine.covariates, $0, "n") != nil }
    if hasOwn {
      return CovariateMoments(
        columns: columns, byArm: try moments(MomentLine.covariates, columns, "", "", isShare: false))
    }
    guard let full = metrics.first(where: { metric in columns.allSatisfy { metric.plan.place($0) != nil } })
    else { return CovariateMoments() }
    let places = columns.compactMap { full.plan.place($0) }
    return CovariateMoments(columns: columns, byArm: full.overall.map { $0.columns(places) })
  }
}

extension MomentPlan.Column {
  /// Of zeros and ones.
  fileprivate var isFlag: Bool {
    switch self {
    case .positive, .missing, .complied: true
    case .outcome, .capped, .denominator, .covariate: false
    }
  }
}

extension Moments {
  /// Squares that rounding left at or below nothing are nothing.
  fileprivate func withoutNoise() -> Moments {
    var products = crossProducts
    var index = 0
    for j in 0..<columnCount {
      let size = Double(count) * means[j] * means[j]
      if products[index] < 1e-14 * size { products[index] = 0 }
      index += columnCount - j
    }
    return Moments(count: count, means: means, crossProducts: products)
  }
}
