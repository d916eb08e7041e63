internal import RekindleCore

/// Which columns of a source are read, and what each is for: the contract, resolved against the
/// names that a file really has. Indices are places among the kept columns.
struct ColumnPlan: Sendable {
  /// The names of the kept columns, each once.
  let names: [String]
  let kind: Int?
  let customer: Int
  let time: Int
  let recorded: Int?
  let value: Int?
  /// Parallel to `SourceContract.attributes`.
  let attributes: [Int]

  init(_ contract: SourceContract) {
    var names: [String] = []
    func place(_ name: String) -> Int {
      if let index = names.firstIndex(of: name) { return index }
      names.append(name)
      return names.count - 1
    }
    let definition = contract.definition
    if case .column(let column, _, _) = definition.kind { kind = place(column) } else { kind = nil }
    customer = place(definition.customer)
    time = place(definition.time.column)
    recorded = definition.recorded.map { place($0.column) }
    value = contract.castsValue ? definition.value.map { place($0) } : nil
    attributes = contract.attributes.map { place($0.column) }
    self.names = names
  }

  /// The indices of the kept columns among those of a file.
  /// - Throws: `RK0207` for a column that the file does not have.
  static func resolve(
    _ contract: SourceContract, names: [String], among columns: [String], in file: String
  ) throws(Diagnostic) -> [Int] {
    let indexOf = Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { a, _ in a })
    // Every column that the contract names must be there, also one that this run does not read.
    for (name, key) in contract.namedColumns where indexOf[name] == nil {
      var help = "fix the name"
      if columns.count == 1,
        let mark = ([";", "\t", "|", ","] as [String]).first(where: { columns[0].contains($0) })
      {
        help = "say delimiter: \"\(mark == "\t" ? "\\t" : mark)\""
      }
      throw Diagnostic(
        "RK0207", "column \"\(name)\" is not in \(file)", key: key,
        hint: nearMatch(of: name, among: columns).map { "did you mean \"\($0)\"?" },
        notes: ["file has: \(columns.joined(separator: ", "))"], help: help)
    }
    return names.map { indexOf[$0] ?? 0 }
  }
}
