public import RekindleCore

/// What the name of an output file says of its format.
public enum OutputEnding {
  /// What stands behind the last point of the file's name, in lower case; `nil` for standard output (`-`), and
  /// for names without one, as those of devices and pipes (`/dev/stdout`) and hidden files (`.orders`).
  public static func of(_ path: String) -> String? {
    guard path != "-" else { return nil }
    let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    guard let point = name.lastIndex(of: "."), point > name.startIndex else { return nil }
    let ending = name[name.index(after: point)...].lowercased()
    return ending.isEmpty ? nil : ending
  }

  /// An ending that no format has. To write one of the known formats under it would make a file that its
  /// readers cannot open.
  public static func unknown(_ ending: String, of path: String, known: [String]) -> Diagnostic {
    Diagnostic(
      "RK0620", "no format has the ending \".\(ending)\"", at: .init(file: path),
      hint: nearMatch(of: ending, among: known).map { "did you mean \".\($0)\"?" },
      notes: ["known endings: \(known.joined(separator: ", ")); a name without an ending is \(known[0])"],
      help: ["gz", "zst", "zip"].contains(ending)
        ? "leave out the \".\(ending)\" and pack the file afterwards; Parquet is packed already"
        : "give the file one of these endings, or name the format with --format")
  }
}
