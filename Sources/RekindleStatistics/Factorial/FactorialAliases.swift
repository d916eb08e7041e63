internal import RekindleNumerics

/// Which terms the cells with units can tell apart.
///
/// Terms are taken by their number of factors, fewest first. A term is refused when its columns are
/// combinations of those of simpler terms and of the other terms of its own size. So in a half fraction
/// with `copy = coupon × slot` the main effect of `copy` is estimated (and said to carry the interaction),
/// and the interaction is refused; of two interactions that are one column neither is preferred, and both
/// are refused.
struct FactorialAliases {
  struct Refusal {
    let term: [Int]
    /// The terms it cannot be told from; `[]` is the overall mean.
    let with: [[Int]]
  }

  let coding: FactorialCoding
  /// Those of the model, simplest first, without the constant.
  let kept: [[Int]]
  let refused: [Refusal]
  /// Whether every combination of levels has units.
  let isComplete: Bool

  init(coding: FactorialCoding, cells: [FactorialCell], order: Int) {
    self.coding = coding
    isComplete = cells.count == coding.factors.reduce(1) { $0 * $1.levels.count }
    var kept: [[Int]] = [[]]
    var refused: [Refusal] = []
    for size in stride(from: 1, through: order, by: 1) {
      let terms = coding.terms(order: size)
      if isComplete {
        kept += terms
        continue
      }
      let aliases = terms.map { term in
        FactorialAliases.aliases(of: term, among: kept + terms.filter { $0 != term }, coding, cells)
      }
      for (term, with) in zip(terms, aliases) where !with.isEmpty {
        refused.append(Refusal(term: term, with: with))
      }
      kept += zip(terms, aliases).filter { $1.isEmpty }.map { $0.0 }
    }
    self.kept = Array(kept.dropFirst())
    self.refused = refused
  }

  /// The terms of which the columns of `term` are made; empty when they are new.
  private static func aliases(
    of term: [Int], among others: [[Int]], _ coding: FactorialCoding, _ cells: [FactorialCell]
  ) -> [[Int]] {
    let columns = others.flatMap { other in
      coding.contrasts(other).map { contrast in
        (term: other, values: cells.map { coding.value(contrast, in: $0.levels) })
      }
    }
    let own = coding.contrasts(term).map { contrast in cells.map { coding.value(contrast, in: $0.levels) } }
    let all = columns.map { $0.values } + own
    let dependent = dependentColumns(ofGram: DesignColumns.gram(all))
    let lost = dependent.filter { $0 >= columns.count }.map { $0 - columns.count }
    guard !lost.isEmpty else { return [] }

    let basis = columns.indices.filter { !dependent.contains($0) }
    guard let factor = Cholesky(DesignColumns.gram(basis.map { columns[$0].values })) else { return [[]] }
    var found: [[Int]] = []
    for column in lost {
      let beta = factor.solve(basis.map { DesignColumns.dot(columns[$0].values, own[column]) })
      for (place, weight) in zip(basis, beta) where abs(weight) > 1e-7 {
        if !found.contains(columns[place].term) { found.append(columns[place].term) }
      }
    }
    return found
  }
}
