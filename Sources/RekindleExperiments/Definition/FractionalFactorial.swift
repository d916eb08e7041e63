public import RekindleCore

/// A regular fraction of a design whose factors all have two levels: fewer cells, at the price that effects
/// are confounded with one another.
///
/// Each generator `D = A*B*C` sets the level of one factor by those of others. Levels are coded −1 (the first)
/// and +1 (the second), so that the generator is the product of the coded columns, and
///
/// ```
/// I = A B C D                     the defining relation: all products of the generators' words
/// A = B C D,  AB = CD, …          an effect times each word: what it cannot be told from
/// resolution = length of the shortest word
/// ```
/// Resolution III confounds main effects with two-factor interactions; IV keeps main effects clear of them but
/// confounds these with one another; V keeps both clear.
///
/// Source: G. E. P. Box, J. S. Hunter, "The 2^(k−p) fractional factorial designs, part I", Technometrics 3,
/// 1961.
public struct FractionalFactorial: Sendable, Hashable {
  /// A main effect or an interaction, by the factors that take part; no factor: the mean.
  public struct Term: Sendable, Hashable {
    package let mask: UInt64

    package init(mask: UInt64) { self.mask = mask }

    /// - Parameter factors: indices, each below 63.
    public init(factors: [Int]) {
      mask = factors.reduce(0) { $0 | 1 << UInt64($1) }
    }

    public var factors: [Int] { (0..<64).filter { mask >> UInt64($0) & 1 == 1 } }

    /// 1 for a main effect, 2 for an interaction of two factors.
    public var order: Int { mask.nonzeroBitCount }

    /// By order, then by the factors' places.
    static func comesBefore(_ a: Term, _ b: Term) -> Bool {
      a.order != b.order ? a.order < b.order : a.factors.lexicographicallyPrecedes(b.factors)
    }
  }

  /// A product of factors that is the same in every cell.
  public struct Word: Sendable, Hashable {
    public let term: Term
    /// +1 or −1: what the product is.
    public let sign: Int
  }

  public let factors: [Experiment.Factor]
  /// As they were given.
  public let generators: [String]
  /// Every word but the identity, shortest first.
  public let definingRelation: [Word]
  /// The levels of each cell, the last factor's changing fastest.
  public let cells: [[Int]]

  /// Length of the shortest word; 3 or more.
  public var resolution: Int { definingRelation[0].term.order }

  /// - Parameters:
  ///   - generators: `NAME = NAME*NAME*…`, a minus sign before the product turning it round. Names of one
  ///     letter may stand side by side: `D = ABC`. At least one.
  ///   - key: where the project file has the experiment.
  /// - Throws: `RK0805` for a factor with other than two levels, a name that is no factor, a factor that is set
  ///   twice or by itself, words shorter than three; `RK0801` for more cells or words than can be listed.
  public init(
    _ factors: [Experiment.Factor], generators: [String], key: String? = nil
  ) throws(Diagnostic) {
    let parser = GeneratorParser(factors: factors, key: key.map { $0 + ".generators" })
    let parsed = try parser.parse(generators)
    self.factors = factors
    self.generators = generators

    var words = [Word(term: Term(mask: 0), sign: 1)]
    for generator in parsed {
      let word = Word(
        term: Term(mask: generator.product.mask | 1 << UInt64(generator.factor)), sign: generator.sign)
      words += words.map {
        Word(term: Term(mask: $0.term.mask ^ word.term.mask), sign: $0.sign * word.sign)
      }
    }
    definingRelation = words.dropFirst().sorted { Term.comesBefore($0.term, $1.term) }
    if let word = definingRelation.first, word.term.order < 3 {
      let names = word.term.factors.map { "\"\(factors[$0].name)\"" }.joined(separator: " and ")
      throw Diagnostic(
        "RK0805", "with these generators \(names) always change together", key: parser.key,
        help: "set each factor by another product of two factors or more")
    }

    let basic = factors.indices.filter { place in !parsed.contains { $0.factor == place } }
    cells = (0..<1 << basic.count).map { run in
      var levels = [Int](repeating: 0, count: factors.count)
      for (bit, place) in basic.reversed().enumerated() { levels[place] = run >> bit & 1 }
      for generator in parsed {
        let low = generator.product.factors.count { levels[$0] == 0 }
        levels[generator.factor] = (low % 2 == 0) == (generator.sign > 0) ? 1 : 0
      }
      return levels
    }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The factors' names joined by `×`, or `I` for the mean.
  public func name(of term: Term) -> String {
    term.mask == 0 ? "I" : term.factors.map { factors[$0].name }.joined(separator: " × ")
  }

  /// What an effect cannot be told from: `effect = sign · alias` in every cell.
  /// - Parameter order: aliases of more factors than that are left out.
  public func aliases(of term: Term, upTo order: Int = 2) -> [Word] {
    definingRelation
      .map { Word(term: Term(mask: $0.term.mask ^ term.mask), sign: $0.sign) }
      .filter { $0.term.order <= order }
      .sorted { Term.comesBefore($0.term, $1.term) }
  }

  /// Whether an effect can be estimated, provided that interactions of more than `order` factors are nil.
  public func isEstimable(_ term: Term, upTo order: Int = 2) -> Bool {
    term.order > 0 && aliases(of: term, upTo: order).isEmpty
  }

  /// The effects of up to `order` factors, each with those that it cannot be told from; what has no alias
  /// stands alone.
  public func aliasSets(upTo order: Int = 2) -> [[Word]] {
    var seen: Set<Term> = []
    var sets: [[Word]] = []
    for term in terms(upTo: order) where !seen.contains(term) {
      let set = [Word(term: term, sign: 1)] + aliases(of: term, upTo: order)
      for word in set { seen.insert(word.term) }
      sets.append(set)
    }
    return sets
  }

  /// The alias table as lines: `coupon = slot × copy`, `coupon × slot = -copy`, `hour`.
  public func aliasTable(upTo order: Int = 2) -> [String] {
    aliasSets(upTo: order).map { set in
      set.map { ($0.sign < 0 ? "-" : "") + name(of: $0.term) }.joined(separator: " = ")
    }
  }

  /// Main effects, then interactions, in the order of the factors.
  private func terms(upTo order: Int) -> [Term] {
    var all: [Term] = []
    var last = [(mask: UInt64(0), next: 0)]
    for _ in 0..<min(order, factors.count) {
      last = last.flatMap { entry in
        (entry.next..<factors.count).map { (entry.mask | 1 << UInt64($0), $0 + 1) }
      }
      all += last.map { Term(mask: $0.mask) }
    }
    return all
  }
}
