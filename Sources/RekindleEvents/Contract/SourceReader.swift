internal import RekindleCore
internal import Synchronization

/// Reads one source: its files one after the other, or the reader of another format; counts what
/// becomes of the rows and hands on the batches.
struct SourceReader {
  let contract: SourceContract
  let targets: [Caster.KindTarget]
  let baseDirectory: String
  let workers: Workers
  let open: ForeignSourceOpener
  var intake: Intake.Source
  private var seen: Set<UInt128> = []

  /// Rejected rows that are held with their text. Beyond them rows are only counted; a source that
  /// goes so far has failed its contract.
  static let heldRows = 1_000_000

  init(
    contract: SourceContract, targets: [Caster.KindTarget], baseDirectory: String, workers: Workers,
    open: @escaping ForeignSourceOpener
  ) {
    self.contract = contract
    self.targets = targets
    self.baseDirectory = baseDirectory
    self.workers = workers
    self.open = open
    intake = Intake.Source(name: contract.name)
    intake.limit = contract.definition.quarantineLimit
  }

  /// - Parameter deliver: takes a batch; called by several threads at once.
  mutating func read(_ deliver: @escaping @Sendable (EventBatch) -> Void) throws(Diagnostic) {
    guard case .files(let paths) = contract.definition.location else {
      return try readForeign(contract.definition, deliver)
    }
    let key = contract.key + ".file"
    for file in try SourceFiles.resolve(paths, baseDirectory: baseDirectory, key: key) {
      intake.files.append(file.name)
      if let format = try SourceFiles.textFormat(of: contract.definition, file: file, key: contract.key) {
        try readText(file, format: format, deliver)
      } else {
        var one = contract.definition
        one.location = .files([file.path])
        try readForeign(one, deliver)
      }
    }
  }

  /// The columns to keep: those of the contract, and all others too where rows are compared.
  private func caster(
    columns: [String], file: String
  ) throws(Diagnostic) -> (caster: Caster, columns: [Int]) {
    let plan = ColumnPlan(contract)
    let hashesRows = contract.definition.duplicates == .drop
    let others = hashesRows ? columns.filter { !plan.names.contains($0) }.sorted() : []
    let indices = try ColumnPlan.resolve(
      contract, names: plan.names + others, among: columns, in: file)
    return (Caster(contract: contract, plan: plan, targets: targets, hashesRows: hashesRows), indices)
  }

  private mutating func readText(
    _ file: SourceFiles.File, format: SourceDefinition.Format,
    _ deliver: @Sendable (EventBatch) -> Void
  ) throws(Diagnostic) {
    let text = try TextFile(
      path: file.path, name: file.name, definition: contract.definition, format: format,
      key: contract.key, workers: workers)
    let (caster, columns) = try caster(columns: text.columnNames, file: file.name)
    var intake = intake
    var seen = seen
    // Blocks come in order and one by one; what they made is taken several at a time.
    var waiting: [EventBatch] = []
    func deliverWaiting() {
      let batches = waiting
      waiting = []
      workers.forEach(blocks: batches.count) { deliver(batches[$0]) }
    }
    try text.forEachBlock(columns: columns, workers: workers) { records, base in
      caster.cast(records, base, file: file.name)
    } deliver: { (rows, linesBefore) throws(Diagnostic) in
      try SourceReader.take(
        rows, linesBefore: linesBefore, contract: contract, into: &intake, seen: &seen
      ) { waiting.append($0) }
      if waiting.count >= 4 * workers.count { deliverWaiting() }
    }
    deliverWaiting()
    self.intake = intake
    self.seen = seen
  }

  private mutating func readForeign(
    _ definition: SourceDefinition, _ deliver: @escaping @Sendable (EventBatch) -> Void
  ) throws(Diagnostic) {
    let source = try open(definition, contract.name, baseDirectory, workers)
    let (caster, columns) = try caster(columns: source.columnNames, file: "source \(contract.name)")
    // Which of two identical rows is the first can only be said in their order.
    if let source = source as? any ConcurrentBatchSource, !caster.hashesRows {
      try readConcurrently(source, columns, caster, deliver)
      return
    }
    var intake = intake
    var seen = seen
    var waiting: [RawBatch] = []
    func castWaiting() throws(Diagnostic) {
      let batches = waiting
      waiting = []
      for rows in workers.map(blocks: batches.count, { caster.cast(batches[$0]) }) {
        try SourceReader.take(
          rows, linesBefore: 0, contract: contract, into: &intake, seen: &seen, deliver)
      }
    }
    try source.forEachBatch(columns: columns) { (batch) throws(Diagnostic) in
      waiting.append(batch)
      if waiting.count == 8 { try castWaiting() }
    }
    try castWaiting()
    self.intake = intake
    self.seen = seen
  }

  /// Casts batches on the threads that read them. They come in no order, so what is told about rows
  /// is put in order at the end.
  private mutating func readConcurrently(
    _ source: any ConcurrentBatchSource, _ columns: [Int], _ caster: Caster,
    _ deliver: @escaping @Sendable (EventBatch) -> Void
  ) throws(Diagnostic) {
    let counts = ConcurrentCounts(intake)
    let contract = contract
    try source.forEachBatchConcurrently(columns: columns) { (batch) throws(Diagnostic) in
      var rows = caster.cast(batch)
      for hashed in rows.batches { deliver(hashed.batch) }
      rows.batches = []
      try counts.add(rows, contract)
    }
    intake = try counts.finish(contract)
  }

