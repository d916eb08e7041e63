internal import RekindleBehaviour
internal import RekindleCore

extension Playbook {
  /// The names in braces of a reason have to mean something: with a slip in it the clause would be left out
  /// for everybody, and nobody would see why.
  /// - Parameters:
  ///   - known: features, columns and facts.
  ///   - lost: what had to drop; a clause that speaks of it is left out.
  static func checkReason(
    of action: Action, _ place: Int, known: [String: ValueType], lost: [String: String]
  ) throws(Diagnostic) {
    for name in templateNames(action.reason) {
      guard known[name] == nil, lost[name] == nil, !facts.contains(name) else { continue }
      throw Diagnostic(
        "RK1015", "the reason of \(action.id) speaks of {\(name)}, which nothing gives",
        key: "outreach.actions.\(place).reason",
        hint: nearMatch(of: name, among: known.keys.sorted()).map { "did you mean {\($0)}?" },
        help: "name a feature, a column of the segments or a score, or leave the braces out")
    }
  }
}
