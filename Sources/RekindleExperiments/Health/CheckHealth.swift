/// Everything that must be right before an effect is read.
///
/// | check | warns | fails |
/// |---|---|---|
/// | `sample_ratio` | p < 0.01 | p < 0.001 against the planned weights; a unit in an arm of weight 0 |
/// | `crossovers` | any unit in two arms | more than 1 % of the units |
/// | `duplicates` | any unit twice | more than 1 % of the units |
/// | `unit_ids` | units without ids: nobody can be found twice | |
/// | `exposure` | | the share without exposure differs between the arms, p < 0.001 |
/// | `empty_arm` | | an arm with a weight has no unit |
/// | `smallest_cell` | an arm with fewer than 100 units | |
/// | `balance` | p < 0.01 | the arms differ in the covariates, p < 0.001 |
/// | `clusters` | fewer than 20 clusters in an arm | a cluster in two arms |
/// | `immature` | more than half of the units | |
/// | `missing_outcome` | more than 10 % of the units | the share differs between the arms, p < 0.001 |
/// | `constant_outcome` | of another metric | of a primary metric |
/// | `capped` | more than 5 % of the units; a cap of 0 | |
/// | `outlier` | one unit makes most of a difference | |
/// | `skewness` | the tail and the arms' sizes make the intervals of a mean miss too often | |
/// | `permutation` | units were dealt until covariates balanced, and are permuted without | |
/// | `unused_covariates` | units come in clusters, and the covariates cannot be used | |
public func checkHealth(_ moments: ExperimentMoments, of experiment: Experiment) -> HealthReport {
  checkHealth(moments, of: experiment, looksDaily: experiment.plan.looking != .once)
}

/// - Parameter looksDaily: whether the arms' shares are tested again and again.
func checkHealth(
  _ moments: ExperimentMoments, of experiment: Experiment, looksDaily: Bool
) -> HealthReport {
  let arms = moments.plannedArms(experiment)
  let units = UnitHealth(
    moments: moments, experiment: experiment, arms: arms, looksDaily: looksDaily)
  var checks = units.checks
  for (metric, collected) in zip(experiment.metrics, moments.metrics) {
    checks +=
      OutcomeHealth(
        metric: metric, moments: collected, experiment: experiment, tally: moments.tally, arms: arms
      ).checks
  }
  return HealthReport(checks: checks)
}

/// Below which chance a check warns and fails. Small, because there are many checks and many looks, and
/// because a failure costs an experiment.
enum HealthLimit {
  static let warn = 0.01
  static let fail = 0.001
}

extension ExperimentMoments {
  /// The arms that units should be in, by index.
  func plannedArms(_ experiment: Experiment) -> [Int] {
    experiment.arms.indices.filter { experiment.arms[$0].weight > 0 }
  }
}
