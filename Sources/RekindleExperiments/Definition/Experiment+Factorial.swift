public import RekindleCore

extension Experiment.Arm {
  /// The arms of a factorial design: one a cell, named by its levels joined by `/`, equal weights.
  ///
  /// The last factor's level changes fastest. With generators the cells are those of the regular two-level
  /// fraction, in the same order.
  /// - Parameters:
  ///   - generators: such as `copy = coupon*slot`; empty for all cells.
  ///   - key: where the project file has the experiment.
  /// - Throws: `RK0803` for a factor without two levels, `RK0805` for generators that make no fraction,
  ///   `RK0801` for more than 4,096 cells.
  public static func factorial(
    _ factors: [Experiment.Factor], generators: [String] = [], key: String? = nil
  ) throws(Diagnostic) -> [Experiment.Arm] {
    let cells = try cells(of: factors, generators: generators, key: key)
    return cells.map {
      Experiment.Arm(name(ofCell: $0, of: factors), weight: 1 / Double(cells.count), levels: $0)
    }
  }

  static func name(ofCell levels: [Int], of factors: [Experiment.Factor]) -> String {
    zip(factors, levels).map { $0.levels[$1] }.joined(separator: "/")
  }

  /// The levels of every cell, the last factor's changing fastest.
  static func cells(
    of factors: [Experiment.Factor], generators: [String], key: String?
  ) throws(Diagnostic) -> [[Int]] {
    if let factor = factors.first(where: { $0.levels.count < 2 }) {
      throw Diagnostic(
        "RK0803", "the factor \"\(factor.name)\" has \(factor.levels.isEmpty ? "no" : "only one") level",
        key: key.map { "\($0).factors.\(factor.name)" },
        help: "a factor varies: give it two levels or more, or leave it out")
    }
    guard generators.isEmpty else {
      return try FractionalFactorial(factors, generators: generators, key: key).cells
    }
    // A sum of logarithms would do as well; what matters is that the product does not overflow.
    var count = 1
    for factor in factors where count <= mostCells { count *= factor.levels.count }
    guard count <= mostCells else {
      throw Diagnostic(
        "RK0801", "the factors make more than \(mostCells) cells", key: key.map { $0 + ".factors" },
        help: "drop factors or levels, or run a fraction: generators")
    }
    var cells: [[Int]] = [[]]
    for factor in factors {
      cells = cells.flatMap { cell in factor.levels.indices.map { cell + [$0] } }
    }
    return cells
  }

  private static let mostCells = 4096
}
