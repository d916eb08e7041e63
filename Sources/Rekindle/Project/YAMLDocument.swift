internal import RekindleCore
internal import Yams

/// A YAML text with its tree, able to say where each node stands.
struct YAMLDocument {
  let file: String
  private let lines: [String]
  let root: Node

  /// - Throws: `RK0601` where the text is not YAML or holds nothing.
  init(_ text: String, file: String) throws(Diagnostic) {
    self.file = file
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.hasSuffix("\r") ? line.dropLast() : line)
    }
    do {
      guard let root = try Yams.compose(yaml: text) else {
        throw Diagnostic(
          "RK0601", "\(file) is empty", help: "write one with `rekindle init --from orders.csv`")
      }
      self.root = root
    } catch let diagnostic as Diagnostic {
      throw diagnostic
    } catch let error as YamlError {
      throw YAMLDocument.diagnostic(error, file: file, lines: lines)
    } catch {
      throw Diagnostic("RK0601", "\(file) is not YAML: \(error)")
    }
  }

  /// The place of a node, with a caret as long as its text.
  func place(of node: Node) -> Diagnostic.Place {
    guard let mark = node.mark else { return .init(file: file) }
    return place(line: mark.line, column: mark.column, length: node.scalar?.string.count ?? 1)
  }

  func place(line: Int, column: Int, length: Int) -> Diagnostic.Place {
    let text = self.line(line)
    let room = text.map { max(1, $0.count - column + 1) } ?? length
    return .init(file: file, line: line, column: column, length: min(length, room), text: text)
  }

  /// The places of all settings by their dotted paths, items of a list by their index from 0: of the
  /// value where it is a scalar, else of the key.
  func places() -> [String: Diagnostic.Place] {
    var places: [String: Diagnostic.Place] = [:]
    func collect(_ node: Node, path: String) {
      for (key, value) in node.mapping.map(Array.init) ?? [] {
        let own = path.isEmpty ? key.string ?? "" : "\(path).\(key.string ?? "")"
        places[own] = place(of: value.scalar == nil ? key : value)
        collect(value, path: own)
      }
      for (index, item) in (node.sequence.map(Array.init) ?? []).enumerated() {
        places["\(path).\(index)"] = place(of: item)
        collect(item, path: "\(path).\(index)")
      }
    }
    collect(root, path: "")
    return places
  }

  /// The text of a 1-based line.
  func line(_ number: Int) -> String? {
    lines.indices.contains(number - 1) ? lines[number - 1] : nil
  }

  private static func diagnostic(_ error: YamlError, file: String, lines: [String]) -> Diagnostic {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let text = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : nil
      return Diagnostic(
        "RK0601", "\(file) is not YAML: \(problem)",
        at: .init(file: file, line: mark.line, column: mark.column, text: text),
        // What does not end is noticed far from where it begins.
        notes: context.map { ["\($0.text), which begins on line \($0.mark.line)"] } ?? [],
        help: "check the indentation, and quote values that hold \": \" or begin with a special character")
    case .duplicatedKeysInMapping(let duplicates, _):
      return Diagnostic(
        "RK0601",
        "a key stands twice in one mapping: \(duplicates.map(String.init(describing:)).joined(separator: ", "))",
        at: .init(file: file), help: "keep one of the two")
    default:
      return Diagnostic("RK0601", "\(file) is not YAML: \(error)", at: .init(file: file))
    }
  }
}

/// One value of a YAML document, with its path for messages (`sources.orders.customer`).
struct YAMLValue {
  let document: YAMLDocument
  let node: Node
  let path: String

  var place: Diagnostic.Place { document.place(of: node) }
  var isMapping: Bool { node.mapping != nil }
  var isList: Bool { node.sequence != nil }
  /// Nothing stands after the colon: every default is meant.
  var isEmpty: Bool { node.scalar?.style == .plain && node.scalar?.string.isEmpty == true }

  /// The text of a scalar as it was written: `1E5`, `no` and `00042` stay what they are.
  func text() throws(Diagnostic) -> String {
    guard let scalar = node.scalar else { throw mismatch("a single value") }
    return scalar.string
  }

  func number() throws(Diagnostic) -> Double {
    let text = try text()
    guard let number = Double(text), number.isFinite else { throw mismatch("a number") }
    return number
  }

