public import RekindleCore
internal import RekindleBehaviour
internal import RekindleEvents
public import RekindleExperiments

extension Project {
  /// Reads a list of customers and assigns them.
  ///
  /// Strata and the covariates of a balanced batch are columns of the list, or else formulas of the
  /// experiment as seen from `moment`.
  /// - Parameters:
  ///   - customers: a table with the column of ids; `-` is standard input, as CSV.
  ///   - moment: the `assigned_at` of the new.
  /// - Throws: `RK0850` for a column that is neither in the list nor computed; what reading and
  ///   `Experiment.assign` throw.
  public func assign(
    _ entry: ExperimentEntry, customers path: String, stored: StoredAssignment? = nil, at moment: Instant,
    policy: MovePolicy = .refuse
  ) throws(Diagnostic) -> AssignmentResult {
    let list = try stage("reading customers") { () throws(Diagnostic) in
      try located { () throws(Diagnostic) in try assignmentList(entry, path, moment) }
    }
    return try stage("assigning") { () throws(Diagnostic) in
      try located { () throws(Diagnostic) in
        try entry.experiment.assign(list, stored: stored, at: moment, policy: policy, workers: workers)
      }
    }
  }

  private func assignmentList(
    _ entry: ExperimentEntry, _ path: String, _ moment: Instant
  ) throws(Diagnostic) -> AssignmentList {
    let experiment = entry.experiment
    let batch = experiment.batch
    let strata = batch == nil ? [] : experiment.strata
    let covariates = batch?.balance?.covariates ?? []
    var computed: [ExperimentEntry.Formula] = []
    var requests: [TableReader.Request] = []
    let values = try TableReader.read(path, calendar: calendar, workers: workers) {
      (names) throws(Diagnostic) in
      func find(_ column: String, _ type: TableReader.Request.ColumnType) throws(Diagnostic) {
        if names.contains(column) {
          requests.append(.init(column, type))
        } else if let formula = entry.formula(column), formula.use != .metric {
          computed.append(formula)
        } else {
          throw Diagnostic(
            "RK0850", "column \"\(column)\" is not in \(path)", at: .init(file: path),
            hint: nearMatch(of: column, among: names).map { "did you mean \"\($0)\"?" },
            notes: ["file has: \(names.joined(separator: ", "))"],
            help: "add it to the file, or say in the project file how it is computed or called")
        }
      }
      try find(entry.assignedColumn, .text)
      for column in strata { try find(column, .category) }
      for column in covariates { try find(column, .measure) }
      return requests
    }
    guard case .text(let ids)? = values.first else {
      preconditionFailure("the first column is as it was asked for")
    }
    var columns: [String: TableReader.Values] = [:]
    for (request, values) in zip(requests, values) { columns[request.name] = values }
    var found: [String: FeatureValues] = [:]
    if !computed.isEmpty {
      let (log, _) = try readEvents(for: entry)
      var bytes = ByteStrings()
      for id in ids { bytes.append(id.utf8) }
      let table = FormulaTable(computed, in: log, workers: workers)
      let values = try table.columns(
        of: bytes, at: [Instant](repeating: moment, count: ids.count), table.index())
      for (formula, values) in zip(computed, values) { found[formula.column] = values }
    }
    return AssignmentList(
      ids: ids,
      strata: strata.map { columns[$0]?.coded ?? found[$0]?.words ?? .missing(ids.count) },
      covariates: covariates.map { columns[$0]?.numbers ?? found[$0]?.numbers ?? [] })
  }
}
