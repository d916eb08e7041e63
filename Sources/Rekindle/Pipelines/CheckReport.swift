public import RekindleChurn
public import RekindleCore
public import RekindleEvents
public import RekindleTables

/// What `rekindle check` finds: every row accounted for, the kinds of event, the features that can be
/// computed, and whether there is enough data to train.
public struct CheckReport: Sendable {
  public let intake: Intake
  public let log: EventLog
  public let selection: FeatureSelection
  /// What to know of the settings under `lifecycle:`, each a sentence.
  public let lifecycle: [String]
  /// What of the playbook drops out for want of sources, and what in it is seldom meant, each a sentence.
  public let outreach: [String]
  /// The snapshots that training would take, or why it would refuse.
  public let snapshots: Result<ResolvedSnapshots, Diagnostic>
  /// Who is eligible in each of their windows and how many of them churned; the last is the test.
  public let windows: [Window]

  public struct Window: Sendable {
    public var asOf: Instant
    public var eligible: Int
    public var churned: Int
  }

  /// - Throws: what the project file's own mistakes throw; a broken contract is in `intake`.
  public init(_ project: Project) throws(Diagnostic) {
    let schema = try project.schema()
    selection = try project.features(in: schema)
    try project.checkChurn(in: schema, selection)
    lifecycle = try project.checkLifecycle(in: schema, selection)
    outreach = try project.checkOutreach(in: schema, selection)
    (log, intake) = try project.readEvents(enforcingLimits: false)
    try project.checkOutreach(of: log)
    let plan = try project.snapshotPlan()
    do throws(Diagnostic) {
      let log = log
      let resolved = try project.churnLocated { () throws(Diagnostic) in try plan.resolve(log) }
      let rows = try SnapshotRows(
        log: log, definitions: selection.kept, snapshots: resolved, workers: project.workers)
      var windows: [Window] = []
      for time in resolved.training + [resolved.test] {
        let moments = try rows.eligible(at: time)
        let churned = try rows.outcomes(at: moments).count { $0 == 1 }
        windows.append(Window(asOf: time, eligible: moments.count, churned: churned))
      }
      self.windows = windows
      snapshots = .success(resolved)
    } catch {
      windows = []
      snapshots = .failure(error)
    }
  }

  /// The windows that training would look at.
  public func windowTable() -> ResultTable {
    var table = ResultTable(
      title: "Windows",
      columns: [
        .init("as_of", alignment: .leading), .init("used_for", alignment: .leading), .init("eligible"),
        .init("churned"), .init("base_rate", digits: 3),
      ])
    for (index, window) in windows.enumerated() {
      table.append([
        .text(log.calendar.text(window.asOf)), .text(index + 1 < windows.count ? "training" : "test"),
        .integer(window.eligible), .integer(window.churned),
        window.eligible > 0 ? .number(Double(window.churned) / Double(window.eligible)) : .missing,
      ])
    }
    return table
  }

  /// Whether every window has customers who left and customers who stayed.
  public var isEnough: Bool {
    !windows.isEmpty && windows.allSatisfy { $0.churned > 0 && $0.churned < $0.eligible }
  }

  /// The rows of every source.
  public func sourceTable() -> ResultTable {
    var table = ResultTable(
      title: "Rows",
      columns: [
        .init("source", alignment: .leading), .init("read"), .init("used"), .init("quarantined"),
        .init("refunds"), .init("ignored"), .init("duplicates"), .init("merged"), .init("events"),
      ])
    for source in intake.sources {
      table.append([
        .text(source.name), .integer(source.read), .integer(source.used), .integer(source.quarantined),
        .integer(source.refunds), .integer(source.ignored), .integer(source.duplicates),
        .integer(source.merged), .integer(source.events),
      ])
    }
    return table
  }

  /// The kinds of event in the log.
  public func kindTable() -> ResultTable {
    var table = ResultTable(
      title: "Events",
      columns: [
        .init("kind", alignment: .leading), .init("events"), .init("customers"),
        .init("first", alignment: .leading), .init("last", alignment: .leading),
        .init("attributes", alignment: .leading),
      ])
    for stream in log.streams {
      let customers = log.customers.indices.count { stream.offsets[$0] < stream.offsets[$0 + 1] }
      func date(_ instant: Instant?) -> ResultTable.Cell {
        instant.map { .text(CivilDate(daysSinceEpoch: log.calendar.day(of: $0)).description) } ?? .missing
      }
      table.append([
        .text(stream.kind), .integer(stream.times.count), .integer(customers), date(stream.times.min()),
        date(stream.times.max()), .text(stream.attributes.map(\.name).joined(separator: ", ")),
      ])
    }
    return table
  }

  /// Why rows were rejected.
  public func reasonTable() -> ResultTable {
    var table = ResultTable(
      title: "Quarantine",
      columns: [
        .init("source", alignment: .leading), .init("rows"), .init("reason", alignment: .leading),
        .init("meaning", alignment: .leading),
      ])
    for source in intake.sources {
      for (reason, rows) in source.reasons {
        table.append([
          .text(source.name), .integer(rows), .text(reason.code), .text(reason.explanation),
        ])
      }
    }
    return table
  }

  public func text() -> String {
    var parts = [sourceTable().text(), kindTable().text()]
    if intake.quarantined > 0 { parts.append(reasonTable().text()) }
    parts.append(
      "\(intake.read) rows read = \(intake.used) used + \(intake.quarantined) quarantined; "
        + "\(log.customers.count) customers; \(selection.kept.count) features can be computed.\n")
    if !lifecycle.isEmpty { parts.append(lifecycle.map { "lifecycle: \($0)\n" }.joined()) }
    if !outreach.isEmpty { parts.append(outreach.map { "outreach: \($0)\n" }.joined()) }
    switch snapshots {
    case .success(let snapshots):
      parts.append(windowTable().text())
      let verdict =
        isEnough
        ? "next: rekindle train"
        : "not enough to train on: every window needs customers who left and customers who stayed"
      parts.append((snapshots.notes + [verdict]).joined(separator: "\n") + "\n")
    case .failure(let diagnostic):
      parts.append("not enough to train on: \(diagnostic.message)\n  help: \(diagnostic.help ?? "")\n")
    }
    return parts.joined(separator: "\n")
  }

  public func json() -> String {
    "{\"rows\":\(sourceTable().json()),\"events\":\(kindTable().json()),\"quarantine\":\(reasonTable().json()),\"windows\":\(windowTable().json()),"
      + "\"features\":[\(selection.kept.map { jsonString($0.name) }.joined(separator: ","))],"
      + "\"dropped\":[\(selection.dropped.map { "{\"name\":\(jsonString($0.name)),\"reason\":\(jsonString($0.reason))}" }.joined(separator: ","))],"
      + "\"lifecycle\":[\(lifecycle.map(jsonString).joined(separator: ","))],"
      + "\"outreach\":[\(outreach.map(jsonString).joined(separator: ","))]}\n"
  }
}
