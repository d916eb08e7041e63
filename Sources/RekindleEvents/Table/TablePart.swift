internal import RekindleCore

/// A stretch of a table's rows, cast.
struct TablePart: Sendable {
  /// 1-based; 0 where parts come in order anyway.
  var firstRow: Int
  var count: Int
  var columns: [TableReader.Values]
  /// The first cell that is not what was asked for, row by row.
  var fault: TableFault?
}

/// A cell, or a row, that cannot be read.
struct TableFault: Sendable {
  /// 0-based, within its part.
  var row: Int
  /// Newlines between the start of the part and the row.
  var line = 0
  /// Index into the requests; `nil` where the row as a whole is meant.
  var column: Int?
  var text = ""
  var reason: RejectReason?

  func diagnostic(
    _ requests: [TableReader.Request], at place: Diagnostic.Place, row: Int? = nil
  ) -> Diagnostic {
    let position = row.map { " (row \($0))" } ?? ""
    guard let column else {
      return Diagnostic(
        "RK0231", (reason ?? .raggedRow).explanation + position, at: place,
        help: "mend the line, or write the table again")
    }
    let request = requests[column]
    if text.isEmpty {
      return Diagnostic(
        "RK0230", "\"\(request.name)\" is empty\(position)", at: place,
        help: "fill it in, or leave the row out")
    }
    let wanted =
      switch request.type {
      case .number: "a number"
      case .measure: "a number, or a flag (true or false, yes or no)"
      case .flag: "a flag (0 or 1, true or false, yes or no)"
      case .time: "a date or a time (2026-03-01, 2026-03-01T14:30:00)"
      case .category, .text, .bytes: "a text"
      }
    return Diagnostic(
      "RK0230", "\"\(text)\" in column \"\(request.name)\" is not \(wanted)\(position)", at: place,
      help: "mend the cell; what is not known is left empty")
  }
}

extension TableCast {
  /// The parts one after the other, a thread a column.
  func joined(_ parts: [TablePart], _ workers: Workers) -> [TableReader.Values] {
    let count = parts.reduce(0) { $0 + $1.count }
    return workers.map(blocks: requests.count) { column in
      switch requests[column].type {
      case .number, .measure: .number(joined(parts, count) { $0.columns[column].numbers })
      case .flag: .flag(joined(parts, count) { $0.columns[column].numbers })
      case .time: .time(joined(parts, count) { $0.columns[column].times })
      case .text: .text(joined(parts, count) { $0.columns[column].texts })
      case .bytes: joinedBytes(parts, column, count)
      case .category: joinedCategories(parts, column, count)
      }
    }
  }

  private func joined<Value>(
    _ parts: [TablePart], _ count: Int, _ values: (TablePart) -> [Value]
  ) -> [Value] {
    var all: [Value] = []
    all.reserveCapacity(count)
    for part in parts { all.append(contentsOf: values(part)) }
    return all
  }

  private func joinedBytes(_ parts: [TablePart], _ column: Int, _ count: Int) -> TableReader.Values {
    var all = ByteStrings()
    all.ends.reserveCapacity(count)
    for part in parts {
      guard case .bytes(let texts) = part.columns[column] else { continue }
      let start = all.bytes.count
      all.bytes += texts.bytes
      for end in texts.ends { all.ends.append(start + end) }
    }
    return .bytes(all)
  }

  private func joinedCategories(_ parts: [TablePart], _ column: Int, _ count: Int) -> TableReader.Values {
    var codeOfWord: [String: Int32] = [:]
    var dictionary: [String] = []
    var all: [Int32] = []
    all.reserveCapacity(count)
    for part in parts {
      guard case .category(let codes, let words) = part.columns[column] else { continue }
      let own = words.map { word in
        if let code = codeOfWord[word] { return code }
        let code = Int32(dictionary.count)
        codeOfWord[word] = code
        dictionary.append(word)
        return code
      }
      for code in codes { all.append(code < 0 ? -1 : own[Int(code)]) }
    }
    return .category(codes: all, dictionary: dictionary)
  }
}

extension TableReader.Values {
  fileprivate var numbers: [Double] {
    switch self {
    case .number(let values), .flag(let values): values
    default: []
    }
  }

  fileprivate var times: [Instant] {
    if case .time(let values) = self { values } else { [] }
  }

  fileprivate var texts: [String] {
    if case .text(let values) = self { values } else { [] }
  }
}
