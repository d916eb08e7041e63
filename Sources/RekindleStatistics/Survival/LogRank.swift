public import RekindleCore
internal import RekindleNumerics

/// Whether the event comes equally fast in k groups: observed against expected events, each distinct
/// time weighing the same (Mantel and Haenszel's test, ρ = 0).
///
/// ```
/// O_g = Σᵢ dᵢ_g,   E_g = Σᵢ dᵢ nᵢ_g / nᵢ
/// V_gh = Σᵢ dᵢ (nᵢ − dᵢ) / (nᵢ − 1) · (nᵢ_g / nᵢ) ([g = h] − nᵢ_h / nᵢ)
/// χ²   = (O − E)' V⁻ (O − E),   k − 1 degrees of freedom
/// ```
/// `dᵢ_g` are the events of group g at the time tᵢ, `nᵢ_g` those of it at risk; without index, of all.
/// Groups in which no event is expected take no part and cost their degree of freedom. Right-censoring
/// must not depend on the group.
///
/// Source: N. Mantel, 1966. Agrees with R's `survival::survdiff`.
public struct LogRank: Sendable, Hashable {
  /// Of each group, in the order given.
  public let counts: [Int]
  public let observed: [Double]
  public let expected: [Double]
  /// k × k, row-major.
  public let variance: [Double]
  public let chiSquared: Double
  public let degreesOfFreedom: Int
  public let pValue: Double

  /// - Throws: `RK0890` when fewer than two groups can be compared.
  public init(groups: [[CensoredTime]]) throws(Diagnostic) {
    let k = groups.count
    let tallies = groups.map(SurvivalTally.tallies)
    counts = tallies.map { $0.first?.atRisk ?? 0 }
    var next = [Int](repeating: 0, count: k)
    var observed = [Double](repeating: 0, count: k)
    var expected = observed
    var V = [Double](repeating: 0, count: k * k)
    while let time = tallies.indices.compactMap({
      next[$0] < tallies[$0].count ? tallies[$0][next[$0]].time : nil
    })
    .min() {
      var atRisk = [Double](repeating: 0, count: k)
      var d = 0.0
      for g in 0..<k where next[g] < tallies[g].count {
        let tally = tallies[g][next[g]]
        atRisk[g] = Double(tally.atRisk)
        if tally.time == time {
          observed[g] += Double(tally.events)
          d += Double(tally.events)
          next[g] += 1
        }
      }
      if d == 0 { continue }
      let n = atRisk.reduce(0, +)
      let spread = n > 1 ? d * (n - d) / (n - 1) : 0
      for g in 0..<k {
        expected[g] += d * atRisk[g] / n
        for h in 0..<k {
          V[g * k + h] += spread * (atRisk[g] / n) * ((g == h ? 1 : 0) - atRisk[h] / n)
        }
      }
    }
    self.observed = observed
    self.expected = expected
    variance = V
    let compared = (0..<k).filter { expected[$0] > 0 }
    guard compared.count > 1 else {
      throw Diagnostic(
        "RK0890",
        "a log-rank test compares two groups or more, and events can be expected in \(compared.count)",
        notes: ["observations a group: " + counts.map(String.init).joined(separator: ", ")],
        help: "wait for events, or join groups")
    }
    // The rows of V sum to 0, so the first group is left out and the rest decides.
    let free = compared.dropFirst()
    let inner = Matrix(rows: free.map { g in free.map { V[g * k + $0] } })
    let difference = free.map { observed[$0] - expected[$0] }
    guard let factor = Cholesky(inner) else {
      throw Diagnostic(
        "RK0890", "the log-rank test has no variance: at every event only one group was at risk",
        help: "compare groups that were watched at the same ages")
    }
    chiSquared = zip(factor.solve(difference), difference).reduce(0) { $0 + $1.0 * $1.1 }
    degreesOfFreedom = compared.count - 1
    pValue = ChiSquared(degreesOfFreedom: Double(degreesOfFreedom)).upperTail(chiSquared)
  }
}
