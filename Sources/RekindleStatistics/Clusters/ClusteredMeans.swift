/// How many units a cluster has, and their sum.
public struct ClusterSum: Sendable, Hashable {
  public var count: Int
  public var sum: Double

  public init(count: Int, sum: Double) {
    self.count = count
    self.sum = sum
  }
}

/// The means of one measure in two arms to which whole clusters, stores or towns, were assigned.
///
/// ```
/// ȳ_k = Σ y / N_k
/// V_k = Σ_c (T_c − n_c ȳ_k)² / (1 − n_c/N_k) / N_k²        CR2
/// ν   = (1/N_a + 1/N_b)² / (Q_a + Q_b)                     Satterthwaite
/// Q_k = Σ_c n_c² / N_k⁴ + ((Σ_c u_c)² − Σ_c u_c²) / N_k⁶,  u_c = n_c² / (1 − n_c/N_k)
/// ```
/// n_c and T_c are the size and sum of cluster c, N_k the units of arm k. It is the least-squares line of
/// y on the arm with the cluster-robust variance CR2 and its degrees of freedom under independent units
/// of one variance (`clubSandwich::coef_test`, `vcov = "CR2"`, `"Satterthwaite"`); with the arm constant in a
/// cluster both reduce to the sums above, so that no row is needed.
///
/// Customers of one store are alike. Taken one by one they promise a precision that the number of stores
/// does not give: what counts is clusters, and under 20 an arm the variance between them is known poorly
/// even so (``EstimateFinding/fewClusters(_:_:)``).
///
/// Source: R. M. Bell and D. F. McCaffrey, "Bias reduction in standard errors for linear regression with
/// multi-stage samples", 2002; J. E. Pustejovsky and E. Tipton, "Small-sample methods for cluster-robust
/// variance estimation", JBES 36, 2018.
public struct ClusteredMeans: Sendable, Hashable {
  private let control: ArmSums
  private let variant: ArmSums

  private struct ArmSums: Hashable {
    var clusters = 0
    var units = 0.0
    var mean = 0.0
    var variance = 0.0
    /// Q_k.
    var spread = 0.0

    init(_ all: [ClusterSum]) {
      let sums = all.filter { $0.count > 0 }
      clusters = sums.count
      for cluster in sums {
        units += Double(cluster.count)
        mean += cluster.sum
      }
      mean /= units
      guard clusters > 1 else {
        variance = .nan
        return
      }
      // In shares of the arm, f = n_c / N: N⁶ would overflow before long.
      var (squares, u, u2) = (0.0, 0.0, 0.0)
      for cluster in sums {
        let share = Double(cluster.count) / units
        let residual = (cluster.sum - Double(cluster.count) * mean) / units
        variance += residual * residual / (1 - share)
        squares += share * share
        let v = share * share / (1 - share)
        u += v
        u2 += v * v
      }
      spread = (squares + u * u - u2) / (units * units)
    }
  }

  /// - Parameters:
  ///   - control: one element a cluster, in any order that is always the same; empty ones are left out.
  public init(control: [ClusterSum], variant: [ClusterSum]) {
    self.control = ArmSums(control)
    self.variant = ArmSums(variant)
  }

  public var estimates: EstimatedArms {
    let scale = 1 / control.units + 1 / variant.units
    return EstimatedArms(
      control: control.mean, variant: variant.mean, controlVariance: control.variance,
      variantVariance: variant.variance,
      reference: .student(scale * scale / (control.spread + variant.spread)), method: "cr2")
  }

  /// See ``EstimatedArms/effect(confidence:alternative:against:lift:)``.
  public func effect(
    confidence: Double = 0.95, alternative: Alternative = .twoSided,
    against hypothesis: EstimatedArms.Hypothesis = .difference(0),
    lift: EstimatedArms.LiftMethod = .fieller
  ) -> Effect {
    estimates.effect(confidence: confidence, alternative: alternative, against: hypothesis, lift: lift)
  }

  public var findings: [EstimateFinding] {
    var findings: [EstimateFinding] = []
    for (arm, sums) in [(Arm.control, control), (.variant, variant)] {
      switch sums.clusters {
      case 0: findings.append(.noUnits(arm))
      case 1: findings.append(.oneCluster(arm))
      case 2..<20: findings.append(.fewClusters(arm, sums.clusters))
      default: break
      }
      if sums.clusters > 0, !sums.mean.isFinite { findings.append(.notFinite(arm)) }
    }
    if control.variance == 0, variant.variance == 0 { findings.append(.noVariance) }
    if control.mean == 0 { findings.append(.controlIsZero) }
    return findings
  }
}
