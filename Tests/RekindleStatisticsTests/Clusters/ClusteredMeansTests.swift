import RekindleStatistics
import Testing

@Suite struct ClusteredMeansTests {
  /// The stores' sums in arms 0 and 1.
  private func stores(_ chosen: Set<Double>? = nil) throws -> [[ClusterSum]] {
    let table = try MeansFixture("clusters/stores.csv")
    let (store, arm, y) = (try table.column("store"), try table.column("arm"), try table.column("y"))
    return (0...1).map { k in
      Set(store).sorted().compactMap { name in
        guard chosen?.contains(name) ?? true else { return nil }
        let rows = store.indices.filter { store[$0] == name && arm[$0] == Double(k) }
        return rows.isEmpty
          ? nil : ClusterSum(count: rows.count, sum: rows.reduce(0) { $0 + y[$1] })
      }
    }
  }

  private func check(_ name: String, _ effect: Effect) throws {
    let expected = try MeansFixture("clusters/expected.csv")
    for (quantity, value) in [
      ("difference", effect.difference), ("se", effect.standardError),
      ("df", effect.degreesOfFreedom ?? .nan), ("p", effect.pValue),
      ("lower", effect.differenceInterval.lower), ("upper", effect.differenceInterval.upper),
    ] {
      let wanted = try expected.value(name, quantity)
      #expect(agrees(value, wanted), "\(name) \(quantity): \(value), not \(wanted)")
    }
  }

  @Test func agreesWithClubSandwich() throws {
    let all = try stores()
    try check("all", ClusteredMeans(control: all[0], variant: all[1]).effect())
    let few = try stores([0, 1, 2, 3, 4, 6, 8])
    try check("few", ClusteredMeans(control: few[0], variant: few[1]).effect(confidence: 0.9))
  }

  /// CR2 of clusters of one size is the two-sample variance of their means; then, with as many in both
  /// arms, so are the degrees of freedom.
  @Test func equalClustersAreATestOfTheirMeans() {
    let (a, b) = ([1.0, 4, 2, 6, 3], [5.0, 2, 8, 7, 9])
    let clustered = ClusteredMeans(
      control: a.map { ClusterSum(count: 10, sum: 10 * $0) },
      variant: b.map { ClusterSum(count: 10, sum: 10 * $0) }
    ).effect()
    let means = TwoMeans(control: moments([a]), variant: moments([b]))
    #expect(agrees(clustered.standardError, means.effect().standardError, within: 1e-12))
    #expect(agrees(clustered.degreesOfFreedom ?? 0, 8, within: 1e-12))
    #expect(agrees(clustered.pValue, means.student.effect().pValue, within: 1e-12))
  }

  @Test func fewClustersAreTold() {
    let many = (0..<20).map { ClusterSum(count: 3, sum: Double($0)) }
    #expect(ClusteredMeans(control: many, variant: many).findings.isEmpty)
    let fewer = ClusteredMeans(control: many, variant: Array(many[1...]))
    #expect(fewer.findings == [.fewClusters(.variant, 19)])
    let one = ClusteredMeans(control: [many[4]], variant: many)
    #expect(one.findings == [.oneCluster(.control)])
    #expect(one.effect().pValue.isNaN && one.effect().difference.isFinite)
    let empty = ClusteredMeans(control: [ClusterSum(count: 0, sum: 0)], variant: many)
    #expect(empty.findings == [.noUnits(.control)])
    let flat = many.map { _ in ClusterSum(count: 4, sum: 8) }
    let constant = ClusteredMeans(control: flat, variant: flat)
    #expect(constant.findings == [.noVariance])
    #expect(constant.effect().pValue.isNaN)
  }
}
