public import Logging
public import RekindleBehaviour
public import RekindleChurn
public import RekindleCore
public import RekindleEvents

/// A project file, ready to be worked with: what each command begins with.
public struct Project: Sendable {
  public let file: ProjectFile
  public let calendar: CivilCalendar
  public let workers: Workers
  /// What relative paths in the file start from.
  public let baseDirectory: String
  /// Told when a stage begins and how long it took, at the level `info`.
  public let logger: Logger

  /// A logger that says nothing.
  public static let silence = Logger(label: "rekindle") { _ in SwiftLogNoOpLogHandler() }

  /// - Throws: what reading the project file throws.
  public init(
    contentsOf path: String, workers: Workers, logger: Logger = Project.silence
  ) throws(Diagnostic) {
    try self.init(file: try ProjectFile(contentsOf: path), workers: workers, logger: logger)
  }

  public init(
    file: ProjectFile, workers: Workers, logger: Logger = Project.silence
  ) throws(Diagnostic) {
    self.file = file
    self.workers = workers
    self.logger = logger
    calendar = try CivilCalendar(timeZone: file.timeZone)
    baseDirectory = file.path.lastIndex(of: "/").map { String(file.path[..<$0]) } ?? ""
  }

  /// The kinds of event, and their attributes, that the sources give.
  public func schema() throws(Diagnostic) -> EventSchema {
    try requireSources()
    return try located { () throws(Diagnostic) in
      try EventReader.schema(sources: sources, calendar: calendar)
    }
  }

  /// Reads the events of all sources, with the attributes that `expressions` ask for. Rows at or after
  /// `churn.log_end` lie in the future and are quarantined.
  /// - Parameters:
  ///   - expressions: `nil`: every attribute.
  ///   - enforcingLimits: whether too many rejected rows are an error here and now.
  public func readEvents(
    for expressions: [Expression]? = nil, enforcingLimits: Bool = true
  ) throws(Diagnostic) -> (log: EventLog, intake: Intake) {
    try requireSources()
    let needed = try expressions.map { (expressions) throws(Diagnostic) in
      EventRequirements(of: expressions, in: try schema()).attributes
    }
    return try stage("reading events") { () throws(Diagnostic) in
      try located { () throws(Diagnostic) in
        try EventReader.read(
          sources: sources, calendar: calendar, baseDirectory: baseDirectory, until: logEnd, needed: needed,
          workers: workers, enforcingLimits: enforcingLimits)
      }
    }
  }

  /// Runs one stage of the work and logs its beginning and its end.
  public func stage<Result>(
    _ name: String, _ body: () throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    logger.info("\(name)")
    let begin = ContinuousClock.now
    let result = try body()
    let milliseconds = Int((ContinuousClock.now - begin) / .milliseconds(1))
    logger.info("\(name): done", metadata: ["ms": "\(milliseconds)"])
    return result
  }

  /// The snapshots, eligibility and label that the file asks for.
  /// - Throws: `RK03xx` where the eligibility rule cannot be read.
  public func snapshotPlan() throws(Diagnostic) -> SnapshotPlan {
    let dates: SnapshotPlan.Dates =
      switch file.snapshots {
      case .count(let count, let days): .every(days: days, count: count)
      case .given(let days): .given(days.map { calendar.midnight(day: $0.daysSinceEpoch) })
      }
    return SnapshotPlan(
      activity: file.churn.activity, dates: dates, horizon: file.churn.horizon,
      eligible: try file.churn.eligible.map { (source) throws(Diagnostic) in
        try Expression(parsing: source)
      },
      label: file.churn.label?.text,
      logEnd: logEnd)
  }

  /// The first moment of which the log knows nothing, where the file declares it.
  public var logEnd: Instant? { file.churn.logEnd.map { calendar.midnight(day: $0.daysSinceEpoch) } }

  private func requireSources() throws(Diagnostic) {
    guard file.sources.isEmpty else { return }
    throw Diagnostic(
      "RK0616", "\(file.path) has no sources, and this needs events", at: .init(file: file.path),
      help: "add a source, or make them with `rekindle init --from orders.csv`")
  }

  private var sources: [(name: String, definition: SourceDefinition)] {
    file.sources.map { ($0.name, $0.definition) }
  }

  /// Fails when a source has more rejected rows than its limit allows.
  /// - Throws: `RK0217`, of kind `checkFailed`.
  public func checkLimits(_ intake: Intake) throws(Diagnostic) {
    try located { () throws(Diagnostic) in try intake.checkLimits() }
  }

  /// Gives a diagnostic about a setting the place where the file says it.
  /// - Parameter key: which setting is meant where the diagnostic does not name one.
  public func located<Result>(
    _ key: String? = nil, _ body: () throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    do throws(Diagnostic) {
      return try body()
    } catch {
      guard error.place == nil, let key = error.key ?? key else { throw error }
      var located = error
      located.place = file.place(of: key) ?? .init(file: file.path)
      throw located
    }
  }
}
