public import RekindleCore
public import RekindleEvents

extension Project {
  /// The experiment of a name.
  /// - Throws: `RK0617` when the project file has none of that name.
  public func experiment(_ id: String) throws(Diagnostic) -> ExperimentEntry {
    if let entry = file.experiments.first(where: { $0.experiment.id == id }) { return entry }
    let names = file.experiments.map(\.experiment.id)
    throw Diagnostic(
      "RK0617", "there is no experiment \"\(id)\" in \(file.path)",
      at: file.place(of: "experiments") ?? .init(file: file.path),
      hint: nearMatch(of: id, among: names).map { "did you mean \"\($0)\"?" },
      notes: names.isEmpty ? [] : ["experiments: \(names.joined(separator: ", "))"],
      help: "name one that the file has, or write it down under experiments:")
  }

  /// The events that an experiment's formulas ask for.
  /// - Throws: `RK03xx` for a formula that does not fit the sources, with the caret in the file; what reading
  ///   throws.
  public func readEvents(for entry: ExperimentEntry) throws(Diagnostic) -> (log: EventLog, intake: Intake) {
    try entry.check(in: try schema())
    let (log, intake) = try readEvents(for: entry.formulas.map(\.expression))
    guard log.span != nil else { throw emptyLog }
    return (log, intake)
  }
}
