internal import RekindleBehaviour
public import RekindleChurn
public import RekindleCore
public import RekindleEvents
internal import RekindleExperiments
internal import RekindleOutreach

extension Project {
  /// Plans what to do for whom.
  /// - Parameters:
  ///   - time: `nil`: the end of the log, as declared or as its last event says.
  ///   - model: gives the churn probability and with it the value at risk; without it, rules that name
  ///     them drop out and what is scarce goes by id.
  ///   - assignments: files of the experiments that actions feed: a path, or `experiment=path` where there
  ///     are several.
  /// - Throws: `RK0910` without purchases; `RK1005` for a channel that does not exist, `RK1010` for an
  ///   experiment without an assignment; what reading and the rules throw.
  public func outreach(
    asOf time: Instant? = nil, model: ChurnModel? = nil, assignments: [String] = []
  ) throws(Diagnostic) -> (run: OutreachRun, intake: Intake) {
    try outreach(asOf: time, model: model, assignments: assignments, parts: [])
  }

  /// The same with parts of the segments that no rule asks for.
  func outreach(
    asOf time: Instant?, model: ChurnModel?, assignments: [String], parts: SegmentParts
  ) throws(Diagnostic) -> (run: OutreachRun, intake: Intake) {
    let schema = try schema()
    let selection = try features(in: schema)
    _ = try checkOutreach(in: schema, selection)
    var names = file.outreach.plan.names
    // Of these the action list itself speaks.
    if model != nil { names.formUnion(["churn_probability", "value_at_risk"]) }
    let features = selection.kept.needed(by: names)
    // A feature hides a column of its name.
    let columnsAsked = LifecycleColumn.allCases.filter { column in
      names.contains(column.rawValue) && !features.contains { $0.name == column.rawValue }
    }
    let tables = try assignmentTables(assignments)
    let scheduled = try scheduledMessages()
    let (report, intake) = try segments(
      asOf: time, since: nil, model: model, parts: columnsAsked.reduce(parts) { $0.union($1.part) },
      alsoReading: features.map(\.expression) + outreachNeeds(in: schema))
    let log = report.log
    let (columns, missing) = report.ruleColumns(columnsAsked, bands: model?.bands)
    var isAsked = [Bool](repeating: false, count: log.customers.count)
    for row in report.rows { isAsked[Int(row)] = true }
    let inputs = Outreach.Inputs(
      features: features, dropped: selection.dropped + missing, columns: columns,
      words: LifecycleColumn.words(without: Set(features.map(\.name))), assignments: tables,
      scheduled: scheduled, isAsked: isAsked)
    let outreach = try stage("facts and rules") { () throws(Diagnostic) in
      try located("outreach") { () throws(Diagnostic) in
        try Outreach(file.outreach.plan, log: log, at: report.asOf, inputs: inputs, workers: workers)
      }
    }
    try checkChannels(outreach.playbook.channels.map(\.name))
    let list = try stage("planning") { () throws(Diagnostic) in outreach.actionList(workers: workers) }
    var omitted = outreach.playbook.messages
    if model == nil {
      omitted.append(
        "no model was given (--model): churn_probability and value_at_risk are empty, and what is scarce goes by customer_id"
      )
    }
    return (
      OutreachRun(
        outreach: outreach, list: list, segments: report, currency: file.currency, omitted: omitted), intake
    )
  }

  /// Checks the playbook of the file against the sources, with the caret in the file.
  /// - Returns: what drops out, and what is seldom meant, each a sentence.
  func checkOutreach(in schema: EventSchema, _ selection: FeatureSelection) throws(Diagnostic) -> [String] {
    guard file.outreach.isDeclared else { return [] }
    let names = Set(selection.kept.map(\.name))
    let playbook = try located("outreach") { () throws(Diagnostic) in
      try Playbook(
        file.outreach.plan, features: selection.kept, dropped: selection.dropped,
        columns: LifecycleColumn.types(without: names), words: LifecycleColumn.words(without: names),
        schema: schema)
    }
    return playbook.messages + playbook.warnings
  }

  /// Checks what only the events and other files tell: channels that the file does not declare, and messages
  /// that other plans have set.
  func checkOutreach(of log: EventLog) throws(Diagnostic) {
    guard file.outreach.isDeclared else { return }
    _ = try scheduledMessages()
    try checkChannels(file.outreach.plan.channels(consent: log.consentChannels).map(\.name))
  }

