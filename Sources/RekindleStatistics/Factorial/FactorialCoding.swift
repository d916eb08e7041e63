/// The columns of a factorial model: which there are, what they are called, and their value in a cell.
struct FactorialCoding {
  /// One coefficient of a term: for each of its factors the level that is set against the reference.
  typealias Contrast = [(factor: Int, level: Int)]

  let factors: [FactorialModel.Factor]

  /// All terms of some number of factors, each as ascending factor indices, in lexicographic order.
  func terms(order: Int) -> [[Int]] {
    func extend(_ start: [Int]) -> [[Int]] {
      guard start.count < order else { return [start] }
      let next = (start.last ?? -1) + 1
      return (next..<max(next, factors.count)).flatMap { extend(start + [$0]) }
    }
    return extend([])
  }

  /// The contrasts of a term, the last factor's level running fastest; one empty contrast for the
  /// constant.
  func contrasts(_ term: [Int]) -> [Contrast] {
    term.reduce([[]]) { found, factor in
      found.flatMap { start in
        (1..<factors[factor].levels.count).map { start + [(factor: factor, level: $0)] }
      }
    }
  }

  /// `Π x`: see ``FactorialModel``.
  func value(_ contrast: Contrast, in levels: [Int]) -> Double {
    contrast.reduce(1) { product, part in
      product * ((levels[part.factor] == part.level ? 1 : 0) - 1 / Double(factors[part.factor].levels.count))
    }
  }

  /// `coupon × slot`.
  func name(_ term: [Int]) -> String {
    term.isEmpty ? "the overall mean" : term.map { factors[$0].name }.joined(separator: " × ")
  }

  /// `coupon 300-80 × slot weekend_12`.
  func name(_ contrast: Contrast) -> String {
    contrast.map { "\(factors[$0.factor].name) \(factors[$0.factor].levels[$0.level])" }
      .joined(separator: " × ")
  }

  /// `300-80/weekend_12/rational`.
  func name(ofCell levels: [Int]) -> String {
    zip(factors, levels).map { $0.levels[$1] }.joined(separator: "/")
  }
}
