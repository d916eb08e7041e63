internal import Foundation
public import RekindleCore
internal import RekindleEvents

/// Writes a shop as Parquet files in a folder, one a table, batch by batch; they get their names only
/// at the end, and `rekindle.yaml`, which maps them, is written last.
///
/// Memory holds a few batches a table, whatever the number of customers.
public final class ShopParquet: RowSink {
  private let shop: ShopSimulation
  private let folder: String
  private let calendar: CivilCalendar
  private let files: [File]

  private struct File {
    let path: String
    let partial: String
    let stream: ParquetStream
  }

  /// - Parameter folder: made when it does not exist.
  /// - Throws: `RK0280` without DuckDB, `RK0703` when the folder cannot be made.
  public init(of shop: ShopSimulation, folder: String) throws(Diagnostic) {
    self.shop = shop
    self.folder = folder
    calendar = try CivilCalendar(timeZone: shop.timeZone)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Diagnostic(
        "RK0703", "the folder cannot be made: \(folder)",
        help: "choose a folder that you may write to, on a disk with room")
    }
    // Everybody may read them: nobody in them exists.
    files = try ShopTable.allCases.map { (table) throws(Diagnostic) in
      let path = "\(folder)/\(table.name).parquet"
      let partial = path + ".\(getpid()).rows"
      return File(path: path, partial: partial, stream: try ParquetStream(path: partial, for: .everyone))
    }
  }

  deinit {
    for file in files { unlink(file.partial) }
  }

  public func append(_ batch: [ShopRows], workers: Workers) throws(Diagnostic) {
    let calendar = calendar
    let tables = workers.map(blocks: batch.count) { batch[$0].outputColumns(calendar: calendar) }
    for (file, columns) in zip(files, tables) { try file.stream.append(columns) }
  }

  public func finish() throws(Diagnostic) {
    // No file has its name before all are whole.
    for file in files { try file.stream.finish() }
    for file in files where rename(file.partial, file.path) != 0 {
      throw Diagnostic(
        "RK0703", "the file cannot be ended: \(file.path)", notes: [String(cString: strerror(errno))],
        help: "choose a folder that you may write to, on a disk with room")
    }
    let project = shop.projectFile { $0.name + ".parquet" }
    try OutputFile.write(Array(project.utf8), to: folder + "/rekindle.yaml", for: .everyone)
  }
}

extension ShopRows {
  /// The rows as typed columns: times as instants, words as categories, money as numbers.
  func outputColumns(calendar: CivilCalendar) -> [OutputColumn] {
    table.columns.enumerated().map { index, column in
      OutputColumn(column.name, values(of: index, as: column.cell, calendar))
    }
  }

  private func values(
    of column: Int, as cell: ShopTable.Cell, _ calendar: CivilCalendar
  ) -> OutputColumn.Values {
    let values = stride(from: column, to: cells.count, by: width).map { cells[$0] }
    let empty = ShopTable.empty
    func numbers(per unit: Double) -> OutputColumn.Values {
      .number(values.map { $0 == empty ? .nan : Double($0) / unit })
    }
    switch cell {
    case .customer: return .text(values.map { "C" + padded($0) })
    case .time:
      return .time(values.map { $0 == empty ? .distantPast : calendar.instant(local: $0 * 1_000_000) })
    case .day: return .time(values.map { calendar.midnight(day: Int32($0)) })
    case .number:
      return .text(values.map { $0 == empty ? "" : padded($0 >> 12) + "-" + String($0 & 4095) })
    case .word(let words): return .category(codes: values.map { $0 == empty ? -1 : Int32($0) }, words: words)
    case .integer: return numbers(per: 1)
    case .money: return numbers(per: 100)
    case .flag: return .flag(values.map { $0 == empty ? 255 : UInt8($0) })
    case .probability: return numbers(per: 1_000_000)
    }
  }

  /// Seven digits, with zeros in front.
  private func padded(_ number: Int64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 7 - digits.count)) + digits
  }
}
