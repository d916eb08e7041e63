public import RekindleCore
public import RekindleEvents
public import RekindleExperiments

extension ExperimentMoments {
  /// Reads sums that a warehouse computed: a line a number, its columns as `MomentLine` has them. `metric`,
  /// `dimension`, `value`, `x` and `y` may be absent.
  /// - Throws: `RK0850` for a column that is not there; what reading a table and `init(lines:of:)` throw.
  public init(
    summary path: String, of experiment: Experiment, calendar: CivilCalendar, workers: Workers
  ) throws(Diagnostic) {
    var requests: [TableReader.Request] = []
    let columns = try TableReader.read(path, calendar: calendar, workers: workers) {
      (names) throws(Diagnostic) in
      for column in ["arm", "statistic", "amount"] where !names.contains(column) {
        throw Diagnostic(
          "RK0850", "column \"\(column)\" is not in \(path)", at: .init(file: path),
          hint: nearMatch(of: column, among: names).map { "did you mean \"\($0)\"?" },
          notes: ["file has: \(names.joined(separator: ", "))"],
          help: "a table of sums has the columns \(MomentLine.columns.joined(separator: ", "))")
      }
      requests = MomentLine.columns.filter(names.contains).map { column in
        .init(column, column == "amount" ? .measure : .text, mayBeMissing: column != "amount")
      }
      return requests
    }
    let places = Dictionary(uniqueKeysWithValues: zip(requests.map(\.name), columns))
    guard case .number(let amounts)? = places["amount"] else {
      preconditionFailure("columns are as they were asked for")
    }
    func texts(_ column: String) -> [String] {
      if case .text(let texts)? = places[column] { return texts }
      return [String](repeating: "", count: amounts.count)
    }
    let (metric, arm, dimension, value) = (
      texts("metric"), texts("arm"), texts("dimension"), texts("value")
    )
    let (statistic, x, y) = (texts("statistic"), texts("x"), texts("y"))
    try self.init(
      lines: amounts.indices.map { row in
        MomentLine(
          metric: metric[row], arm: arm[row], dimension: dimension[row], value: value[row],
          statistic: statistic[row], x: x[row], y: y[row], amount: amounts[row])
      }, of: experiment)
  }

  /// The same sums as columns of a file.
  public func summaryColumns(of experiment: Experiment) -> [OutputColumn] {
    let lines = lines(of: experiment)
    let texts: [(String, KeyPath<MomentLine, String>)] = [
      ("metric", \.metric), ("arm", \.arm), ("dimension", \.dimension), ("value", \.value),
      ("statistic", \.statistic), ("x", \.x), ("y", \.y),
    ]
    return texts.map { name, path in OutputColumn(name, .text(lines.map { $0[keyPath: path] })) }
      + [OutputColumn("amount", .number(lines.map(\.amount)))]
  }
}
