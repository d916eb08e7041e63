import Foundation
import RekindleCore
import RekindleEvents
import Testing

@Suite struct TextFileTests {
  /// All cells of a file, with the faults of its records.
  private func cells(
    _ text: [UInt8], format: SourceDefinition.Format = .csv, wave: Int = 1 << 25, segment: Int = 1 << 20,
    threads: Int = 2, _ change: (inout SourceDefinition) -> Void = { _ in }
  ) throws -> (names: [String], rows: [[String]], faults: [UInt8]) {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "a.csv")
    let file = try TextFile(
      path: folder.path + "/a.csv", name: "a.csv", definition: orders("a.csv", change), format: format,
      key: "sources.a", workers: Workers(threads), waveCapacity: wave, segment: segment)
    var rows: [[String]] = []
    var faults: [UInt8] = []
    try file.forEachBlock(
      columns: Array(file.columnNames.indices), workers: Workers(threads),
      cast: { block, base in
        let columns = (0..<block.kept).map { block.cells(base, place: $0) }
        return (0..<block.count).map { row in (columns.map { $0[row].string }, block.faults[row]) }
      },
      deliver: { (made, _) throws(Diagnostic) in
        rows += made.map(\.0)
        faults += made.map(\.1)
      })
    return (file.columnNames, rows, faults)
  }

  private let nasty =
    "a,b,c\r\n1,\"x,\"\"y\"\"\",\r\n\r\n\"two\nlines\",\"\",z\n,,\n\"\"\"\",\"\r\n\",\"q\nq\nq\"\r\n"
    + "long cell that is wider than a word,5\" disk,\"end\"\nlast,one,\u{4E2D}\u{6587}"

  @Test func quotingFollowsRFC4180() throws {
    let (names, rows, faults) = try cells(Array(nasty.utf8))
    #expect(names == ["a", "b", "c"])
    #expect(
      rows == [
        ["1", "x,\"y\"", ""], ["two\nlines", "", "z"], ["", "", ""], ["\"", "\r\n", "q\nq\nq"],
        ["long cell that is wider than a word", "5\" disk", "end"], ["last", "one", "\u{4E2D}\u{6587}"],
      ])
    #expect(faults.allSatisfy { $0 == 0 })
  }

  /// Every size of segment and of wave puts seams at every byte, whatever stands there.
  @Test func seamsChangeNothing() throws {
    let text = Array(nasty.utf8)
    let whole = try cells(text)
    for segment in 1...text.count {
      let some = try cells(text, wave: 64, segment: segment, threads: segment % 2 + 1)
      #expect(some.rows == whole.rows && some.faults == whole.faults, "segment \(segment)")
    }
    for wave in 16...120 {
      #expect(try cells(text, wave: wave, segment: 7).rows == whole.rows, "wave \(wave)")
    }
  }

  @Test func randomTablesComeBack() throws {
    var random = SplitMix(state: 7)
    let alphabet = Array("ab,\"\n\r 1\u{E9}\u{4E2D};\t")
    for round in 0..<60 {
      let width = Int.random(in: 1...5, using: &random)
      let table = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        (0..<width).map { _ in
          String(
            (0..<Int.random(in: 0...12, using: &random)).map { _ in
              alphabet.randomElement(using: &random) ?? "a"
            })
        }
      }
      func quoted(_ cell: String) -> String { "\"" + cell.replacing("\"", with: "\"\"") + "\"" }
      let end = round % 2 == 0 ? "\n" : "\r\n"
      var text = (0..<width).map { "c\($0)" }.joined(separator: ",") + end
      for row in table { text += row.map(quoted).joined(separator: ",") + end }
      let back = try cells(Array(text.utf8), wave: 200, segment: Int.random(in: 1...90, using: &random))
      // Compared as scalars: a string of "\r" and "\n" is one character.
      #expect(back.rows.map { $0.map { Array($0.utf8) } } == table.map { $0.map { Array($0.utf8) } })
    }
  }

  @Test func dialects() throws {
    let tab = try cells(Array("a\tb\n1\t\"x\ty\"\n".utf8), format: .tsv)
    #expect(tab.rows == [["1", "x\ty"]])
    let spaces = try cells(Array("  a   b\n 1 \t 2\n\n3 4 \r\n".utf8), format: .whitespace)
    #expect(spaces.names == ["a", "b"])
    #expect(spaces.rows == [["1", "2"], ["3", "4"]])
    let semicolons = try cells(Array("a;b\n1,5;2\n".utf8)) { $0.delimiter = ";" }
    #expect(semicolons.rows == [["1,5", "2"]])
    let bare = try cells(Array("1,2\n3,4".utf8)) { $0.header = .absent(columns: ["x", "y"]) }
    #expect(bare.rows == [["1", "2"], ["3", "4"]])
    let marked = try cells([0xEF, 0xBB, 0xBF] + Array("a,b\n1,2\n".utf8))
    #expect(marked.names == ["a", "b"])
  }

  @Test func faultyRecordsAreMarked() throws {
    let (_, rows, faults) = try cells(Array("a,b\n1\n1,2,3\n\"x\"y,2\n1,2\n".utf8))
    #expect(rows.count == 4)
    #expect(
      faults == [
        RejectReason.raggedRow.rawValue, RejectReason.raggedRow.rawValue,
        RejectReason.strayQuote.rawValue, 0,
      ])
  }
}
