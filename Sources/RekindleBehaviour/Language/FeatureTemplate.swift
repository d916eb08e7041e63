public import RekindleCore

extension FeatureDefinition {
  /// The features that one entry of a project file stands for.
  ///
  ///     purchases_{7,30,90}d: count(purchase, last {}d)
  ///
  /// is three features, `purchases_7d`, `purchases_30d` and `purchases_90d`: the list in the name
  /// says what stands for `{}` in the formula, the unit and the reason. A name without a list is
  /// one feature.
  ///
  /// - Returns: each feature with the text of its own formula, for later errors.
  /// - Throws: `RK0336` for a list that is not right; what parsing throws.
  public static func expanding(
    name: String, formula: ExpressionSource, unit: String? = nil, reason: String? = nil,
    transform: Transform = .identity
  ) throws(Diagnostic) -> [(definition: FeatureDefinition, source: ExpressionSource)] {
    func fail(_ message: String, _ help: String) -> Diagnostic {
      Diagnostic("RK0336", "feature \"\(name)\": \(message)", at: formula.place(of: 0..<1), help: help)
    }
    guard name.contains("{") || name.contains("}") else {
      if formula.text.contains("{}") {
        throw fail(
          "the formula has {} and the name has no list", "write a list into the name: purchases_{7,30}d")
      }
      let expression = try Expression(parsing: formula)
      return [
        (
          FeatureDefinition(
            name: name, expression: expression, unit: unit, reason: reason, transform: transform), formula
        )
      ]
    }
    guard let open = name.firstIndex(of: "{"), let close = name.firstIndex(of: "}"), open < close,
      !name[name.index(after: open)..<close].contains("{"),
      !name[name.index(after: close)...].contains(where: { "{}".contains($0) })
    else {
      throw fail("the name has a list that does not close, or two lists", "write one list: purchases_{7,30}d")
    }
    let values = name[name.index(after: open)..<close].split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.trimmingBlanks() }
    guard !values.contains(where: \.isEmpty), Set(values).count == values.count else {
      throw fail("a value of the list is empty or stands twice", "write each value once: {7,30}")
    }
    guard formula.text.contains("{}") else {
      throw fail(
        "the name has a list and the formula has no {}", "write {} where the values of the list belong")
    }
    var expanded: [(definition: FeatureDefinition, source: ExpressionSource)] = []
    for value in values {
      let own = ExpressionSource(
        formula.text.replacing("{}", with: value), file: formula.file, line: formula.line, column: 1)
      expanded.append(
        (
          FeatureDefinition(
            name: name[..<open] + value + name[name.index(after: close)...],
            expression: try Expression(parsing: own),
            unit: unit?.replacing("{}", with: value), reason: reason?.replacing("{}", with: value),
            transform: transform), own
        ))
    }
    return expanded
  }
}

extension Substring {
  fileprivate func trimmingBlanks() -> String {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
    return String(self[start..<end])
  }
}
