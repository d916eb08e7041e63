internal import RekindleCore
internal import RekindleEvents
internal import RekindleExperiments

/// Which columns of a file of units are read, and which of them is what.
struct UnitLayout: Sendable {
  private(set) var requests: [TableReader.Request] = []
  private(set) var id: Int?
  private(set) var arm: Int?
  /// Where no column names the arm: the factors' columns, which name its cell.
  private(set) var factors: [Int] = []
  private(set) var experiment: Int?
  private(set) var exposedAt: Int?
  private(set) var assignedAt: Int?
  private(set) var opened: Int?
  private(set) var stratum: Int?
  private(set) var cluster: Int?
  /// In the order of the schema; `nil` for a column that is computed from events.
  private(set) var numbers: [Int?] = []
  private(set) var segments: [Int?] = []

  /// - Parameters:
  ///   - computed: the columns that are computed and not read.
  ///   - needsArms: whether a file without arms is refused.
  ///   - names: what the file has.
  /// - Throws: `RK0850` for a column that has to be there and is not.
  init(
    _ entry: ExperimentEntry, computed: Set<String>, needsArms: Bool = true, among names: [String],
    of path: String
  ) throws(Diagnostic) {
    let columns = entry.columns
    let experiment = entry.experiment
    let there = Set(names)
    func lacking(_ column: String, _ role: String, key: String) -> Diagnostic {
      Diagnostic(
        "RK0850", "column \"\(column)\"\(role) is not in \(path)", at: .init(file: path),
        key: entry.key + "." + key,
        hint: nearMatch(of: column, among: names).map { "did you mean \"\($0)\"?" },
        notes: ["file has: \(names.joined(separator: ", "))"],
        help: computed.isEmpty
          ? "mend the header, or name the column in the project file, as in `columns: {arm: version}`"
          : "give it a formula in the project file, or the file a column of that name")
    }
    func optional(
      _ column: String, _ key: String, _ type: TableReader.Request.ColumnType
    ) throws(Diagnostic) -> Int? {
      if there.contains(column) { return add(column, type) }
      if columns.declared.contains(key) { throw lacking(column, "", key: "columns.\(key)") }
      return nil
    }
    id = try optional(columns.id, "id", .bytes)
    arm = try optional(columns.arm, "arm", .category)
    let hasFactors = experiment.factors.allSatisfy { there.contains($0.name) }
    if arm == nil, needsArms || hasFactors && !experiment.factors.isEmpty {
      guard !experiment.factors.isEmpty else {
        throw lacking(columns.arm, ", which names the arms,", key: "columns.arm")
      }
      for factor in experiment.factors {
        guard there.contains(factor.name) else {
          throw lacking(factor.name, " of the factor", key: "factors.\(factor.name)")
        }
        factors.append(add(factor.name, .category))
      }
    }
    if there.contains("experiment") { self.experiment = add("experiment", .category) }
    exposedAt = try optional(columns.exposedAt, "exposed_at", .time)
    assignedAt = try optional(columns.assignedAt, "assigned_at", .time)
    opened = try optional(columns.opened, "opened", .measure)
    stratum = try optional(columns.stratum, "stratum", .category)
    if experiment.unit != "customer" {
      guard there.contains(experiment.unit) else {
        throw lacking(experiment.unit, ", which is assigned as a whole,", key: "unit")
      }
      cluster = add(experiment.unit, .category)
    }
    let schema = UnitSchema(experiment)
    for name in schema.numbers {
      if computed.contains(name) {
        numbers.append(nil)
      } else {
        guard there.contains(name) else { throw lacking(name, "", key: "metrics") }
        numbers.append(add(name, .measure))
      }
    }
    for name in schema.segments {
      if computed.contains(name) {
        segments.append(nil)
      } else {
        guard there.contains(name) else { throw lacking(name, " of the segments", key: "segments") }
        segments.append(add(name, .category))
      }
    }
  }

  private mutating func add(_ name: String, _ type: TableReader.Request.ColumnType) -> Int {
    requests.append(.init(name, type))
    return requests.count - 1
  }
}
