public import RekindleCore
internal import RekindleStatistics

extension ExperimentMoments {
  /// The moments as they were after each day of exposure: what `monitor` reads. Only units with a day
  /// count; segments and clusters are left out.
  ///
  /// A unit is in it from its exposure on with its outcome as it is known now. Where outcomes take weeks
  /// to come in, collect the moments anew for every day instead.
  public func history() -> [(day: CivilDate, moments: ExperimentMoments)] {
    var history: [(day: CivilDate, moments: ExperimentMoments)] = []
    var seen = self
    seen.segments = []
    seen.strata = []
    seen.clusters = []
    seen.days = []
    seen.tally.byDay = []
    seen.tally.byStratum = []
    seen.tally.assigned = arms.map { _ in 0 }
    seen.metrics = metrics.map { metric in
      MetricMoments(
        plan: metric.plan, overall: arms.map { _ in Moments(columns: metric.plan.columns.count) },
        cap: metric.cap)
    }
    for (place, day) in days.enumerated() {
      seen.days.append(day)
      seen.tally.byDay.append(tally.byDay[place])
      for arm in arms.indices { seen.tally.assigned[arm] += tally.byDay[place][arm] }
      for index in metrics.indices {
        seen.metrics[index].days.append(metrics[index].days[place])
        for arm in arms.indices { seen.metrics[index].overall[arm].merge(metrics[index].days[place][arm]) }
      }
      history.append((CivilDate(daysSinceEpoch: day), seen))
    }
    return history
  }
}
