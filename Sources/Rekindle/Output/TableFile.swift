internal import Foundation
public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents
internal import RekindleTables

/// Writing the columns of a table to a file or to standard output.
public enum TableFile {
  public enum Format: String, Sendable, Hashable, CaseIterable {
    case csv, jsonl, parquet

    /// The format of a table that is written to a path: what was asked for, or what the name's ending says;
    /// CSV for standard output and for names without an ending.
    /// - Throws: `RK0620` for an ending that no format has.
    public init(of path: String, asked: Format? = nil) throws(Diagnostic) {
      if let asked {
        self = asked
        return
      }
      guard let ending = OutputEnding.of(path) else {
        self = .csv
        return
      }
      guard let format = Format(rawValue: ending) else {
        throw OutputEnding.unknown(ending, of: path, known: Format.allCases.map(\.rawValue))
      }
      self = format
    }
  }

  /// Rows that one thread renders at a time.
  private static let blockRows = 8192

  /// Writes columns of equal length. What is missing is an empty CSV cell, a JSON null.
  /// - Parameters:
  ///   - path: `-` is standard output.
  ///   - calendar: in which times are written.
  ///   - raw: CSV cells that a spreadsheet would run as a formula stay as they are.
  /// - Throws: `RK0606` for Parquet to standard output; what writing throws.
  public static func write(
    _ columns: [OutputColumn], to path: String, format: Format, calendar: CivilCalendar, raw: Bool = false,
    workers: Workers
  ) throws(Diagnostic) {
    guard format == .parquet, path != "-" else {
      var rest: [OutputColumn]? = columns
      return try write(to: path, format: format, calendar: calendar, raw: raw, workers: workers) {
        defer { rest = nil }
        return rest
      }
    }
    try ParquetWriter.write(
      columns: columns, rowCount: columns.first?.count ?? 0, to: path, workers: workers)
  }

  /// Writes pieces of a table as they are made, until `next` gives `nil`; all have the columns of the
  /// first, which must be there.
  /// - Throws: as above, and what `next` throws.
  public static func write(
    to path: String, format: Format, calendar: CivilCalendar, raw: Bool = false, workers: Workers,
    next: @escaping () throws(Diagnostic) -> [OutputColumn]?
  ) throws(Diagnostic) {
    if format == .parquet {
      guard path != "-" else {
        throw Diagnostic(
          "RK0606",
          "Parquet cannot go to standard output: its end must be written before its beginning is known",
          help: "give a file with --output, or choose csv or jsonl")
      }
      return try ParquetWriter.write(to: path, workers: workers, next: next)
    }
    var bytes: [UInt8] = []
    while let columns = try next() {
      if bytes.isEmpty, format == .csv {
        bytes += (columns.map { csvField($0.name, raw: raw) }.joined(separator: ",") + "\n").utf8
      }
      let rowCount = columns.first?.count ?? 0
      let blocks = (rowCount + blockRows - 1) / blockRows
      let parts = workers.map(blocks: blocks) { block in
        let rows = block * blockRows..<min(rowCount, (block + 1) * blockRows)
        return format == .csv
          ? csv(columns, rows: rows, calendar: calendar, raw: raw)
          : jsonLines(columns, rows: rows, calendar: calendar)
      }
      for part in parts { bytes += part }
    }
    if path == "-" {
      FileHandle.standardOutput.write(Data(bytes))
    } else {
      try OutputFile.write(bytes, to: path, for: .owner)
    }
  }

  private static func csv(
    _ columns: [OutputColumn], rows: Range<Int>, calendar: CivilCalendar, raw: Bool
  ) -> [UInt8] {
    // A word is quoted once, not once a row.
    let words = columns.map { column -> [[UInt8]] in
      guard case .category(_, let words) = column.values else { return [] }
      return words.map { Array(csvField($0, raw: raw).utf8) }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows.count * columns.count * 8)
    // Neighbouring rows mostly share their time.
    var lastTime = Instant.distantPast
    var lastTimeText: [UInt8] = []
    for row in rows {
      for (index, column) in columns.enumerated() {
        if index > 0 { bytes.append(0x2C) }
        switch column.values {
        case .number(let values):
          if !values[row].isNaN { bytes.append(contentsOf: shortest(values[row]).utf8) }
        case .integer(let values): bytes.append(contentsOf: String(values[row]).utf8)
        case .text(let values): bytes.append(contentsOf: csvField(values[row], raw: raw).utf8)
        case .category(let codes, _):
          if codes[row] >= 0 { bytes.append(contentsOf: words[index][Int(codes[row])]) }
        case .flag(let values): if values[row] <= 1 { bytes.append(48 + values[row]) }
        case .time(let values):
          if values[row] != lastTime {
            lastTime = values[row]
            lastTimeText = lastTime == .distantPast ? [] : Array(calendar.text(lastTime).utf8)
          }
          bytes.append(contentsOf: lastTimeText)
        }
      }
      bytes.append(0x0A)
    }
    return bytes
  }

  private static func jsonLines(
    _ columns: [OutputColumn], rows: Range<Int>, calendar: CivilCalendar
  ) -> [UInt8] {
    let keys = columns.enumerated().map { ($0 == 0 ? "{" : ",") + jsonString($1.name) + ":" }
    var text = ""
    for row in rows {
      for (index, column) in columns.enumerated() {
        text += keys[index]
        switch column.values {
        case .number(let values): text += values[row].isFinite ? shortest(values[row]) : "null"
        case .integer(let values): text += String(values[row])
        case .text(let values): text += jsonString(values[row])
        case .category(let codes, let words):
          text += codes[row] >= 0 ? jsonString(words[Int(codes[row])]) : "null"
        case .flag(let values): text += values[row] == 1 ? "true" : values[row] == 0 ? "false" : "null"
        case .time(let values):
          text += values[row] == .distantPast ? "null" : jsonString(calendar.text(values[row]))
        }
      }
      text += "}\n"
    }
    return Array(text.utf8)
  }
}

extension FeatureTable {
  /// The table as columns of a file: `customer_id`, `as_of`, then a column a feature.
  public func outputColumns() -> [OutputColumn] {
    [OutputColumn("customer_id", .text(customers)), OutputColumn("as_of", .time(times))]
      + columns.map { column in
        switch column.values {
        case .number(let values): OutputColumn(column.name, .number(values))
        case .flag(let values):
          OutputColumn(column.name, .flag(values.map { $0.isNaN ? 255 : UInt8($0) }))
        case .category(let codes, let dictionary):
          OutputColumn(column.name, .category(codes: codes, words: dictionary))
        }
      }
  }
}