  func integer(atLeast least: Int) throws(Diagnostic) -> Int {
    let text = try text()
    guard let number = Int(text), number >= least else {
      throw mismatch("a whole number of at least \(least)")
    }
    return number
  }

  func flag() throws(Diagnostic) -> Bool {
    switch try text() {
    case "true": return true
    case "false": return false
    default: throw mismatch("true or false")
    }
  }

  func list() throws(Diagnostic) -> [YAMLValue] {
    guard let sequence = node.sequence else { throw mismatch("a list") }
    return sequence.enumerated().map { index, node in
      YAMLValue(document: document, node: node, path: "\(path)[\(index)]")
    }
  }

  /// A list, or one value standing for a list of one.
  func oneOrMore() throws(Diagnostic) -> [YAMLValue] {
    isList ? try list() : [self]
  }

  func mapping() throws(Diagnostic) -> YAMLMapping {
    guard let mapping = node.mapping else { throw mismatch("a mapping of keys to values") }
    return YAMLMapping(
      document: document, node: node, path: path,
      entries: mapping.map { key, value in
        let name = key.scalar?.string ?? ""
        return .init(
          name: name, key: key,
          value: YAMLValue(document: document, node: value, path: path.isEmpty ? name : "\(path).\(name)"))
      })
  }

  /// One of the cases of an enumeration, by its raw value.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    of type: Choice.Type
  ) throws(Diagnostic) -> Choice {
    let text = try text()
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    throw refusal(
      "RK0603", "\"\(text)\" is not a value of \(path)",
      hint: nearMatch(of: text, among: names).map { "did you mean \"\($0)\"?" },
      help: "one of: \(names.joined(separator: ", "))")
  }

  func mismatch(_ wanted: String) -> Diagnostic {
    let found =
      isMapping ? "a mapping" : isList ? "a list" : "\"\(node.scalar?.string ?? "")\""
    return refusal(
      "RK0603", "\(path) is \(found), but \(wanted) is wanted here", help: "give \(wanted)")
  }

  func refusal(
    _ code: String, _ message: String, hint: String? = nil, help: String? = nil
  ) -> Diagnostic {
    Diagnostic(code, message, at: place, hint: hint, help: help)
  }
}

/// A mapping whose keys are all known: one that nobody reads is an error, not a comment.
struct YAMLMapping {
  struct Entry {
    let name: String
    let key: Node
    let value: YAMLValue
  }

  let document: YAMLDocument
  let node: Node
  let path: String
  let entries: [Entry]

  subscript(_ name: String) -> YAMLValue? {
    entries.first { $0.name == name }?.value
  }

  /// - Throws: `RK0602` when the key is absent.
  func require(_ name: String, help: String) throws(Diagnostic) -> YAMLValue {
    guard let value = self[name] else {
      throw Diagnostic(
        "RK0602", "\(path.isEmpty ? document.file : path) has no \"\(name)\"", at: document.place(of: node),
        help: help)
    }
    return value
  }

  /// Two settings that cannot both be meant: the caret under one, the line of the other beside it.
  /// - Parameter otherwise: what the second is where the file does not say.
  func conflict(
    _ code: String, _ message: String, at key: String, against other: String, otherwise: String, help: String
  ) -> Diagnostic {
    guard let own = self[key]?.place else {
      return Diagnostic(code, message, at: self[other]?.place ?? document.place(of: node), help: help)
    }
    var note = "\(other) is \(otherwise) unless it is set"
    if let place = self[other]?.place, let line = place.line, let text = place.text {
      note = "against \(place.file):\(line): \(text.drop { $0 == " " })"
    }
    return Diagnostic(code, message, at: own, notes: [note], help: help)
  }

  /// - Throws: `RK0602` at the first key that is not among `known`.
  func allowOnly(_ known: [String]) throws(Diagnostic) {
    for entry in entries where !known.contains(entry.name) {
      throw Diagnostic(
        "RK0602", "\"\(entry.name)\" is not a key of \(path.isEmpty ? "a project file" : path)",
        at: document.place(of: entry.key),
        hint: nearMatch(of: entry.name, among: known).map { "did you mean \"\($0)\"?" },
        notes: ["keys here: \(known.joined(separator: ", "))"], help: "fix the name or remove the line")
    }
  }
}
