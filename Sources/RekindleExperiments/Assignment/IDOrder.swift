internal import RekindleCore

/// Ids in the order of their bytes: the order in which units are dealt and written, whatever order they
/// came in.
///
/// Bytes and not characters: two ids that a reader takes for one (composed and decomposed letters) are two
/// customers to every database.
struct IDOrder: Sendable {
  /// Rows, by ascending id.
  let rows: [Int]
  /// Of each place in the order, the id's first 16 bytes as a big-endian number: most comparisons end here.
  private let keys: [UInt128]

  /// - Throws: `RK0820` for an id that is empty or nothing but spaces, `RK0821` for an id that stands twice.
  init(_ ids: [String]) throws(Diagnostic) {
    var entries = ids.enumerated().map { (key: IDOrder.key($1), row: $0) }
    entries.sort { a, b in
      if a.key != b.key { return a.key < b.key }
      return IDOrder.bytesPrecede(ids[a.row], ids[b.row])
    }
    rows = entries.map(\.row)
    keys = entries.map(\.key)
    let blank = ids.indices.filter { ids[$0].isBlankID }
    if !blank.isEmpty { throw InputTrouble.blankIDs(blank.map { $0 + 1 }, of: ids.count) }
    var repeated: [String] = []
    var count = 0
    for place in rows.indices.dropFirst() where keys[place] == keys[place - 1] {
      let id = ids[rows[place]]
      guard id.utf8.elementsEqual(ids[rows[place - 1]].utf8) else { continue }
      count += 1
      if repeated.count < 5, repeated.last != id { repeated.append(id) }
    }
    if count > 0 {
      throw Diagnostic(
        "RK0821", "\(count) of \(ids.count) rows have an id that stood before",
        notes: ["such as: " + repeated.joined(separator: ", ")], help: "list each unit once")
    }
  }

  /// −1 when `a` comes before `b` in the order of ids, 0 when they are the same bytes.
  static func compare(_ a: String, _ b: String) -> Int {
    let (first, second) = (key(a), key(b))
    if first != second { return first < second ? -1 : 1 }
    if a.utf8.elementsEqual(b.utf8) { return 0 }
    return bytesPrecede(a, b) ? -1 : 1
  }

  private static func bytesPrecede(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }

  private static func key(_ id: String) -> UInt128 {
    var id = id
    return id.withUTF8 { bytes in
      var key: UInt128 = 0
      for index in 0..<16 { key = key << 8 | UInt128(index < bytes.count ? bytes[index] : 0) }
      return key
    }
  }
}

extension StringProtocol {
  /// Nobody's id: empty, or nothing but spaces.
  var isBlankID: Bool { allSatisfy(\.isWhitespace) }
}
