internal import CZlib
internal import Foundation
public import RekindleCore

/// Writes a shop as CSV files in a folder, one a table, and gives them their names only at the end:
/// a run that fails leaves what was there. `rekindle.yaml`, which maps them, is written last.
public final class ShopCSV: RowSink {
  /// How the files are kept.
  public enum Packing: Sendable, Hashable {
    /// `orders.csv`
    case plain
    /// `orders.csv.gz`: one gzip member a batch, without time or name inside, so that the bytes
    /// depend on the rows and the zlib library alone.
    case gzip
  }

  private struct File {
    let path: String
    let partial: String
    let handle: FileHandle
  }

  private let shop: ShopSimulation
  private let folder: String
  private let packing: Packing
  private var files: [File] = []
  private var hasHeader = false

  /// - Parameter folder: made when it does not exist.
  /// - Throws: `RK0703` when the folder or a file cannot be made.
  public init(of shop: ShopSimulation, folder: String, packing: Packing = .plain) throws(Diagnostic) {
    self.shop = shop
    self.folder = folder
    self.packing = packing
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw ShopCSV.failure(folder, "the folder cannot be made")
    }
    for table in ShopTable.allCases {
      let path = folder + "/" + table.name + (packing == .gzip ? ".csv.gz" : ".csv")
      let partial = path + ".\(getpid()).rows"
      guard FileManager.default.createFile(atPath: partial, contents: nil),
        let handle = FileHandle(forWritingAtPath: partial)
      else { throw ShopCSV.failure(path, "the file cannot be made") }
      files.append(File(path: path, partial: partial, handle: handle))
    }
  }

  deinit {
    for file in files { unlink(file.partial) }
  }

  public func append(_ batch: [ShopRows], workers: Workers) throws(Diagnostic) {
    let isFirst = !hasHeader
    hasHeader = true
    let packing = packing
    let texts = workers.map(blocks: batch.count) { index -> [UInt8] in
      let text = CSVText.bytes(of: batch[index], withHeader: isFirst)
      return packing == .gzip ? ShopCSV.gzipMember(text) : text
    }
    for (file, text) in zip(files, texts) {
      do {
        try file.handle.write(contentsOf: text)
      } catch {
        throw ShopCSV.failure(file.path, "the file cannot be written")
      }
    }
  }

  public func finish() throws(Diagnostic) {
    for file in files {
      // Everybody may read them: nobody in them exists.
      try OutputFile.replace(file.path, for: .everyone) { (temporary: String) throws(Diagnostic) in
        guard (try? file.handle.close()) != nil, rename(file.partial, temporary) == 0 else {
          throw ShopCSV.failure(file.path, "the file cannot be ended")
        }
      }
    }
    let ending = packing == .gzip ? ".csv.gz" : ".csv"
    let project = shop.projectFile { $0.name + ending }
    try OutputFile.write(Array(project.utf8), to: folder + "/rekindle.yaml", for: .everyone)
    files = []
  }

  private static func gzipMember(_ text: [UInt8]) -> [UInt8] {
    let room = Int(rk_gzip_bound(Int64(text.count)))
    return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      let made = rk_gzip_member(text, Int64(text.count), buffer.baseAddress, Int64(room))
      // The bound is deflate's own worst case, so only memory can fail, as it can for any array.
      precondition(made >= 0, "no memory to compress")
      count = Int(made)
    }
  }

  private static func failure(_ path: String, _ what: String) -> Diagnostic {
    Diagnostic(
      "RK0703", "\(what): \(path)", notes: [String(cString: strerror(errno))],
      help: "choose a folder that you may write to, on a disk with room")
  }
}
