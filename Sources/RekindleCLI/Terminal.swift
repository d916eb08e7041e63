import Foundation
import Rekindle

/// The two streams: data goes to standard output, talk to standard error.
enum Terminal {
  static let errorIsTerminal = isatty(STDERR_FILENO) == 1
  static let outputIsTerminal = isatty(STDOUT_FILENO) == 1

  /// Colour only where a person looks and has not asked for none (no-color.org).
  static func hasColour(_ isTerminal: Bool) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  static func writeError(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  static func writeOutput(_ text: String) {
    FileHandle.standardOutput.write(Data(text.utf8))
  }

  static func write(_ diagnostic: Diagnostic) {
    var text = withoutControls(diagnostic.description)
    if hasColour(errorIsTerminal) {
      let head = "error[\(diagnostic.code)]"
      text = text.replacingOccurrences(of: head, with: "\u{1B}[1;31m\(head)\u{1B}[0m")
    }
    writeError(text)
  }

  /// Input can hold escape sequences; none of them reaches the terminal.
  private static func withoutControls(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          scalar == "\n" || !(scalar.value < 32 || (127..<160).contains(scalar.value)) ? scalar : "\u{FFFD}"
        }))
  }
}
