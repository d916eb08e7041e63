internal import RekindleBehaviour
internal import RekindleCore

/// Actions that the file itself keeps from everybody: they come after the playbook has ended, or would go out
/// at an hour at which nothing is sent.
extension OutreachPlan {
  func checkReach() throws(Diagnostic) {
    guard let actions else { return }
    guard !actions.isEmpty else {
      throw Diagnostic(
        "RK1002", "outreach.actions holds no action: nothing would be done for anybody",
        key: "outreach.actions", help: "write an action, or leave `actions` out for the built-in playbook")
    }
    var ends: [(place: Int, conditions: Set<Expression>)] = []
    for (place, action) in actions.enumerated() {
      let conditions = action.when.conditions
      // Whoever fulfils all of the later rule fulfils all of the earlier.
      if let end = ends.first(where: { $0.conditions.isSubset(of: conditions) }) {
        let whom = end.conditions.isEmpty ? "everybody" : "all for whom it is meant"
        throw Diagnostic(
          "RK1007",
          "\(action.id) is for nobody: \(actions[end.place].id) ends the playbook for \(whom) before it",
          key: "outreach.actions.\(place).when", against: "outreach.actions.\(end.place).when",
          help: "put it before \(actions[end.place].id), or narrow the rule of that one")
      }
      if action.kind == .nothing { ends.append((place, conditions)) }
      try checkHours(of: action, "outreach.actions.\(place)")
    }
  }

  /// A slot whose minute is quiet on every channel goes out at another hour than the one that is written.
  private func checkHours(of action: Action, _ key: String) throws(Diagnostic) {
    guard guards.quietHours, action.kind != .nothing else { return }
    let slots =
      [(action.send, key + ".send")]
      + (action.trial?.arms ?? []).compactMap { arm in
        arm.send.map { ($0, "\(key).arms.\(arm.name).send") }
      }
    for (slot, slotKey) in slots {
      guard case .at(_, let minute) = slot else { continue }
      var quiet: (channel: String, hours: QuietHours)?
      var isSent = false
      for name in action.channels {
        // A channel that the file does not declare is quiet at night.
        let hours = channels.map { $0.first { $0.name == name }?.quiet } ?? .night
        if let hours, hours.contains(minute: minute) {
          quiet = quiet ?? (name, hours)
        } else {
          isSent = true
        }
      }
      guard let quiet, !isSent else { continue }
      throw Diagnostic(
        "RK1007",
        "\(action.id) is sent at \(clockText(minute)), and \(quiet.channel) is quiet from "
          + "\(clockText(quiet.hours.start)) to \(clockText(quiet.hours.end))",
        key: slotKey, against: channels == nil ? nil : "outreach.channels.\(quiet.channel).quiet",
        help:
          "send at an hour that is not quiet, or change the channel's quiet hours (`quiet: none` for none)")
    }
  }
}

extension Expression {
  /// What all has to hold for a flag to hold, without what always does.
  fileprivate var conditions: Set<Expression> {
    if case .binary(.and, let left, let right) = node { return left.conditions.union(right.conditions) }
    return constantFlag == true ? [] : [self]
  }

  /// The value of a flag that is made of literals alone; `nil` of any other.
  private var constantFlag: Bool? {
    switch node {
    case .flag(let flag): return flag
    case .not(let operand): return operand.constantFlag.map { !$0 }
    case .binary(.or, let left, let right):
      if left.constantFlag == true || right.constantFlag == true { return true }
      return left.constantFlag == false && right.constantFlag == false ? false : nil
    case .binary(let symbol, let left, let right):
      guard case .number(let a) = left.node, case .number(let b) = right.node else { return nil }
      switch symbol {
      case .equal: return a == b
      case .notEqual: return a != b
      case .less: return a < b
      case .lessOrEqual: return a <= b
      case .greater: return a > b
      case .greaterOrEqual: return a >= b
      default: return nil
      }
    default: return nil
    }
  }
}
