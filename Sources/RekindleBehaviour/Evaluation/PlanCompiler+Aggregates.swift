internal import RekindleCore
internal import RekindleEvents

/// Aggregates: which events they look at, which columns they read, and the leaf that stands for
/// them.
extension PlanCompiler {
  mutating func aggregate(_ aggregate: Aggregate, _ scope: Scope) throws(Diagnostic) -> Typed {
    switch aggregate.function {
    case .mean:
      let sum = try leaf(.sum, aggregate, scope)
      let count = try leaf(.count, aggregate, scope)
      return Typed(step: step(.binary(.divide), [sum.step, count.step], scope), type: .number)
    case .any:
      let count = try leaf(.count, aggregate, scope)
      let zero = constant(0, scope)
      return Typed(step: step(.binary(.greater), [count.step, zero], scope), type: .flag)
    case .share:
      // "The latest n of all events" is a window before the condition is asked, and a group exists
      // by an event that does not meet it: neither can be counted among the selected events.
      if case .latest = aggregate.window { return try leaf(.share, aggregate, scope) }
      if case .group = scope { return try leaf(.share, aggregate, scope) }
      let met = try leaf(.count, aggregate, scope)
      let known = try leaf(.count, aggregate, scope, isKnown: true)
      return Typed(step: step(.binary(.divide), [met.step, known.step], scope), type: .number)
    default: return try leaf(aggregate.function, aggregate, scope)
    }
  }

  mutating func leaf(
    _ function: AggregateFunction, _ aggregate: Aggregate, _ scope: Scope,
    isKnown: Bool = false
  ) throws(Diagnostic) -> Typed {
    let streamIndex = try stream(aggregate.kind)
    var value: (EventValue, ColumnType)?
    if let attribute = aggregate.attribute { value = try eventValue(attribute, of: streamIndex) }
    if value == nil, function.needsAttribute {
      throw Diagnostic(
        "RK0354", "\(function.rawValue) needs an attribute of \(aggregate.kind)",
        help: "write \(function.rawValue)(\(aggregate.kind).attribute)")
    }
    var condition: Int?
    if let expression = aggregate.condition { condition = try self.condition(expression, streamIndex) }

    var isPerMoment = value.map { dependsOnMoment($0.0, streamIndex) } ?? false
    if let condition {
      isPerMoment =
        isPerMoment || plan.conditions[condition].loads.contains { dependsOnMoment($0, streamIndex) }
    }
    let isRecorded = log.streams[streamIndex].recorded != nil
    let view = viewNumber(
      ViewPlan.Key(
        stream: streamIndex, isForward: aggregate.window.isForward && isRecorded,
        isPerMoment: isPerMoment))
    // A streak or a share needs the events that do not meet the condition too.
    let cut = function == .streak || function == .share ? nil : condition
    let selection = selectionNumber(
      SelectionPlan.Key(view: view, condition: cut, isKnown: isKnown && cut != nil))
    let window = try windowPlan(aggregate, function, view)

    var column: Int?
    if function == .streak || function == .share {
      if let condition { column = columnNumber(.condition(condition), selection) }
    } else if let (read, type) = value, function.readsAttribute {
      if type == .text, case .attribute(let attribute) = read {
        if function.needsNumbers { throw mismatch(Expression(.aggregate(aggregate))) }
        column = columnNumber(.codes(attribute), selection)
      } else {
        column = columnNumber(.number(read), selection)
      }
    }
    if function.needsTimes { plan.selections[selection].needsTimes = true }
    if function.needsDays { plan.selections[selection].needsDays = true }

    let key = BatchPlan.Key(selection: selection, column: column, window: window)
    var type = ColumnType.number
    if function == .latest || function == .first { type = value?.1 ?? .number }
    guard case .group(let group) = scope else {
      let slot = slotNumber(function, key)
      if type == .text, let column {
        return Typed(step: leafStep(.ranked(slot: slot, selection: selection, column: column)), type: type)
      }
      return Typed(step: leafStep(.aggregate(slot: slot)), type: type)
    }
    let (by, byType) = try eventValue(aggregate.group ?? "", of: streamIndex)
    guard case .attribute(let attribute) = by, byType == .text else {
      throw Diagnostic(
        "RK0355", "events cannot be grouped by \"\(aggregate.group ?? "")\", which is not a category",
        help: "group by a category")
    }
    if type == .text { throw mismatch(Expression(.aggregate(aggregate))) }
    let grouped = GroupedAggregate(
      function: function, key: key, group: columnNumber(.codes(attribute), selection))
    return Typed(step: groupLeaf(.aggregate(grouped), group), type: type)
  }

