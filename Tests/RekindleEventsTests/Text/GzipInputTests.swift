import Foundation
import RekindleCore
import RekindleEvents
import Testing

/// The bytes were made by gzip 1.12 (`printf '…' | gzip -9n | base64`).
@Suite struct GzipInputTests {
  // "id,at,amount\n1,2024-01-01,5\n" and "2,2024-01-02,6\n"
  private let first =
    Data(base64Encoded: "H4sIAAAAAAACA8tM0Uks0UnMzS/NK+Ey1DEyMDLRNTAEIh1TLgDjU56FHAAAAA==") ?? Data()
  private let second = Data(base64Encoded: "H4sIAAAAAAACAzPSMTIwMtE1MNQ1MNIx4wIAaYW51g8AAAA=") ?? Data()

  private func count(_ data: Data) throws -> Int {
    let folder = try TemporaryFolder()
    try folder.write(Array(data), to: "orders.csv.gz")
    return try EventReader.read(
      sources: [("orders", orders("orders.csv.gz"))], calendar: .utc, baseDirectory: folder.path,
      workers: Workers(1)
    ).intake.used
  }

  @Test func membersFollowOneAnother() throws {
    #expect(try count(first) == 1)
    #expect(try count(first + second) == 2)
    #expect(try count(first + second + Data(repeating: 0, count: 512)) == 2)
  }

  @Test func damageIsTold() throws {
    var flipped = first
    flipped[flipped.count - 6] ^= 0xFF
    for data in [flipped, first.dropLast(3), first + second.prefix(12), first + Data([1, 2, 3])] {
      do {
        _ = try count(Data(data))
        Issue.record("damaged data was read")
      } catch let diagnostic as Diagnostic {
        #expect(diagnostic.code == "RK0204")
      }
    }
  }
}
