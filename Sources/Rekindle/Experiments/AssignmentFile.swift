internal import Foundation
public import RekindleCore
public import RekindleEvents
public import RekindleExperiments

extension AssignmentTable {
  /// The table as columns of a file: `customer_id, experiment, arm, <factors>, stratum, probability,
  /// assigned_at`, under the names that the project file gives them, and what a deal balanced.
  public func outputColumns(of entry: ExperimentEntry) -> [OutputColumn] {
    let columns = entry.columns
    func coded(_ name: String, _ column: CodedColumn) -> OutputColumn {
      OutputColumn(name, .category(codes: column.codes, words: column.dictionary))
    }
    let rows = [Int32](repeating: 0, count: count)
    return [
      OutputColumn(entry.assignedColumn, .text(customers)),
      OutputColumn("experiment", .category(codes: rows, words: [experiment])), coded(columns.arm, arms),
    ] + zip(factors, levels).map(coded) + [
      coded(columns.stratum, strata), OutputColumn("probability", .number(probabilities)),
      OutputColumn(columns.assignedAt, .time(assignedAt)),
    ] + zip(balanced, covariates).map { OutputColumn($0, .number($1)) }
  }
}

extension StoredAssignment {
  /// Reads an assignment and the record beside it.
  /// - Throws: `RK0850` for a column that is not there; `RK0820` to `RK0825` for what is no assignment of the
  ///   experiment; what reading a table throws.
  public init(
    contentsOf path: String, for entry: ExperimentEntry, calendar: CivilCalendar, workers: Workers
  ) throws(Diagnostic) {
    let columns = entry.columns
    let factors = entry.experiment.factors.map(\.name)
    let bytes = FileManager.default.contents(atPath: AssignmentRecord.path(beside: path))
    let record = try bytes.map { (bytes) throws(Diagnostic) in try AssignmentRecord(json: [UInt8](bytes)) }
    var balanced: [String] = []
    let values = try TableReader.read(path, calendar: calendar, workers: workers) {
      (names) throws(Diagnostic) in
      var requests = [
        TableReader.Request(entry.assignedColumn, .text), .init("experiment", .category),
        .init(columns.arm, .category),
        .init(columns.stratum, .category), .init("probability", .number),
        .init(columns.assignedAt, .time, mayBeMissing: false),
      ]
      for request in requests where !names.contains(request.name) {
        throw Diagnostic(
          "RK0850", "column \"\(request.name)\" is not in \(path)", at: .init(file: path),
          notes: ["file has: \(names.joined(separator: ", "))"],
          help: "give the file that the assignment of this experiment wrote")
      }
      // A factor that was added since has no column yet.
      requests += factors.filter(names.contains).map { .init($0, .category) }
      balanced = record?.covariates.filter(names.contains) ?? []
      requests += balanced.map { .init($0, .number) }
      return requests
    }
    var levels: [CodedColumn] = []
    for factor in values.dropFirst(6).dropLast(balanced.count) { levels.append(factor.coded) }
    guard case .text(let customers) = values[0], case .number(let probabilities) = values[4],
      case .time(let assignedAt) = values[5]
    else { preconditionFailure("columns are as they were asked for") }
    let table = try AssignmentTable(
      experiment: entry.experiment.id, experiments: values[1].coded,
      factors: levels.count == factors.count ? factors : [], customers: customers, arms: values[2].coded,
      levels: levels.count == factors.count ? levels : [], strata: values[3].coded,
      probabilities: probabilities, assignedAt: assignedAt, balanced: balanced,
      covariates: values.suffix(balanced.count).map(\.numbers))
    self.init(table: table, record: record)
  }
}

extension AssignmentRecord {
  /// Where the record of an assignment stands: `assignment.csv` has `assignment.record.json`.
  public static func path(beside table: String) -> String {
    let folder = table.lastIndex(of: "/").map { table[...$0] } ?? ""
    let name = table.dropFirst(folder.count)
    return folder + (name.firstIndex(of: ".").map { name[..<$0] } ?? name) + ".record.json"
  }
}
