/// Something that went wrong, told so that the person who reads it can mend it: a code, the place,
/// what is there, and one fix.
///
/// Every error that leaves a Rekindle target is a `Diagnostic`. The codes are stable: scripts may
/// match on them. Ranges, by target:
///
/// | codes | target |
/// |---|---|
/// | `RK00xx` | core: files, time zones, dates |
/// | `RK01xx` | numerics |
/// | `RK02xx` | events and their contract |
/// | `RK03xx` | behaviour expressions |
/// | `RK04xx` | churn: snapshots, labels, design, fit |
/// | `RK05xx` | model files and scoring |
/// | `RK06xx` | the project file and the command |
/// | `RK07xx` | simulation |
/// | `RK08xx` | experiments and their statistics |
/// | `RK09xx` | lifecycle |
/// | `RK10xx` | outreach |
public struct Diagnostic: Error, Sendable, Hashable {
  /// How a run ends when this is what ended it.
  public enum Kind: Sendable, Hashable {
    /// A check failed: a contract, a gate. Exit code 1.
    case checkFailed
    /// The user can fix it: usage, configuration, data. Exit code 2.
    case userError
    /// A bug of ours. Exit code 3.
    case internalError

    public var exitCode: Int32 {
      switch self {
      case .checkFailed: 1
      case .userError: 2
      case .internalError: 3
      }
    }
  }

  /// Where in a text the trouble is, with the line itself, so that a caret can be put under it.
  public struct Place: Sendable, Hashable {
    /// The name of the file, or of what was being read ("standard input").
    public var file: String
    /// 1-based; `nil` when the whole file is meant.
    public var line: Int?
    /// 1-based, in characters.
    public var column: Int?
    /// How many characters the caret spans; at least 1.
    public var length: Int
    /// The text of the line, without its end.
    public var text: String?

    public init(
      file: String, line: Int? = nil, column: Int? = nil, length: Int = 1, text: String? = nil
    ) {
      self.file = file
      self.line = line
      self.column = column
      self.length = max(1, length)
      self.text = text
    }
  }

  /// A setting, and where it stands once somebody who holds the text has looked.
  public struct Setting: Sendable, Hashable {
    /// A dotted path.
    public var key: String
    public var place: Place?

    public init(key: String, place: Place? = nil) {
      self.key = key
      self.place = place
    }
  }

  /// `RK` and four digits.
  public var code: String
  public var kind: Kind
  /// One sentence, lower case, no full stop: what is wrong.
  public var message: String
  public var place: Place?
  /// The setting that the trouble is about, as a dotted path (`sources.orders.customer`), so that
  /// whoever holds the project file's text can put the place to it.
  public var key: String?
  /// The other of two settings that cannot both be meant, shown below the first.
  public var against: Setting?
  /// Set under the caret: "did you mean …?".
  public var hint: String?
  /// What was found, each as `label: text` ("file has: a, b, c").
  public var notes: [String]
  /// The one fix.
  public var help: String?

  public init(
    _ code: String, _ message: String, kind: Kind = .userError, at place: Place? = nil,
    key: String? = nil, against: String? = nil, hint: String? = nil, notes: [String] = [],
    help: String? = nil
  ) {
    self.code = code
    self.kind = kind
    self.message = message
    self.place = place
    self.key = key
    self.against = against.map { Setting(key: $0) }
    self.hint = hint
    self.notes = notes
    self.help = help
  }
}

extension Diagnostic: CustomStringConvertible {
  /// The diagnostic as a terminal shows it, without colour:
  ///
  ///     error[RK0207]: column "custmer_id" is not in orders.csv
  ///       --> rekindle.yaml:7:15
  ///      7 |     customer: custmer_id
  ///        |               ^^^^^^^^^^ did you mean "customer_id"?
  ///        = file has: customer_id, order_ts, amount
  ///        = help: fix the name
  public var description: String {
    var lines = ["error[\(code)]: \(message)"]
    var gutter = "   "
    if let place {
      lines += snippet(of: place, words: hint)
      if let line = place.line, place.text != nil {
        gutter = String(repeating: " ", count: String(line).count + 1)
      }
    }
    if let other = against?.place {
      lines += snippet(of: other, words: "against this")
    }
    if let hint, place?.column == nil || place?.text == nil {
      lines.append("\(gutter) = \(hint)")
    }
    for note in notes { lines.append("\(gutter) = \(note)") }
    if let help { lines.append("\(gutter) = help: \(help)") }
    return lines.joined(separator: "\n")
  }

  /// The position, and where they are known the line and the caret under it, with words behind it.
  private func snippet(of place: Place, words: String?) -> [String] {
    var position = place.file
    guard let line = place.line else { return ["  --> \(position)"] }
    position += ":\(line)"
    if let column = place.column { position += ":\(column)" }
    guard let text = place.text else { return ["  --> \(position)"] }
    let number = String(line)
    var lines = ["  --> \(position)", " \(number) | \(text)"]
    if let column = place.column {
      let pad =
        String(repeating: " ", count: number.count + 1) + " | "
        + String(repeating: " ", count: max(0, column - 1))
      lines.append(pad + String(repeating: "^", count: place.length) + (words.map { " \($0)" } ?? ""))
    }
    return lines
  }
}
