import Foundation
import RekindleCore
import RekindleEvents
import Testing

/// Faults of a file or of its mapping: an error with a code, the setting or the line, and a fix.
@Suite struct BadInputTests {
  @Test func missingFile() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", to: "orders.csv")
    for (path, hint) in [("order.csv", "did you mean \"orders.csv\"?"), ("none/*.csv", nil)]
      as [(String, String?)]
    {
      do throws(Diagnostic) {
        _ = try EventReader.read(
          sources: [("orders", orders(path))], calendar: .utc, baseDirectory: folder.path, workers: Workers(1)
        )
        Issue.record("a missing file was read")
      } catch {
        #expect(error.code == "RK0202")
        #expect(error.key == "sources.orders.file")
        #expect(error.hint == hint)
      }
    }
  }

  @Test func unknownColumn() throws {
    let error = try failure("id,at,amount\n1,2024-01-01,5\n") { $0.value = "amuont" }
    #expect(error.code == "RK0207")
    #expect(error.message == "column \"amuont\" is not in orders.csv")
    #expect(error.hint == "did you mean \"amount\"?")
    #expect(error.notes == ["file has: id, at, amount"])
    #expect(error.key == "sources.orders.value")
    #expect(try failure("id;at;amount\n1;2024-01-01;5\n").help == "say delimiter: \";\"")
  }

  @Test func emptyFile() throws {
    #expect(try failure("").code == "RK0213")
    #expect(try failure("\n\n").code == "RK0213")
    #expect(try read("id,at,amount\n").intake.read == 0)
  }

  @Test func duplicateHeader() throws {
    let error = try failure("id,at,id\n1,2024-01-01,5\n")
    #expect(error.code == "RK0208")
    #expect(error.place?.line == 1)
  }

  @Test func openQuote() throws {
    let error = try failure("id,at,amount\n1,2024-01-01,5\n2,\"2024-01-01,5\n3,2024-01-01,5\n")
    #expect(error.code == "RK0209")
    #expect(error.place?.line == 3)
  }

  @Test func endlessRecord() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      Array("id,at,amount\n1,2024-01-01,5\n".utf8) + [UInt8](repeating: 0x61, count: 80 << 20),
      to: "orders.csv")
    do throws(Diagnostic) {
      _ = try EventReader.read(
        sources: [("orders", orders())], calendar: .utc, baseDirectory: folder.path, workers: Workers(2))
      Issue.record("a record of 80 MiB was read")
    } catch {
      #expect(error.code == "RK0218")
      #expect(error.place?.line == 3)
    }
  }

  @Test func conflictingTypes() throws {
    let folder = try TemporaryFolder()
    try folder.write("id,at,amount,n\n1,2024-01-01,5,1\n", to: "orders.csv")
    let number = orders { $0.attributes = [.init("n", column: "n", type: .number)] }
    let word = orders { $0.attributes = [.init("n", column: "n")] }
    do throws(Diagnostic) {
      _ = try EventReader.read(
        sources: [("a", number), ("b", word)], calendar: .utc, baseDirectory: folder.path, workers: Workers(1)
      )
      Issue.record("two types were accepted")
    } catch {
      #expect(error.code == "RK0215")
      #expect(error.key == "sources.b.attributes.n")
    }
  }

  @Test func badSettings() throws {
    let text = "id,at,amount\n1,2024-01-01,5\n"
    #expect(try failure(text) { $0.delimiter = "||" }.key == "sources.orders.delimiter")
    #expect(try failure(text) { $0.decimal = "" }.key == "sources.orders.decimal")
    #expect(try failure(text) { $0.time.timeZone = "Mars/Base" }.key == "sources.orders.time.time_zone")
    #expect(try failure(text) { $0.quarantineLimit = 2 }.key == "sources.orders.quarantine_limit")
    #expect(try failure(text) { $0.location = .files(["orders.csv", "orders.xyz"]) }.code == "RK0202")
  }

  @Test func linesStayExact() throws {
    let text =
      "id,at,amount\r\n\r\n\"a\nb\",2024-01-01,1\r\n2,2024-01-01,x\r\n\r\n3\r\n4,\"\n\",1\n5,2024-01-01,y"
    let (_, intake) = try read(text)
    #expect(intake.rejected.map(\.line) == [5, 7, 8, 10])
    #expect(intake.rejected.map(\.reason) == [.badNumber, .raggedRow, .badTime, .badNumber])
    #expect(intake.rejected.map(\.text).last == "5,2024-01-01,y")
  }

  /// Files that were damaged at random: an error or a full account, never a crash.
  @Test func damagedFilesNeverCrash() throws {
    var random = SplitMix(state: 99)
    var sound = Array("\u{FEFF}id,at,amount,what\n".utf8)
    for row in 0..<40 {
      sound += Array(
        "\(row),2024-01-\(10 + row % 20) 10:00:00+08:00,\(row).5,\"a \"\"b\"\",\n\u{4E2D}\"\r\n".utf8)
    }
    let folder = try TemporaryFolder()
    let encodings = ["utf-8", "utf-8", "utf-8", "gb18030", "big5", "utf-16"]
    for round in 0..<400 {
      var bytes = sound
      for _ in 0...Int.random(in: 0...8, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2:
          bytes.insert([0x22, 0x2C, 0x0A, 0x0D, 0x00, 0xFF].randomElement(using: &random) ?? 0, at: place)
        default:
          bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...30, using: &random)))
        }
        if bytes.isEmpty { bytes = [0x0A] }
      }
      try folder.write(bytes, to: "orders.csv")
      let definition = orders {
        $0.encoding = encodings[round % encodings.count]
        $0.attributes = [.init("what", column: "what")]
      }
      do throws(Diagnostic) {
        let (log, intake) = try EventReader.read(
          sources: [("orders", definition)], calendar: .utc, baseDirectory: folder.path, workers: Workers(2))
        #expect(intake.read == intake.used + intake.quarantined)
        #expect(log.eventCount == intake.sources[0].events)
      } catch {
        #expect(error.code.hasPrefix("RK02"))
      }
    }
  }
}
