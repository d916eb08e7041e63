internal import Foundation
public import RekindleCore
public import RekindleEvents

/// A first `rekindle.yaml`, made of what the files seem to be.
///
/// Nothing is decided silently: every finding stands in the file with its evidence, and what the
/// files leave open (dates that can be read in two ways, a customer that no name tells) is refused
/// with the options that decide it.
public struct ProjectTemplate: Sendable {
  public struct Source: Sendable {
    public var name: String
    public var sniffed: SniffedSource
    /// The file as the project file names it: relative to its own folder.
    public var file: String
    public var definition: SourceDefinition
  }

  public let sources: [Source]
  public let timeZone: String

  /// Looks at the files.
  /// - Parameters:
  ///   - output: where the project file will be, so that it can name the files from there.
  ///   - decisions: what the files need not be asked.
  /// - Throws: `RK0610` for what the files leave open, `RK0612` for a decision that fits none of
  ///   them, `RK0001` for an unknown time zone; what looking at the files throws.
  public init(
    files: [String], output: String, timeZone: String = "UTC",
    decisions: SourceSniffer.Decisions = .init()
  ) throws(Diagnostic) {
    _ = try CivilCalendar(timeZone: timeZone)
    self.timeZone = timeZone
    guard !files.contains("-") else {
      throw Diagnostic(
        "RK0613", "standard input cannot be looked at and then read again",
        help: "save it to a file and name that with --from")
    }
    var found: [SniffedSource] = []
    for file in files { found.append(try SourceSniffer.sniff(file, decisions: decisions)) }
    try ProjectTemplate.check(decisions, against: found)
    var sources: [Source] = []
    for sniffed in found {
      guard let definition = sniffed.definition else { throw ProjectTemplate.openQuestions(sniffed) }
      let name = ProjectTemplate.name(of: sniffed.file, besides: sources.map(\.name))
      let file = ProjectTemplate.path(of: sniffed.file, from: output)
      sources.append(Source(name: name, sniffed: sniffed, file: file, definition: definition))
    }
    self.sources = sources
  }

  /// The kind of event whose absence is churn: purchases, where there are any.
  var activity: String {
    let kinds = sources.flatMap { source -> [String] in
      switch source.definition.kind {
      case .constant(let kind): [kind]
      case .column(_, let map, _): map.values.sorted()
      }
    }
    return kinds.contains("purchase") ? "purchase" : kinds.first ?? "purchase"
  }

  /// What the files leave open, and the options that decide it.
  private static func openQuestions(_ sniffed: SniffedSource) -> Diagnostic {
    var questions: [String] = []
    var notes: [String] = []
    var answers: [String] = []
    if sniffed.customer == nil {
      questions.append("which column is the customer")
      answers.append("--customer COLUMN")
    }
    if let time = sniffed.time?.finding, sniffed.isTimeAmbiguous {
      questions.append("how its dates are to be read")
      notes += readings(sniffed, column: time.column)
      answers.append(
        sniffed.timeFormats.map { "--time-format \"\($0 ?? "iso")\"" }.joined(separator: " or "))
    } else if sniffed.time == nil {
      questions.append("which column is the time")
      answers.append("--time COLUMN (and --time-format \"%d/%m/%Y\" where it is not ISO 8601)")
    }
    notes.append("file has: \(sniffed.columns.map(\.name).joined(separator: ", "))")
    return Diagnostic(
      "RK0610", "\(sniffed.file) does not say \(questions.joined(separator: ", nor "))",
      at: .init(file: sniffed.file), notes: notes,
      help: "run again with \(answers.joined(separator: " and "))")
  }

  /// What a date would be under each format that fits; one whose readings differ, if there is one.
  private static func readings(_ sniffed: SniffedSource, column name: String) -> [String] {
    let examples = sniffed.columns.first { $0.name == name }?.examples ?? []
    func all(_ example: String) -> [String] {
      sniffed.timeFormats.compactMap { SourceSniffer.reading(example, under: $0) }
    }
    guard let example = examples.first(where: { Set(all($0)).count > 1 }) ?? examples.first else { return [] }
    return zip(sniffed.timeFormats, all(example)).map { format, reading in
      "column \"\(name)\" holds \"\(example)\": under \(format ?? "ISO 8601") that is \(reading)"
    }
  }

  /// Every decision has to hold for some file: a mistyped column must not fall back to a guess.
  private static func check(
    _ decisions: SourceSniffer.Decisions, against found: [SniffedSource]
  ) throws(Diagnostic) {
    let names = found.flatMap { $0.columns.map(\.name) }
    for (option, columns) in [("--customer", decisions.customers), ("--time", decisions.times)] {
      for column in columns where !names.contains(column) {
        throw Diagnostic(
          "RK0612", "no file has the column \"\(column)\" of \(option)",
          hint: nearMatch(of: column, among: names).map { "did you mean \"\($0)\"?" },
          notes: found.map { "\($0.file) has: \($0.columns.map(\.name).joined(separator: ", "))" },
          help: "fix the name")
      }
    }
    for format in decisions.timeFormats where !found.contains(where: { $0.timeFormats == [format] }) {
      throw Diagnostic(
        "RK0612", "the times of no file can be read under --time-format \"\(format)\"",
        notes: found.compactMap { file in
          guard let time = file.time?.finding,
            let example = file.columns.first(where: { $0.name == time.column })?.examples.first
          else { return nil }
          return "\(file.file) holds \"\(example)\" in its column \"\(time.column)\""
        },
        help: "use %Y %m %d %H %M %S %f %b %y %I %p %z, or epoch_s, epoch_ms, epoch_us")
    }
  }

  /// The file's name without endings, in the letters of names.
  private static func name(of file: String, besides taken: [String]) -> String {
    let stem = file.split(separator: "/").last.map { $0.prefix { $0 != "." } } ?? ""
    let letters = stem.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    let core = String(letters).split(separator: "_").joined(separator: "_")
    let base = core.isEmpty ? "source" : core.first?.isNumber == true ? "source_" + core : core
    if !taken.contains(base) { return base }
    var number = 2
    while taken.contains("\(base)_\(number)") { number += 1 }
    return "\(base)_\(number)"
  }

  /// A path from the folder of the project file; one that is absolute stays so.
  private static func path(of file: String, from output: String) -> String {
    let folder = output.lastIndex(of: "/").map { String(output[..<$0]) } ?? ""
    if file.hasPrefix("/") || (folder.isEmpty && output.first != "/") { return file }
    let start = URL(filePath: folder.isEmpty ? "/" : folder).standardizedFileURL.pathComponents
    let end = URL(filePath: file).standardizedFileURL.pathComponents
    let common = zip(start, end).prefix { $0 == $1 }.count
    let ups = Array(repeating: "..", count: start.count - common)
    return (ups + end[common...]).joined(separator: "/")
  }
}