  /// Channels that the file does not declare are those of the events; a name that is neither is a mistake
  /// that would silently keep an action from everybody.
  private func checkChannels(_ known: [String]) throws(Diagnostic) {
    for (place, action) in (file.outreach.plan.actions ?? []).enumerated() {
      for (index, name) in action.channels.enumerated() where !known.contains(name) {
        throw Diagnostic(
          "RK1005", "action \"\(action.id)\" goes by \"\(name)\", which is no channel",
          at: file.place(of: "outreach.actions.\(place).channels.\(index)") ?? .init(file: file.path),
          hint: nearMatch(of: name, among: known).map { "did you mean \"\($0)\"?" },
          notes: ["channels of the events: \(known.joined(separator: ", "))"],
          help: "name one of them, or declare it under outreach.channels")
      }
    }
  }

  /// What rules and guard-rails read.
  private func outreachNeeds(in schema: EventSchema) -> [Expression] {
    var needed = (file.outreach.plan.actions ?? []).map(\.when)
    if let zone = file.outreach.plan.timeZone { needed.append(zone) }
    // Visits tell at which hours customers are there.
    let visits: [(kind: String, attributes: [String])] = file.outreach.plan.asksHours ? [("visit", [])] : []
    let facts: [(kind: String, attributes: [String])] =
      [
        ("purchase", ["value", "order", "discount"]), ("consent", ["channel", "granted", "purpose"]),
        ("message", ["channel", "campaign", "opened", "clicked"]), ("ticket", ["ticket"]),
        ("ticket_close", ["ticket"]), ("tier", ["level"]), ("coupon", []),
      ] + visits
    for (kind, attributes) in facts {
      guard let known = schema.kind(kind) else { continue }
      needed.append(Expression(.aggregate(Aggregate(.count, kind))))
      for name in attributes where known.attribute(name) != nil {
        needed.append(Expression(.aggregate(Aggregate(.count, kind, attribute: name))))
      }
    }
    return needed
  }

  // MARK: Files

  private func assignmentTables(_ files: [String]) throws(Diagnostic) -> [AssignmentTable] {
    var fed: [String] = []
    for action in file.outreach.plan.actions ?? [] {
      if let name = action.trial?.experiment, !fed.contains(name) { fed.append(name) }
    }
    var tables: [AssignmentTable] = []
    for argument in files {
      let named = fed.first { argument.hasPrefix($0 + "=") }
      guard let name = named ?? (fed.count == 1 ? fed.first : nil) else {
        throw Diagnostic(
          "RK1012",
          fed.isEmpty
            ? "no action feeds an experiment, and there is the assignment \(argument)"
            : "the actions feed \(fed.count) experiments, and \(argument) does not say whose assignment it is",
          at: file.place(of: "outreach") ?? .init(file: file.path),
          notes: fed.isEmpty ? [] : ["experiments: \(fed.joined(separator: ", "))"],
          help: fed.isEmpty
            ? "leave --assignment out, or write `experiment:` in an action"
            : "give it as experiment=file")
      }
      let path = named == nil ? argument : String(argument.dropFirst(name.count + 1))
      let entry = try experiment(name)
      do throws(Diagnostic) {
        tables.append(
          try StoredAssignment(contentsOf: path, for: entry, calendar: calendar, workers: workers).table)
      } catch {
        var placed = error
        placed.place = placed.place ?? .init(file: path)
        throw placed
      }
    }
    return tables
  }

  private func scheduledMessages() throws(Diagnostic) -> ScheduledMessages {
    var messages = ScheduledMessages()
    guard let name = file.outreach.scheduled else { return messages }
    let path = name.hasPrefix("/") || baseDirectory.isEmpty ? name : baseDirectory + "/" + name
    var hasActions = false
    let values = try located("outreach.scheduled") { () throws(Diagnostic) in
      try TableReader.read(path, calendar: calendar, workers: workers) { (names) throws(Diagnostic) in
        hasActions = names.contains("action")
        // An action list as it was written is one, too.
        let time = names.contains("send_at") || !names.contains("send_slot") ? "send_at" : "send_slot"
        let wanted = ["customer_id", "channel", time]
        for column in wanted where !names.contains(column) {
          throw Diagnostic(
            "RK0850", "column \"\(column)\" is not in \(path)", at: .init(file: path),
            notes: ["file has: \(names.joined(separator: ", "))"],
            help: "give \(wanted.joined(separator: ", ")), and action where it is known")
        }
        return [
          .init("customer_id", .text, mayBeMissing: false), .init("channel", .text, mayBeMissing: false),
          .init(time, .time, mayBeMissing: false),
        ] + (hasActions ? [.init("action", .text)] : [])
      }
    }
    guard case .text(let customers) = values[0], case .text(let channels) = values[1],
      case .time(let times) = values[2]
    else { preconditionFailure("columns are as they were asked for") }
    var actions: [String] = []
    if hasActions, case .text(let names) = values[3] { actions = names }
    for row in customers.indices {
      let action = actions.isEmpty || actions[row].isEmpty ? nil : actions[row]
      messages.append(customer: customers[row], channel: channels[row], at: times[row], action: action)
    }
    return messages
  }
}
