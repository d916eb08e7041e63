public import RekindleCore

/// What is asked of a factorial experiment: which effects of which factors.
///
/// Each factor's levels are coded against its first, the reference, and centred:
///
/// ```
/// x_l(level) = [level = l] − 1/K      l = 1 … K − 1;  ±1/2 for two levels
/// value(cell) = β₀ + Σ over terms Σ β Π x        (a term: one or more factors)
/// ```
/// So the coefficient of `coupon` is the difference of the averages of the two coupons' cells, every
/// combination of the other factors counting the same, however many units it has; that of `coupon × slot`
/// is the difference of the coupon's differences in the two slots. With K levels there is one coefficient
/// for every level but the reference.
///
/// Cells count equally because a factorial answers "what does the coupon do in this campaign design", and
/// the sizes of the cells are the experimenter's choice. Weighting cells by their units would let an
/// uneven split leak one factor's effect into another's.
public struct FactorialModel: Sendable, Hashable {
  /// One thing that was varied.
  public struct Factor: Sendable, Hashable {
    public var name: String
    /// Two or more; the first is the reference.
    public var levels: [String]

    public init(_ name: String, levels: [String]) {
      self.name = name
      self.levels = levels
    }
  }

  public var factors: [Factor]
  /// The largest number of factors in an interaction that is asked for: 1 for main effects alone.
  public var order: Int

  /// - Parameter order: default: up to interactions of all factors, at most three at a time.
  public init(factors: [Factor], order: Int? = nil) {
    self.factors = factors
    self.order = min(order ?? 3, factors.count)
  }

  /// Estimates the effects.
  ///
  /// - Parameters:
  ///   - cells: at most one a combination of levels; those that are absent or have no unit are empty.
  ///   - confidence: of every interval, 0 < confidence < 1.
  /// - Returns: the table; effects that the cells cannot tell apart are refused in it, by name.
  /// - Throws: `RK0895` for a factor with fewer than two levels, a cell whose levels are not the factors',
  ///   two cells of one combination, more successes than units, or fewer than two cells with units.
  public func table(cells: [FactorialCell], confidence: Double = 0.95) throws(Diagnostic) -> FactorialTable {
    try check(cells)
    let present = cells.filter { $0.count > 0 }.sorted { $0.levels.lexicographicallyPrecedes($1.levels) }
    guard present.count >= 2 else {
      throw Diagnostic(
        "RK0895", "\(present.count == 0 ? "no cell" : "only one cell") of the factorial design has units",
        help: "check that the outcome file holds all arms of the experiment")
    }
    let aliases = FactorialAliases(coding: FactorialCoding(factors: factors), cells: present, order: order)
    return FactorialEstimation(aliases: aliases, cells: present, confidence: confidence).table()
  }

  private func check(_ cells: [FactorialCell]) throws(Diagnostic) {
    for factor in factors where factor.levels.count < 2 {
      throw Diagnostic(
        "RK0895", "factor \"\(factor.name)\" has \(factor.levels.count) level, so nothing varies",
        help: "give it two levels or more, or leave it out of the factors")
    }
    var seen: Set<[Int]> = []
    for cell in cells {
      let fits =
        cell.levels.count == factors.count
        && zip(cell.levels, factors).allSatisfy { $1.levels.indices.contains($0) }
      guard fits else {
        throw Diagnostic(
          "RK0895", "a cell has the levels \(cell.levels), which are not levels of the factors",
          notes: factors.map { "\($0.name) has: \($0.levels.joined(separator: ", "))" },
          help: "give one index of a level for each factor")
      }
      guard seen.insert(cell.levels).inserted else {
        throw Diagnostic(
          "RK0895", "the cell \(FactorialCoding(factors: factors).name(ofCell: cell.levels)) is given twice",
          help: "merge the units of one combination of levels into one cell")
      }
      if let successes = cell.successes, successes < 0 || successes > cell.count {
        throw Diagnostic(
          "RK0895",
          "the cell \(FactorialCoding(factors: factors).name(ofCell: cell.levels)) has \(successes) successes of \(cell.count) units",
          help: "count each unit once")
      }
    }
  }
}
