import RekindleCore
import RekindleEvents
import Testing

@Suite struct EncodingTests {
  private func words(_ bytes: [UInt8], _ encoding: String) throws -> [String?] {
    let folder = try TemporaryFolder()
    try folder.write(bytes, to: "orders.csv")
    let definition = orders {
      $0.encoding = encoding
      $0.attributes = [.init("item", column: "item")]
    }
    return try EventReader.read(
      sources: [("orders", definition)], calendar: .utc, baseDirectory: folder.path, workers: Workers(2)
    ).log.words("purchase", "item")
  }

  private let head = Array("id,at,amount,item\n7,2024-01-01,1,".utf8)

  /// The bytes of the word "中文" in each encoding, from the encodings' own tables.
  @Test func declaredEncodingsAreDecoded() throws {
    #expect(try words(head + [0xE4, 0xB8, 0xAD, 0xE6, 0x96, 0x87, 0x0A], "utf-8") == ["中文"])
    #expect(try words(head + [0xD6, 0xD0, 0xCE, 0xC4, 0x0A], "gb18030") == ["中文"])
    #expect(try words(head + [0xD6, 0xD0, 0xCE, 0xC4, 0x0A], "GBK") == ["中文"])
    #expect(try words(head + [0xA4, 0xA4, 0xA4, 0xE5, 0x0A], "big5") == ["中文"])
    // A four-byte character that GBK lacks.
    #expect(try words(head + [0x81, 0x30, 0x81, 0x30, 0x0A], "gb18030") == ["\u{80}"])
  }

  @Test func utf16WithAndWithoutMark() throws {
    let text = "id,at,amount,item\n7,2024-01-01,1,中文\n"
    let little = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    #expect(try words([0xFF, 0xFE] + little, "utf-16") == ["中文"])
    #expect(try words([0xFE, 0xFF] + big, "utf-16") == ["中文"])
    #expect(try words([0xFF, 0xFE] + little, "utf-16le") == ["中文"])
    #expect(try words(big, "utf-16be") == ["中文"])
  }

  /// Characters that straddle the decoder's buffer.
  @Test func longTextIsDecodedWhole() throws {
    var bytes = Array("id,at,amount,item\n".utf8)
    let rows = 60_000
    for row in 0..<rows { bytes += Array("\(row),2024-01-01,1,".utf8) + [0xD6, 0xD0, 0xCE, 0xC4, 0x0A] }
    let back = try words(bytes, "gb18030")
    #expect(back.count == rows)
    #expect(back.allSatisfy { $0 == "中文" })
  }

  private func failure(_ bytes: [UInt8], _ encoding: String) throws -> Diagnostic {
    do { _ = try words(bytes, encoding) } catch let diagnostic as Diagnostic { return diagnostic }
    throw TestFailure(message: "nothing was thrown")
  }

  @Test func wrongEncodingNamesTheLine() throws {
    let bad = try failure(head + [0x61, 0x0A] + Array("8,2024-01-01,1,".utf8) + [0xD6, 0xD0, 0x0A], "utf-8")
    #expect(bad.code == "RK0206")
    #expect(bad.place?.line == 3)
    #expect(bad.key == "sources.orders.encoding")
    let gb = try failure(head + [0x61, 0x0A] + Array("8,2024-01-01,1,".utf8) + [0xFF, 0x0A], "gb18030")
    #expect(gb.code == "RK0206")
    #expect(gb.place?.line == 3)
    #expect(try failure([0xFF, 0xFE, 0x61, 0x00], "utf-8").help == "say encoding: utf-16")
    let unknown = try failure(head, "gb18300")
    #expect(unknown.code == "RK0205")
    #expect(unknown.hint == "did you mean \"gb18030\"?")
  }

  /// Sequences that look like UTF-8 and are not: overlong, surrogate, too large, cut short.
  @Test(
    arguments: [
      [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE4, 0xB8], [0x80],
    ] as [[UInt8]])
  func invalidUTF8(_ bytes: [UInt8]) throws {
    #expect(try failure(head + bytes + [0x0A], "utf-8").code == "RK0206")
  }
}
