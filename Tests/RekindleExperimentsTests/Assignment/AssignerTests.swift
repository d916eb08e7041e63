internal import RekindleCore
internal import RekindleExperiments
internal import RekindleNumerics
internal import Testing

@Suite struct AssignerTests {
  static func experiment(
    _ id: String, weights: [Double] = [0.5, 0.5], holdout: Double = 0, layer: Experiment.Layer? = nil,
    ramp: [Experiment.Phase] = [.init()]
  ) -> Experiment {
    Experiment(
      id: id, arms: weights.enumerated().map { .init("arm\($0)", weight: $1) }, control: "arm0",
      holdout: holdout, layer: layer, ramp: ramp)
  }

  static func ids(_ count: Int, prefix: String = "C") -> [String] {
    (0..<count).map { "\(prefix)\(100_000 + $0)" }
  }

  /// The upper tail of Pearson's statistic.
  static func pearson(_ counts: [Int], expected: [Double]) -> Double {
    var statistic = 0.0
    for (count, expected) in zip(counts, expected) {
      statistic += (Double(count) - expected) * (Double(count) - expected) / expected
    }
    return ChiSquared(degreesOfFreedom: Double(counts.count - 1)).upperTail(statistic)
  }

  /// What other machines must say too, and Fixtures/assignment/assign.py does. A change here would move every customer of every running experiment.
  @Test func givesTheSameArmsForever() throws {
    let assigner = try Assigner(
      Self.experiment(
        "spring-coupon", weights: [0.2, 0.3, 0.5], holdout: 0.1,
        layer: .init(name: "checkout", lower: 0.25, upper: 1), ramp: [.init(coverage: 0.9)]))
    let ids = Self.ids(40) + ["", "客户-7", "a.customer@example.com", "0"]
    let said = ids.map { id -> Character in
      let assignment = assigner.assign(id)
      switch assignment.status {
      case .holdout: return "h"
      case .outsideLayer: return "o"
      case .notCovered: return "n"
      case .assigned: return ["0", "1", "2"][Int(assignment.arm)]
      }
    }
    #expect(String(said) == "o12o222o2n1oonnho1oo2noon20221h0h2o11o222ohn")
    #expect(SaltedDraw(.arm, salt: "spring-coupon").hash("C100000") == 13_267_012_374_707_245_180)
  }

  /// Equal shares over ids as shops have them: the smallest of many p-values is as small as chance makes it.
  @Test(arguments: [
    [0.5, 0.5], [0.1, 0.2, 0.3, 0.4], [Double](repeating: 1.0 / 12, count: 12), [0.999, 0.001],
  ])
  func sharesAreTheWeights(weights: [Double]) throws {
    let count = 20_000
    let families = [
      Self.ids(count), (0..<count).map { "customer-000000000\($0)" }, (0..<count).map { "\($0 * 1000)" },
      (0..<count).map { String($0, radix: 2) },
    ]
    var pValues: [Double] = []
    for ids in families {
      for salt in 0..<25 {
        let assigner = try Assigner(Self.experiment("test-\(salt)", weights: weights))
        var counts = [Int](repeating: 0, count: weights.count)
        var wrong = 0
        for id in ids {
          let assignment = assigner.assign(id)
          counts[Int(assignment.arm)] += 1
          if assignment.probability != weights[Int(assignment.arm)] { wrong += 1 }
        }
        #expect(wrong == 0)
        pValues.append(Self.pearson(counts, expected: weights.map { $0 * Double(count) }))
      }
    }
    #expect((pValues.min() ?? 0) > 1e-5)
    // And not too even either: p-values of a true hypothesis are below one half in half of the cases.
    let low = pValues.count { $0 < 0.5 }
    #expect((25...75).contains(low), "\(low) of 100 p-values below one half")
  }

