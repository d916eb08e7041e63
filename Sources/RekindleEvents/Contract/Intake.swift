public import RekindleCore

/// What reading the sources came to: every row is accounted for.
///
/// For every source, and in total:
///
///     read = used + quarantined
///     events = used − ignored − duplicates − merged
public struct Intake: Sendable, Hashable {
  public struct Source: Sendable, Hashable {
    public var name: String
    /// What was read, in order.
    public var files: [String] = []
    /// Records, without headers and blank lines.
    public var read = 0
    /// Rows that kept the contract.
    public var used = 0
    /// Of the used: rows of kinds that the map leaves out by `other: ignore`.
    public var ignored = 0
    /// Of the used: rows dropped because an identical one was there, by `duplicates: drop`.
    public var duplicates = 0
    /// Of the used: rows that went into another event of their day, by `same_day: merge`.
    public var merged = 0
    /// Of the used: rows that are refunds, by their kind or by a negative value.
    public var refunds = 0
    /// Rejected rows, in the order of the source.
    public var rejected: [RejectedRow] = []
    /// Rejected rows beyond those that `rejected` holds.
    public var rejectedBeyond: [RejectReason: Int] = [:]
    public var limit = 0.0

    public init(name: String) { self.name = name }

    public var quarantined: Int { rejected.count + rejectedBeyond.values.reduce(0, +) }
    public var events: Int { used - ignored - duplicates - merged }

    /// How many rows each reason took, the largest first.
    public var reasons: [(reason: RejectReason, rows: Int)] {
      var counts = rejectedBeyond
      for row in rejected { counts[row.reason, default: 0] += 1 }
      return counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        .map { ($0.key, $0.value) }
    }
  }

  /// A row that was put aside, as it stood.
  public struct RejectedRow: Sendable, Hashable {
    public var file: String
    /// The line on which it begins, or its number where the source has no lines; 1-based.
    public var line: Int
    public var reason: RejectReason
    public var text: String

    public init(file: String, line: Int, reason: RejectReason, text: String) {
      self.file = file
      self.line = line
      self.reason = reason
      self.text = text
    }
  }

  /// In the order of the project file.
  public var sources: [Source]

  public init(sources: [Source]) { self.sources = sources }

  public var read: Int { sources.reduce(0) { $0 + $1.read } }
  public var used: Int { sources.reduce(0) { $0 + $1.used } }
  public var quarantined: Int { sources.reduce(0) { $0 + $1.quarantined } }

  /// Fails when a source has more rows in quarantine than its limit allows.
  /// - Throws: `RK0217`, of kind `checkFailed`.
  public func checkLimits() throws(Diagnostic) {
    for source in sources where Double(source.quarantined) > source.limit * Double(source.read) {
      var notes = source.reasons.map { "\($0.rows) × \($0.reason.code): \($0.reason.explanation)" }
      for row in source.rejected.prefix(3) {
        notes.append("\(row.file):\(row.line): \(row.reason.code): \(row.text.prefix(120))")
      }
      throw Diagnostic(
        "RK0217",
        "source \(source.name): \(source.quarantined) of \(source.read) rows do not keep the contract, "
          + "more than quarantine_limit \(source.limit) allows",
        kind: .checkFailed, key: "sources.\(source.name)", notes: notes,
        help: "mend the rows or the mapping, or raise quarantine_limit")
    }
  }
}
