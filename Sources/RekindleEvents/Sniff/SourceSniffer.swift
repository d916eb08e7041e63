public import RekindleCore

/// Finds out what a file is, for `rekindle init`.
public enum SourceSniffer {
  /// What a person has decided, so that it need not be guessed. Of each list, the first that a file
  /// has, or that fits it, holds for the file.
  public struct Decisions: Sendable, Hashable {
    /// Columns of customer ids.
    public var customers: [String]
    /// Columns of times.
    public var times: [String]
    public var timeFormats: [String]

    public init(customers: [String] = [], times: [String] = [], timeFormats: [String] = []) {
      self.customers = customers
      self.times = times
      self.timeFormats = timeFormats
    }
  }

  /// How much of a file is looked at.
  private static let sampleBytes = 1 << 20

  /// Looks at the beginning of a CSV, TSV or whitespace file, plain or gzip, or at the first rows
  /// of a Parquet or JSON-lines file.
  /// - Parameter path: relative to `baseDirectory`, absolute, or `-` for standard input.
  /// - Throws: `RK0202` where there is no such file, `RK0213` where it is empty, `RK0204` where its
  ///   gzip data is damaged; `RK0280` where it takes DuckDB and there is none.
  public static func sniff(
    _ path: String, baseDirectory: String = "", decisions: Decisions = Decisions()
  ) throws(Diagnostic) -> SniffedSource {
    let files = try SourceFiles.resolve([path], baseDirectory: baseDirectory, key: "sources")
    guard let file = files.first else { throw emptyFile(path) }
    if let format = ForeignSample.format(of: file.name) {
      let sample = try ForeignSample(file.path, format: format)
      guard !sample.rows.isEmpty else { throw emptyFile(path) }
      let says = "the ending of the file's name says \(format.rawValue)"
      return describe(
        path, format: format, encoding: .init("utf-8", evidence: says),
        delimiter: .init(nil, evidence: says), header: .init(.present, evidence: says),
        columns: sample.columns, rows: sample.rows, isWhole: sample.isWhole, decisions)
    }
    let (raw, isWhole) = try sample(file)
    guard !raw.isEmpty else { throw emptyFile(path) }
    let encoding = EncodingGuess.guess(raw, isWhole: isWhole)
    var text = raw
    if encoding.finding != "utf-8" {
      let decoder = try DecodingInput(
        ByteArrayInput(raw), encoding: encoding.finding, name: file.name, key: "sources",
        stopsAtFault: true)
      text = try read(decoder, atMost: 4 * raw.count).bytes
    }
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
    // The last record of a sample may be cut; it is left away.
    if !isWhole, let end = text.lastIndex(of: 0x0A) { text.removeSubrange((end + 1)...) }
    let table = TableGuess.guess(text)
    guard !table.rows.isEmpty else { throw emptyFile(path) }
    let header = TableGuess.header(table.rows)
    var names = table.rows[0]
    var rows = table.rows
    if case .absent(let columns) = header.finding { names = columns } else { rows.removeFirst() }
    let delimiter = table.dialect.delimiter.map { String(UnicodeScalar($0)) }
    return describe(
      path, format: delimiter == nil ? .whitespace : delimiter == "\t" ? .tsv : .csv, encoding: encoding,
      delimiter: .init(delimiter, evidence: table.delimiterEvidence), header: header,
      columns: names.indices.map { place in ColumnGuess.column(names[place], rows.map { $0[place] }) },
      rows: rows, isWhole: isWhole, decisions)
  }

  /// What a cell means under a time format (`nil` is ISO 8601), in UTC; `nil` where it is no time.
  public static func reading(_ cell: String, under format: String?) -> String? {
    ColumnGuess.reading(cell, under: format)
  }

  private static func describe(
    _ path: String, format: SourceDefinition.Format, encoding: SniffedSource.Guess<String>,
    delimiter: SniffedSource.Guess<String?>, header: SniffedSource.Guess<SourceDefinition.Header>,
    columns: [SniffedSource.Column], rows: [[String]], isWhole: Bool, _ decisions: Decisions
  ) -> SniffedSource {
    let fileName = path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? path
    let roles = RoleGuess(columns: columns, rows: rows, fileName: fileName, decisions: decisions)
    let customer = roles.customer()
    let time = roles.time()
    var taken = Set([customer?.finding, time?.guess.finding].compactMap { $0 })
    let value = roles.value(taken)
    if let value { taken.insert(value.finding) }
    let kind = roles.kind(taken, hasValue: value != nil)
    if case .column(let column, _, _) = kind.finding { taken.insert(column) }
    let (attributes, leftOut) = roles.attributes(taken)
    // One decimal mark holds for the file: the comma, where any number needs it.
    let hasComma = columns.contains { $0.content == .number(decimal: ",") }
    return SniffedSource(
      file: path, encoding: encoding,
      format: format, delimiter: delimiter, header: header, columns: columns, rowsSeen: rows.count,
      isWhole: isWhole,
      decimal: hasComma ? "," : ".", customer: customer,
      time: time.map {
        .init(.init($0.guess.finding, format: $0.formats.first ?? nil), evidence: $0.guess.evidence)
      },
      timeFormats: time?.formats ?? [], value: value, kind: kind, attributes: attributes,
      leftOut: leftOut)
  }

  private static func sample(
    _ file: SourceFiles.File
  ) throws(Diagnostic) -> (bytes: [UInt8], isWhole: Bool) {
    let descriptor = try DescriptorInput(
      path: file.path, name: file.name, key: "sources", workers: Workers(1))
    let input = try PrefixedInput(descriptor)
    if input.prefix.starts(with: [0x1F, 0x8B]) {
      return try read(GzipInput(input, name: file.name), atMost: sampleBytes)
    }
    return try read(input, atMost: sampleBytes)
  }

  private static func read(
    _ input: any ByteInput, atMost limit: Int
  ) throws(Diagnostic) -> (bytes: [UInt8], isWhole: Bool) {
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: limit + 16)
    defer { buffer.deallocate() }
    var count = 0
    while count <= limit - 16 {
      let got = try input.read(into: buffer + count, count: limit - count)
      if got == 0 { return (Array(UnsafeBufferPointer(start: buffer, count: count)), true) }
      count += got
    }
    return (Array(UnsafeBufferPointer(start: buffer, count: count)), false)
  }

  private static func emptyFile(_ path: String) -> Diagnostic {
    Diagnostic(
      "RK0213", "\(path) is empty", at: .init(file: path), key: "sources", help: "export it again")
  }
}

/// Bytes in hand, as an input.
private final class ByteArrayInput: ByteInput {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(into buffer: UnsafeMutablePointer<UInt8>, count: Int) throws(Diagnostic) -> Int {
    let taken = min(count, bytes.count - position)
    for index in 0..<taken { buffer[index] = bytes[position + index] }
    position += taken
    return taken
  }
}