  /// Two experiments over the same people: who gets what in one says nothing about the other, also where the
  /// salts differ in one letter.
  @Test func experimentsAreIndependent() throws {
    let ids = Self.ids(20_000)
    var pValues: [Double] = []
    let salts = (0..<12).map { "promo-\($0)" } + ["promo", "promO", "Promo", "promoo"]
    let arms = try salts.map { salt in
      let assigner = try Assigner(
        Experiment(
          id: "e", salt: salt, arms: [.init("a", weight: 0.5), .init("b", weight: 0.5)], control: "a"))
      return ids.map { assigner.assign($0).arm }
    }
    for first in arms.indices {
      for second in arms.indices where second > first {
        var cells = [0, 0, 0, 0]
        for (a, b) in zip(arms[first], arms[second]) { cells[Int(2 * a + b)] += 1 }
        pValues.append(Self.pearson(cells, expected: [5000, 5000, 5000, 5000]))
      }
    }
    #expect((pValues.min() ?? 0) > 1e-5)
  }

  /// The share of units in the second of two experiments is the same whatever the first one said, down to the
  /// coverage draw of one salt against its arm draw.
  @Test func drawsOfOneSaltAreIndependent() throws {
    let ids = Self.ids(50_000)
    let draws = [SaltedDraw.Purpose.layer, .layerHoldout, .holdout, .coverage, .arm, .batch].map {
      purpose in
      let draw = SaltedDraw(purpose, salt: "one")
      return ids.map { draw($0) }
    }
    for first in draws.indices {
      for second in draws.indices where second > first {
        var cells = [Int](repeating: 0, count: 100)
        for (u, v) in zip(draws[first], draws[second]) { cells[Int(u * 10) * 10 + Int(v * 10)] += 1 }
        #expect(Self.pearson(cells, expected: [Double](repeating: 500, count: 100)) > 1e-4)
      }
    }
  }

  @Test func experimentsOfALayerShareNobodyAndHoldOutTheSame() throws {
    let bounds = [0, 0.2, 0.25, 0.7, 1]
    let assigners = try zip(bounds, bounds.dropFirst()).enumerated().map { index, part in
      try Assigner(
        Self.experiment(
          "layered-\(index)", holdout: 0.1, layer: .init(name: "inbox", lower: part.0, upper: part.1)))
    }
    let ids = Self.ids(50_000)
    var held = 0
    var taken = [Int](repeating: 0, count: 4)
    for id in ids {
      let statuses = assigners.map { $0.assign(id).status }
      if statuses.contains(.holdout) {
        held += 1
        try #require(statuses.allSatisfy { $0 == .holdout })
      } else {
        let owners = statuses.indices.filter { statuses[$0] == .assigned }
        try #require(owners.count == 1, "the four parts make up the layer")
        taken[owners[0]] += 1
      }
    }
    let shares = [0.1] + zip(bounds, bounds.dropFirst()).map { 0.9 * ($1 - $0) }
    #expect(Self.pearson([held] + taken, expected: shares.map { $0 * 50_000 }) > 1e-4)
  }

  @Test func holdoutComesFirst() throws {
    let layer = Experiment.Layer(name: "inbox", lower: 0.5, upper: 1)
    let open = try Assigner(Self.experiment("a", layer: layer, ramp: [.init(coverage: 0.3)]))
    let held = try Assigner(Self.experiment("b", holdout: 0.2, layer: layer, ramp: [.init(coverage: 0.9)]))
    let other = try Assigner(Self.experiment("c", holdout: 0.2, layer: .init(name: "inbox")))
    let elsewhere = try Assigner(Self.experiment("d", holdout: 0.2, layer: .init(name: "web")))
    var overlap = 0
    for id in Self.ids(20_000) {
      try #require(open.assign(id).status != .holdout)
      let isHeld = held.assign(id).status == .holdout
      try #require(isHeld == (other.assign(id).status == .holdout))
      if isHeld, elsewhere.assign(id).status == .holdout { overlap += 1 }
    }
    // Another layer holds out others: 4 % overlap by chance, standard deviation 28.
    #expect(abs(overlap - 800) < 140)
  }

