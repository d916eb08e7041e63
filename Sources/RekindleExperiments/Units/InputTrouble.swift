internal import RekindleCore

/// What the units of an experiment can have wrong, each with its code, place and fix.
enum InputTrouble {
  static func unknownArm(_ arm: String, unit: String?, row: Int, arms: [String]) -> Diagnostic {
    Diagnostic(
      "RK0840", "row \(row)\(named(unit)) is in arm \"\(arm)\", which the experiment does not have",
      hint: nearMatch(of: arm, among: arms).map { "did you mean \"\($0)\"?" },
      notes: ["the experiment has: \(arms.joined(separator: ", "))"],
      help: "name the arms as the experiment does, or leave units of other experiments out")
  }

  /// - Parameter rows: 1-based, ascending.
  static func blankIDs(_ rows: [Int], of count: Int) -> Diagnostic {
    let shown = rows.prefix(10).map { String($0) }.joined(separator: ", ")
    return Diagnostic(
      "RK0820",
      "\(rows.count) of \(shownCount(count, "row", ("has", "have"))) no id",
      notes: ["\(rows.count == 1 ? "row" : "rows"): \(shown)\(rows.count > 10 ? ", …" : "")"],
      help: "leave out rows without an id, or give them theirs")
  }

  static func infinite(_ column: String, row: Int, of rows: UnitRows, value: Double) -> Diagnostic {
    Diagnostic(
      "RK0841", "column \"\(column)\" is not finite in \(named(row, of: rows))",
      notes: ["found: \(value)"], help: "leave the cell empty when the value is not known")
  }

  static func notZeroOne(_ metric: Metric, row: Int, of rows: UnitRows, value: Double) -> Diagnostic {
    Diagnostic(
      "RK0842",
      "column \"\(metric.column)\" of the proportion \"\(metric.name)\" is neither 0 nor 1 in "
        + named(row, of: rows),
      notes: ["found: \(value)"], help: "write 0 and 1, or make the metric a mean")
  }

  static func noUnit() -> Diagnostic {
    Diagnostic(
      "RK0843", "no row has an arm of the experiment",
      help: "check which column names the arm, and that the file is this experiment's")
  }

  static func notRepeatable(first: Int, again: Int) -> Diagnostic {
    Diagnostic(
      "RK0844", "the units changed while they were read: \(first) rows, then \(again)",
      help: "let the file rest while it is analysed, and try again")
  }

  /// - Parameter dealt: the arm in the assignment; `nil`: the unit is not there.
  static func notDealt(_ unit: String, row: Int, arm: String, dealt: String?) -> Diagnostic {
    Diagnostic(
      "RK0845",
      dealt.map { "row \(row)\(named(unit)) is in arm \"\(arm)\", and was dealt \"\($0)\"" }
        ?? "row \(row)\(named(unit)) is not in the assignment that was dealt",
      help: "give the assignment of these units; or compare by a method that does not deal them again")
  }

  static func unknownWord(_ word: String, what: String, row: Int, known: [String]) -> Diagnostic {
    let names = known.filter { !$0.isEmpty }
    return Diagnostic(
      "RK0863", "row \(row) of the sums has the \(what) \"\(word)\", which is not known",
      hint: nearMatch(of: word, among: names).map { "did you mean \"\($0)\"?" },
      notes: ["known: \(names.joined(separator: ", "))"], help: "name it as the experiment does")
  }

  static func lacking(
    _ metric: String, _ statistic: String, _ columns: String, isTooSmall: Bool = false
  ) -> Diagnostic {
    guard !isTooSmall else {
      return Diagnostic(
        "RK0864", "the sums of \"\(metric)\" cannot be: Σ x² of \(columns) is below (Σ x)² / n",
        help: "sum the squares of the units, not of groups of them, over the same units")
    }
    return Diagnostic(
      "RK0863", "the sums of \"\(metric)\" have no \(statistic) of \(columns)",
      help: "add the rows: the sum of the column, and of its products with the metric's other columns")
  }

  static func impossible(_ line: MomentLine, row: Int) -> Diagnostic {
    Diagnostic(
      "RK0864", "row \(row) of the sums has a \(line.statistic) that cannot be",
      notes: ["found: \(line.amount)"], help: "counts are whole and not negative; sums are finite")
  }

  private static func named(_ row: Int, of rows: UnitRows) -> String {
    "row \(rows.firstRow + row)\(named(rows.unit(row)))"
  }

  private static func named(_ unit: String?) -> String { unit.map { " (unit \"\($0)\")" } ?? "" }
}
