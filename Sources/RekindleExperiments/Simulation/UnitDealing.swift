internal import RekindleNumerics

/// Gives every unit an arm by chance, the way the experiment would.
///
/// Units that come one by one are dealt independently; whole lists, strata and clusters with exact counts.
struct UnitDealing: Sendable {
  private let count: Int
  private let weights: [Double]
  /// Running sums of the weights.
  private let ends: [Double]
  /// `nil`: independently.
  private let deal: Deal?
  /// The cluster of each unit where clusters are dealt; −1 in none.
  private let clusters: [Int32]
  private let clusterCount: Int

  init(_ units: SimulationUnits, of experiment: Experiment) {
    count = units.count
    let weights = experiment.arms.map(\.weight)
    self.weights = weights
    ends = weights.indices.map { weights[...$0].reduce(0, +) }
    clusters = units.clusters
    clusterCount = units.clusterNames.count
    if !units.clusters.isEmpty {
      deal = Deal(
        strata: [Deal.Stratum(key: 0, units: Array(0..<units.clusterNames.count))], weights: weights)
    } else if experiment.batch != nil || !experiment.strata.isEmpty {
      var members = [[Int]](repeating: [], count: max(1, units.strataNames.count) + 1)
      for unit in 0..<units.count {
        members[units.strata.isEmpty ? 0 : Int(units.strata[unit]) + 1].append(unit)
      }
      deal = Deal(
        strata: members.enumerated().filter { !$0.element.isEmpty }
          .map { Deal.Stratum(key: UInt64($0.offset), units: $0.element) }, weights: weights)
    } else {
      deal = nil
    }
  }

  /// The arm of every unit; −1 for one without a cluster where clusters are dealt.
  func callAsFunction(_ stream: RandomStream) -> [Int32] {
    if !clusters.isEmpty, let deal {
      var arms = [Int32](repeating: -1, count: clusterCount)
      deal(stream, into: &arms)
      return clusters.map { $0 < 0 ? -1 : arms[Int($0)] }
    }
    var arms = [Int32](repeating: 0, count: count)
    if let deal {
      deal(stream, into: &arms)
      return arms
    }
    var stream = stream
    let last = weights.lastIndex { $0 > 0 } ?? 0
    for unit in 0..<count {
      let u = stream.uniform()
      var arm = 0
      while arm < last, u >= ends[arm] { arm += 1 }
      arms[unit] = Int32(arm)
    }
    return arms
  }
}
