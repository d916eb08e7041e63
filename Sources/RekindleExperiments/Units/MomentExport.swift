internal import RekindleStatistics

extension ExperimentMoments {
  /// The moments as a table of plain sums, which `init(lines:of:)` reads back to the last few digits.
  /// Values that an estimator needs themselves (quantiles, permutations) are not in it.
  public func lines(of experiment: Experiment) -> [MomentLine] {
    var lines: [MomentLine] = []
    for (arm, name) in arms.enumerated() {
      for (statistic, counts) in [
        ("assigned", tally.assigned), ("unexposed", tally.unexposed), ("duplicates", tally.duplicates),
        ("crossovers", tally.crossovers),
      ] where counts[arm] > 0 {
        lines.append(MomentLine(arm: name, statistic: statistic, amount: Double(counts[arm])))
      }
      for (day, counts) in zip(days, tally.byDay) where counts[arm] > 0 {
        lines.append(
          MomentLine(
            arm: name, dimension: "day", value: String(day), statistic: "assigned",
            amount: Double(counts[arm])))
      }
      for (stratum, counts) in zip(strata, tally.byStratum) where counts[arm] > 0 {
        lines.append(
          MomentLine(
            arm: name, dimension: "stratum", value: stratum, statistic: "assigned",
            amount: Double(counts[arm])))
      }
    }
    for (metric, collected) in zip(experiment.metrics, metrics) {
      let names = collected.plan.columns.map(\.name)
      func add(_ cells: [Moments], _ dimension: String = "", _ value: String = "") {
        for (arm, moments) in cells.enumerated() where moments.count > 0 {
          lines += Self.lines(
            moments, names,
            like: MomentLine(
              metric: metric.name, arm: arms[arm], dimension: dimension, value: value, statistic: "n",
              amount: Double(moments.count)))
        }
      }
      add(collected.overall)
      for (segment, cells) in zip(segments, collected.segments) {
        for (value, cell) in zip(segment.values, cells) { add(cell, "segment:\(segment.name)", value) }
      }
      for (value, cell) in zip(strata, collected.strata) { add(cell, "stratum", value) }
      for (value, cell) in zip(days, collected.days) { add(cell, "day", String(value)) }
      for (value, cell) in zip(clusters, collected.clusters) { add(cell, "cluster", value) }
      lines += collected.others(metric.name, arms: arms)
    }
    for (arm, moments) in balance.byArm.enumerated() where moments.count > 0 {
      lines += Self.lines(
        moments, balance.columns.map(\.name),
        like: MomentLine(
          metric: MomentLine.covariates, arm: arms[arm], statistic: "n", amount: Double(moments.count)))
    }
    return lines
  }

  private static func lines(
    _ moments: Moments, _ names: [String], like count: MomentLine
  ) -> [MomentLine] {
    var lines = [count]
    let n = Double(moments.count)
    for (j, x) in names.enumerated() {
      var line = count
      line.statistic = "sum"
      line.x = x
      line.amount = n * moments.means[j]
      lines.append(line)
    }
    for (j, x) in names.enumerated() {
      for (k, y) in names.enumerated().dropFirst(j) {
        var line = count
        line.statistic = "product"
        line.x = x
        line.y = y
        line.amount = moments.crossProduct(j, k).addingProduct(n * moments.means[j], moments.means[k])
        lines.append(line)
      }
    }
    return lines
  }
}

extension MetricMoments {
  fileprivate func others(_ metric: String, arms: [String]) -> [MomentLine] {
    var lines: [MomentLine] = []
    for (arm, name) in arms.enumerated() {
      for (statistic, counts) in [("missing", missing), ("immature", immature), ("capped", capped)]
      where counts[arm] > 0 {
        lines.append(
          MomentLine(metric: metric, arm: name, statistic: statistic, amount: Double(counts[arm])))
      }
      if let cap {
        lines.append(MomentLine(metric: metric, arm: name, statistic: "cap", amount: cap))
      }
      for (statistic, extreme) in [("largest", largest[arm]), ("smallest", smallest[arm])] {
        guard let extreme else { continue }
        lines.append(
          MomentLine(
            metric: metric, arm: name, statistic: statistic, x: extreme.unit ?? "", amount: extreme.value))
      }
    }
    return lines
  }
}
