internal import CDuckDB
internal import Foundation
internal import RekindleCore

/// Where the DuckDB library is, found and loaded once a process.
///
/// Looked for in this order: the path in `REKINDLE_DUCKDB`; the system's own `libduckdb`; then, in
/// the `.rekindle` folder of the package (any folder above the running program) and of the home
/// folder, `lib/libduckdb` and the module of a Python wheel under `venv`. The working directory is
/// not searched: what lies there may be anybody's.
enum DuckDBLibrary {
  /// The path or the soname under which it was loaded.
  static func load() throws(Diagnostic) -> String { try loaded.get() }

  /// The binary of a DuckDB extension that was set up beside the library, or `nil`.
  static func extensionFile(_ name: String, library: String) -> String? {
    let file = "\(name).duckdb_extension"
    var folders = folders.map { "\($0)/extensions" }
    let package = "\((library as NSString).deletingLastPathComponent)/duckdb_extension_\(name)/extensions"
    folders += contents(of: package, prefix: "v", suffix: "")
    return folders.lazy.map { "\($0)/\(file)" }.first(where: FileManager.default.fileExists(atPath:))
  }

  private static let loaded: Result<String, Diagnostic> = {
    var reasons: [String] = []
    for path in candidates {
      guard let reason = reasonNotLoaded(path) else { return .success(path) }
      reasons.append("tried \(path): \(reason)")
    }
    return .failure(
      Diagnostic(
        "RK0280", "this input or output needs DuckDB, and no libduckdb could be loaded",
        notes: reasons,
        help: "run `make setup`, or set REKINDLE_DUCKDB to the path of libduckdb; CSV needs neither"))
  }()

  private static var candidates: [String] {
    if let path = ProcessInfo.processInfo.environment["REKINDLE_DUCKDB"], !path.isEmpty { return [path] }
    #if canImport(Darwin)
      let name = "libduckdb.dylib"
    #else
      let name = "libduckdb.so"
    #endif
    var paths = [name]
    for folder in folders {
      if FileManager.default.fileExists(atPath: "\(folder)/lib/\(name)") {
        paths.append("\(folder)/lib/\(name)")
      }
      for python in contents(of: "\(folder)/venv/lib", prefix: "python3", suffix: "") {
        paths += contents(of: "\(python)/site-packages", prefix: "_duckdb", suffix: ".so")
      }
    }
    return paths
  }

  /// The `.rekindle` folders: above the program, then the home folder's.
  private static let folders: [String] = {
    var found: [String] = []
    var folder = (Bundle.main.executablePath ?? "") as NSString
    while folder.length > 1 {
      folder = folder.deletingLastPathComponent as NSString
      found.append(folder.appendingPathComponent(".rekindle"))
    }
    found.append((NSHomeDirectory() as NSString).appendingPathComponent(".rekindle"))
    return found.filter(FileManager.default.fileExists(atPath:))
  }()

  private static func contents(of folder: String, prefix: String, suffix: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }.map { "\(folder)/\($0)" }
  }

  /// `nil` when the library is loaded.
  private static func reasonNotLoaded(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 512)
    if rk_duckdb_load(path, nil, &buffer, buffer.count) == 0 { return nil }
    let reason = text(buffer)
    // A wheel's module names its interpreter: _duckdb.cpython-311-x86_64-linux-gnu.so.
    guard reason.contains("symbol: Py") || reason.contains("symbol: _Py"),
      let tag = path.split(separator: "cpython-3").last?.prefix(while: \.isNumber), !tag.isEmpty
    else { return reason }
    #if canImport(Darwin)
      let python = "libpython3.\(tag).dylib"
    #else
      let python = "libpython3.\(tag).so.1.0"
    #endif
    return rk_duckdb_load(path, python, &buffer, buffer.count) == 0 ? nil : text(buffer)
  }

  private static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
