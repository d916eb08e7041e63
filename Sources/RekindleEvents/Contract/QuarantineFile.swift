public import RekindleCore

extension Intake {
  /// Writes every rejected row that is held as CSV: source, file, line, reason, text. Only the owner
  /// may read the file, and a cell that a spreadsheet would run as a formula begins with `'`.
  /// - Throws: `RK0002` when the file cannot be written.
  public func writeQuarantine(to path: String) throws(Diagnostic) {
    var bytes = Array("source,file,line,reason,text\n".utf8)
    func append(_ text: String, _ end: String) {
      var text = text
      if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
        text = "'" + text
      }
      if text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) {
        text = "\"" + text.replacing("\"", with: "\"\"") + "\""
      }
      bytes.append(contentsOf: text.utf8)
      bytes.append(contentsOf: end.utf8)
    }
    for source in sources {
      for row in source.rejected {
        append(source.name, ",")
        append(row.file, ",")
        append(String(row.line), ",")
        append(row.reason.code, ",")
        append(row.text, "\n")
      }
    }
    try OutputFile.write(bytes, to: path, for: .owner)
  }
}