  mutating func windowPlan(
    _ aggregate: Aggregate, _ function: AggregateFunction, _ view: Int
  ) throws(Diagnostic) -> WindowPlan {
    let lower: WindowPlan.Lower
    var upper = Boundary.moment
    var gapLimit: Int?
    switch aggregate.window {
    case .life: lower = .start
    case .last(let span): lower = .boundary(boundaryNumber(Boundary(span, sign: -1), view))
    case .next(let span):
      lower = .boundary(boundaryNumber(.moment, view))
      upper = Boundary(span, sign: 1)
    case .ago(let from, let to):
      lower = .boundary(boundaryNumber(Boundary(from, sign: -1), view))
      upper = Boundary(to, sign: -1)
    case .ahead(let from, let to):
      lower = .boundary(boundaryNumber(Boundary(from, sign: 1), view))
      upper = Boundary(to, sign: 1)
    case .latest(let count):
      if function.isOfGaps {
        lower = .start
        gapLimit = count
      } else {
        lower = .latest(count)
      }
    }
    if function == .clumpiness {
      guard case .boundary = lower else {
        throw Diagnostic(
          "RK0354", "clumpiness needs a window with two ends",
          help: "write last 365d, or another window of days")
      }
    }
    return WindowPlan(lower: lower, upper: boundaryNumber(upper, view), gapLimit: gapLimit)
  }

  mutating func condition(_ expression: Expression, _ stream: Int) throws(Diagnostic) -> Int {
    let key = ConditionKey(stream: stream, expression: expression)
    if let number = conditionNumbers[key] { return number }
    let number = plan.conditions.count
    plan.conditions.append(ConditionPlan(program: Program(), result: 0, loads: []))
    conditionNumbers[key] = number
    let value = try self.number(expression, .event(condition: number, stream: stream))
    plan.conditions[number].result = value.step
    plan.conditions[number].program.allocateRegisters(results: [value.step])
    return number
  }

  // MARK: Numbering

  func stream(_ kind: String) throws(Diagnostic) -> Int {
    if let number = streamNumbers[kind] { return number }
    let near = nearMatch(of: kind, among: log.streams.map(\.kind))
    throw Diagnostic(
      "RK0353", "the log has no events of kind \"\(kind)\"", hint: near.map { "did you mean \"\($0)\"?" },
      notes: ["kinds: " + log.streams.map(\.kind).joined(separator: ", ")], help: "fix the name")
  }

  func eventValue(_ name: String, of stream: Int) throws(Diagnostic) -> (EventValue, ColumnType) {
    let attributes = log.streams[stream].attributes
    if let index = attributes.firstIndex(where: { $0.name == name }) {
      let type: ColumnType =
        switch attributes[index].column.type {
        case .number, .time: .number
        case .flag: .flag
        case .category: .text
        }
      return (.attribute(index), type)
    }
    if let clock = EventClock(rawValue: name) { return (.clock(clock), clock == .weekend ? .flag : .number) }
    let near = nearMatch(of: name, among: attributes.map(\.name) + EventClock.allCases.map(\.rawValue))
    throw Diagnostic(
      "RK0353", "\(log.streams[stream].kind) has no attribute \"\(name)\"",
      hint: near.map { "did you mean \"\($0)\"?" },
      notes: ["attributes: " + attributes.map(\.name).joined(separator: ", ")], help: "fix the name")
  }

  func dependsOnMoment(_ value: EventValue, _ stream: Int) -> Bool {
    switch value {
    case .clock(let clock): clock == .age
    case .attribute(let index): log.streams[stream].attributes[index].column.type == .time
    }
  }

  mutating func viewNumber(_ key: ViewPlan.Key) -> Int {
    if let number = viewNumbers[key] { return number }
    viewNumbers[key] = plan.views.count
    plan.views.append(ViewPlan(key: key))
    return plan.views.count - 1
  }

  mutating func boundaryNumber(_ boundary: Boundary, _ view: Int) -> Int {
    if let number = plan.views[view].boundaries.firstIndex(of: boundary) { return number }
    plan.views[view].boundaries.append(boundary)
    return plan.views[view].boundaries.count - 1
  }

  mutating func selectionNumber(_ key: SelectionPlan.Key) -> Int {
    if let number = selectionNumbers[key] { return number }
    selectionNumbers[key] = plan.selections.count
    plan.selections.append(SelectionPlan(key: key))
    return plan.selections.count - 1
  }

  mutating func columnNumber(_ column: EventColumnPlan, _ selection: Int) -> Int {
    if let number = plan.selections[selection].columns.firstIndex(of: column) { return number }
    plan.selections[selection].columns.append(column)
    return plan.selections[selection].columns.count - 1
  }

  mutating func slotNumber(_ function: AggregateFunction, _ key: BatchPlan.Key) -> Int {
    let batch = batchNumbers[key] ?? plan.batches.count
    if batch == plan.batches.count {
      batchNumbers[key] = batch
      plan.batches.append(BatchPlan(key: key))
    }
    if let member = plan.batches[batch].members.first(where: { $0.function == function }) {
      return member.slot
    }
    plan.batches[batch].members.append(.init(function: function, slot: slots))
    slots += 1
    return slots - 1
  }
}
