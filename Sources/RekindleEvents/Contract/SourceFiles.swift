internal import Foundation
internal import RekindleCore

/// The files that a source's paths and globs name.
enum SourceFiles {
  struct File: Sendable, Hashable {
    /// How it is opened.
    var path: String
    /// How messages call it.
    var name: String
  }

  /// All files, each glob's in byte order.
  /// - Throws: `RK0202` where a path or a glob names nothing.
  static func resolve(_ paths: [String], baseDirectory: String, key: String) throws(Diagnostic) -> [File] {
    var files: [File] = []
    for path in paths {
      if path == "-" {
        files.append(File(path: "-", name: "standard input"))
        continue
      }
      let prefix = path.hasPrefix("/") || baseDirectory.isEmpty ? "" : baseDirectory + "/"
      if !path.contains(where: { "*?[".contains($0) }) || access(prefix + path, F_OK) == 0 {
        guard access(prefix + path, F_OK) == 0 else { throw missing(path, prefix: prefix, key: key) }
        files.append(File(path: prefix + path, name: path))
        continue
      }
      var matches = glob_t()
      defer { globfree(&matches) }
      guard glob(prefix + path, GLOB_NOSORT, nil, &matches) == 0 else {
        throw Diagnostic(
          "RK0202", "no file matches \(path)", key: key, help: "check the folder and the pattern")
      }
      var found: [String] = []
      for index in 0..<Int(matches.gl_pathc) {
        if let match = matches.gl_pathv[index] { found.append(String(cString: match)) }
      }
      found.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      files += found.map { File(path: $0, name: String($0.dropFirst(prefix.count))) }
    }
    guard !files.isEmpty else {
      throw Diagnostic("RK0202", "the source names no file", key: key, help: "say file: orders.csv")
    }
    return files
  }

  private static func missing(_ path: String, prefix: String, key: String) -> Diagnostic {
    let folder = (prefix + path).split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let name = path.split(separator: "/").last.map { String($0) } ?? path
    let there =
      (try? FileManager.default.contentsOfDirectory(
        atPath: folder.isEmpty ? "." : folder.joined(separator: "/")))?.sorted() ?? []
    return Diagnostic(
      "RK0202", "there is no file \(path)", key: key,
      hint: nearMatch(of: name, among: there).map { "did you mean \"\($0)\"?" },
      help: "give the path relative to the project file, or its absolute path")
  }

  /// Whether a file is text that is read here, and of which format; `nil` where another reader has it.
  /// - Throws: `RK0216` where neither the definition nor the name says.
  static func textFormat(
    of definition: SourceDefinition, file: File, key: String
  ) throws(Diagnostic) -> SourceDefinition.Format? {
    var name = file.name.lowercased()
    if name.hasSuffix(".zst") { return nil }
    if name.hasSuffix(".gz") { name.removeLast(3) }
    let format: SourceDefinition.Format
    if let declared = definition.format {
      format = declared
    } else if file.path == "-" {
      format = .csv
    } else {
      switch name.split(separator: ".").last {
      case "csv", "txt": format = .csv
      case "tsv", "tab": format = .tsv
      case "jsonl", "ndjson", "json": format = .jsonl
      case "parquet", "pq": format = .parquet
      default:
        throw Diagnostic(
          "RK0216", "the name \(file.name) does not say its format", key: key + ".format",
          help: "say format: csv, tsv, whitespace, jsonl or parquet")
      }
    }
    return format == .jsonl || format == .parquet ? nil : format
  }
}
