internal import RekindleCore
internal import RekindleExperiments
internal import Testing

@Suite struct FractionalFactorialTests {
  static func factors(_ names: String) -> [Experiment.Factor] {
    names.map { .init(String($0), levels: ["-", "+"]) }
  }

  /// Published resolutions (Box, Hunter and Hunter, "Statistics for Experimenters", table of 2^(k−p) designs).
  @Test(arguments: [
    ("ABC", ["C = AB"], 3), ("ABCD", ["D = ABC"], 4), ("ABCDE", ["E = ABCD"], 5),
    ("ABCDE", ["D = AB", "E = AC"], 3), ("ABCDEF", ["E = ABC", "F = BCD"], 4),
    ("ABCDEFG", ["D = AB", "E = AC", "F = BC", "G = ABC"], 3),
    ("ABCDEFGH", ["E = BCD", "F = ACD", "G = ABC", "H = ABD"], 4),
    ("ABCDEFGH", ["G = ABCD", "H = ABEF"], 5),
  ])
  func resolutionsAreThePublishedOnes(names: String, generators: [String], resolution: Int) throws {
    let design = try FractionalFactorial(Self.factors(names), generators: generators)
    #expect(design.resolution == resolution)
    #expect(design.cells.count == 1 << (names.count - generators.count))
    #expect(design.definingRelation.count == (1 << generators.count) - 1)
  }

  /// What the defining relation says is what the cells show: every product of columns is either constant, and
  /// then a word of that sign, or balanced; and two effects are aliased if and only if their columns agree.
  @Test(arguments: [
    ("ABCD", ["D = ABC"]), ("ABCD", ["D = -AB"]), ("ABCDE", ["D = AB", "E = -AC"]),
    ("ABCDEF", ["E = A*B*C", "F = −BCD"]),
  ])
  func theCellsObeyTheRelation(names: String, generators: [String]) throws {
    let design = try FractionalFactorial(Self.factors(names), generators: generators)
    let words = Dictionary(uniqueKeysWithValues: design.definingRelation.map { ($0.term.mask, $0.sign) })
    func column(_ term: FractionalFactorial.Term) -> [Int] {
      design.cells.map { cell in term.factors.reduce(1) { $0 * (cell[$1] == 1 ? 1 : -1) } }
    }
    for mask in 1..<UInt64(1 << names.count) {
      let sum = column(.init(mask: mask)).reduce(0, +)
      #expect(sum == (words[mask] ?? 0) * design.cells.count)
    }
    for set in design.aliasSets(upTo: 2) {
      for word in set {
        #expect(column(word.term).map { $0 * word.sign } == column(set[0].term))
      }
    }
    #expect(Set(design.cells).count == design.cells.count)
    #expect(design.cells == design.cells.sorted { $0.lexicographicallyPrecedes($1) })
  }

  @Test func aliasesAreNamed() throws {
    let design = try FractionalFactorial(
      [
        .init("coupon", levels: ["200-50", "300-80"]), .init("slot", levels: ["weekday", "weekend"]),
        .init("copy", levels: ["rational", "emotional"]), .init("channel", levels: ["sms", "app"]),
      ], generators: ["channel = coupon*slot*copy"])
    #expect(
      design.aliasTable() == [
        "coupon", "slot", "copy", "channel", "coupon × slot = copy × channel",
        "coupon × copy = slot × channel",
        "coupon × channel = slot × copy",
      ])
    #expect(design.aliasTable(upTo: 3)[0] == "coupon = slot × copy × channel")
    #expect(design.isEstimable(.init(factors: [0])))
    #expect(!design.isEstimable(.init(factors: [0, 1])))
    #expect(!design.isEstimable(.init(factors: [0]), upTo: 3))
    #expect(!design.isEstimable(.init(factors: [])))
    #expect(
      design.aliases(of: .init(factors: []), upTo: 4).map { design.name(of: $0.term) } == [
        "coupon × slot × copy × channel"
      ])
    let arms = try Experiment.Arm.factorial(design.factors, generators: design.generators)
    #expect(arms.count == 8)
    #expect(arms[0].name == "200-50/weekday/rational/sms")
    #expect(arms[1].name == "200-50/weekday/emotional/app")

    var experiment = Experiment(
      id: "half", arms: arms, factors: design.factors, generators: design.generators, control: arms[0].name)
    try experiment.validate()
    experiment.generators = ["channel = -coupon*slot*copy"]
    #expect(throws: Diagnostic.self) { try experiment.validate() }
  }

  @Test(arguments: [
    [], ["D"], ["D = "], ["D = A"], ["D = AX"], ["X = AB"], ["D = AA"], ["D = A*D"], ["D = AB", "D = AC"],
    ["C = AB", "D = BC"], ["C = AB", "D = AB"], ["D = A = B"],
  ])
  func generatorsThatMakeNoFractionAreRefused(generators: [String]) {
    #expect {
      try FractionalFactorial(Self.factors("ABCD"), generators: generators, key: "experiments.e")
    } throws: { error in
      (error as? Diagnostic)?.code == "RK0805" && (error as? Diagnostic)?.key == "experiments.e.generators"
    }
  }

  @Test func onlyTwoLevels() {
    var factors = Self.factors("ABC")
    factors[1].levels.append("more")
    #expect {
      try FractionalFactorial(factors, generators: ["C = AB"])
    } throws: { ($0 as? Diagnostic)?.code == "RK0805" }
  }
}