  /// Random ramps: each later definition adds a phase, some append an arm; whoever was assigned stays.
  @Test func aLaterPhaseMovesNobody() throws {
    var stream = RandomStream(seed: 20)
    let ids = Self.ids(3000)
    for ramp in 0..<40 {
      var weights: [[Double]] = []
      var coverages: [Double] = []
      var armCount = 2 + stream.integer(below: 3)
      var before: [Assignment]?
      for _ in 0..<5 {
        if stream.bernoulli(0.5) { armCount += 1 }
        let raw = (0..<armCount).map { _ in stream.bernoulli(0.2) ? 0 : stream.openUniform() }
        let total = raw.reduce(0, +)
        weights.append(total > 0 ? raw.map { $0 / total } : [1] + [Double](repeating: 0, count: armCount - 1))
        coverages.append((coverages.last ?? 0) + 0.19 * stream.openUniform())
        if weights[0][0] == 0 { weights[0] = [1] + weights[0].dropFirst().map { _ in 0 } }
        let experiment = Experiment(
          id: "ramp-\(ramp)",
          arms: (0..<armCount).map { .init("arm\($0)", weight: 1 / Double(armCount)) }, control: "arm0",
          ramp: zip(coverages, weights).map { .init(coverage: $0, weights: $1) })
        let now = try Assigner(experiment).assign(ids)
        for (was, isNow) in zip(before ?? [], now) where was.status == .assigned {
          try #require(was == isNow)
        }
        let phases = now.filter { $0.status == .assigned }.map { Int($0.phase) }
        try #require(Set(phases).max() ?? 0 < weights.count)
        before = now
      }
      let covered = (before ?? []).count { $0.status == .assigned }
      let expected = 3000 * (coverages.last ?? 0)
      #expect(abs(Double(covered) - expected) < 5 * (expected + 1).squareRoot())
    }
  }

  /// A phase deals with its own weights, whatever the phases before it did.
  @Test func eachPhaseHasItsOwnWeights() throws {
    let assigner = try Assigner(
      Self.experiment(
        "phases", weights: [0.4, 0.3, 0.3],
        ramp: [.init(coverage: 0.3, weights: [0.9, 0.1]), .init(coverage: 0.8)]))
    var counts = [[Int]](repeating: [0, 0, 0], count: 2)
    for assignment in assigner.assign(Self.ids(50_000)) where assignment.status == .assigned {
      counts[Int(assignment.phase)][Int(assignment.arm)] += 1
    }
    #expect(counts[0][2] == 0)
    #expect(Self.pearson(Array(counts[0][..<2]), expected: [13_500, 1500]) > 1e-4)
    #expect(Self.pearson(counts[1], expected: [10_000, 7500, 7500]) > 1e-4)
  }

  @Test func threadsAndOrderDoNotMatter() throws {
    let assigner = try Assigner(
      Self.experiment("t", holdout: 0.1, ramp: [.init(coverage: 0.5), .init(coverage: 0.7)]))
    let ids = Self.ids(40_000)
    let once = assigner.assign(ids)
    for threads in [2, 5] {
      let again = assigner.assign(ids, workers: Workers(threads))
      #expect(zip(once, again).allSatisfy { $0.arm == $1.arm && $0.status == $1.status })
    }
    let backwards = Array(assigner.assign(Array(ids.reversed())).reversed())
    #expect(zip(once, backwards).allSatisfy { $0.arm == $1.arm && $0.status == $1.status })
    #expect(assigner.assign([]).isEmpty)
  }

  /// The sum of ten tenths is below 1: no draw may fall through the gap.
  @Test func roundingLeavesNoGap() throws {
    let assigner = try Assigner(Self.experiment("gap", weights: [Double](repeating: 0.1, count: 10) + [0]))
    for assignment in assigner.assign(Self.ids(10_000)) {
      try #require((0..<10).contains(assignment.arm) && assignment.probability == 0.1)
    }
  }

  @Test func anInvalidExperimentHasNoAssigner() {
    #expect(throws: Diagnostic.self) { try Assigner(Self.experiment("x", weights: [0.5, 0.4])) }
  }
}