  /// Counts the rows of a block, drops the identical ones, and hands on the rest.
  fileprivate static func take(
    _ rows: CastRows, linesBefore: Int, contract: SourceContract, into intake: inout Intake.Source,
    seen: inout Set<UInt128>, _ deliver: (EventBatch) -> Void
  ) throws(Diagnostic) {
    if let unreadable = rows.unreadable {
      throw AmbiguousDate.diagnostic(
        text: unreadable.text, column: unreadable.column, key: unreadable.key,
        at: .init(file: rows.file, line: linesBefore + unreadable.row))
    }
    intake.read += rows.count
    intake.used += rows.count - rows.rejected.count
    intake.ignored += rows.ignored
    intake.refunds += rows.refunds
    for var row in rows.rejected {
      guard intake.rejected.count < heldRows else {
        intake.rejectedBeyond[row.reason, default: 0] += 1
        continue
      }
      row.line += linesBefore
      intake.rejected.append(row)
    }
    for hashed in rows.batches {
      guard !hashed.hashes.isEmpty else {
        deliver(hashed.batch)
        continue
      }
      let fresh = hashed.hashes.indices.filter { seen.insert(hashed.hashes[$0]).inserted }
      intake.duplicates += hashed.hashes.count - fresh.count
      deliver(fresh.count == hashed.hashes.count ? hashed.batch : hashed.batch.taking(fresh))
    }
  }
}

/// The counts of batches that come in no order.
private final class ConcurrentCounts: Sendable {
  private struct State {
    var intake: Intake.Source
    var unreadable: CastRows?
  }

  private let state: Mutex<State>

  init(_ intake: Intake.Source) {
    state = Mutex(State(intake: intake))
  }

  func add(_ rows: CastRows, _ contract: SourceContract) throws(Diagnostic) {
    try state.withLock { (state) throws(Diagnostic) in
      if let row = rows.unreadable?.row {
        // The first in the file is the one to tell, so reading goes on.
        if row < state.unreadable?.unreadable?.row ?? .max { state.unreadable = rows }
        return
      }
      var seen: Set<UInt128> = []
      try SourceReader.take(
        rows, linesBefore: 0, contract: contract, into: &state.intake, seen: &seen
      ) { _ in }
    }
  }

  func finish(_ contract: SourceContract) throws(Diagnostic) -> Intake.Source {
    try state.withLock { (state) throws(Diagnostic) in
      if let rows = state.unreadable {
        var seen: Set<UInt128> = []
        try SourceReader.take(
          rows, linesBefore: 0, contract: contract, into: &state.intake, seen: &seen
        ) { _ in }
      }
      let order = Dictionary(
        state.intake.files.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      state.intake.rejected.sort {
        (order[$0.file] ?? 0, $0.line) < (order[$1.file] ?? 0, $1.line)
      }
      return state.intake
    }
  }
}

/// A cast block with what the counts and the quarantine need of it.
struct CastRows: Sendable {
  var file: String
  var count: Int
  var ignored = 0
  var refunds = 0
  /// Lines count from the block's first.
  var rejected: [Intake.RejectedRow] = []
  var batches: [HashedBatch]
  /// Its `row` is a line, counted from the block's first.
  var unreadable: RowMarks.Unreadable?

  /// - Parameters:
  ///   - line: the 1-based line of a row; asked for in ascending order.
  ///   - text: the row as it stands in the source.
  init(
    _ block: CastBlock, file: String, count: Int, line: (Int) -> Int, text: (Int) -> String
  ) {
    self.file = file
    self.count = count
    batches = block.batches
    refunds = block.refunds
    for row in 0..<count {
      let mark = block.marks[row]
      if mark == 0 { continue }
      if mark == Caster.ignored {
        ignored += 1
        continue
      }
      guard let reason = RejectReason(rawValue: mark) else { continue }
      let number = line(row)
      rejected.append(.init(file: file, line: number, reason: reason, text: text(row)))
      if var first = block.marks.unreadable, first.row == row {
        first.row = number
        unreadable = first
      }
    }
  }
}

extension Caster {
  /// Casts records of text.
  func cast(_ records: RecordBlock, _ base: UnsafePointer<UInt8>, file: String) -> CastRows {
    let columns = (0..<records.kept).map { Input.text(records.cells(base, place: $0)) }
    let block = cast(count: records.count, columns: columns, faults: UnsafePointer(records.faults))
    // Rejected rows are few: their lines are counted when they are met, each newline once.
    var counted = records.start
    var line = 1
    return CastRows(
      block, file: file, count: records.count,
      line: { row in
        let start = Int(records.starts[row])
        while counted < start {
          if base[counted] == 0x0A { line += 1 }
          counted += 1
        }
        return line
      },
      text: { records.record(base, $0).string })
  }

  /// Casts a batch of another reader.
  func cast(_ batch: RawBatch) -> CastRows {
    let columns = batch.columns.map { Input.typed($0) }
    let block = cast(count: batch.count, columns: columns, faults: nil)
    // Rejected rows are few: their text is made when the first is met.
    lazy var cells = columns.map { TextCells.of($0, count: batch.count) }
    return CastRows(
      block, file: batch.file, count: batch.count, line: { batch.firstRow + $0 },
      text: { row in
        withExtendedLifetime(cells) {
          cells.map { $0.column[row].string }.joined(separator: ",")
        }
      })
  }
}
