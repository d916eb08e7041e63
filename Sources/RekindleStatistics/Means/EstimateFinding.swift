/// What a reader must know about an estimate before using it, or why there is none.
///
/// A finding is not an error: the other metrics of the same experiment are still told. Where a finding
/// stands in the way of a number, the number is NaN.
public enum EstimateFinding: Sendable, Hashable {
  /// An arm without a unit.
  case noUnits(Arm)
  /// One unit has no variance.
  case oneUnit(Arm)
  /// All units of an arm have the same value; the comparison stands on the other arm's variance.
  case constantArm(Arm)
  /// No arm has any variance: there is nothing to test.
  case noVariance
  /// A mean, or a sum of squares, that is NaN or infinite.
  case notFinite(Arm)
  /// The control's value is 0: there is no lift over it.
  case controlIsZero
  /// The denominator of a ratio sums to 0.
  case denominatorIsZero(Arm)
  /// The covariate in this place does not vary within the arms, or is made of those before it, and is
  /// left out. No unit is.
  case covariateDropped(Int)
  /// Not more units than coefficients.
  case tooFewForCovariates(Arm)
  /// So many strata had fewer than two units in an arm and were put together.
  case strataMerged(Int)
  /// Fewer clusters than 20: the variance between clusters is known poorly.
  case fewClusters(Arm, Int)
  /// A cluster on its own in its arm, or none, says nothing of the variance between clusters.
  case oneCluster(Arm)
  /// So few units that the quantile's interval runs over the largest or the smallest of them.
  case tooFewForQuantile(Arm)
  /// So few converters that the value per converter has no variance.
  case tooFewConverters(Arm)
}

/// The two sides of a comparison.
public enum Arm: String, Sendable, Hashable, Codable, CaseIterable {
  case control, variant
}
