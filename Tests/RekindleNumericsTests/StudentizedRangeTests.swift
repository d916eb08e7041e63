import Foundation
import RekindleNumerics
import Testing

@Suite struct StudentizedRangeTests {
  /// Of two groups the range is √2 |t|: the whole chain of integrals against Student's t, from the middle
  /// to where the tail is 1e-250.
  @Test func twoGroupsAreStudentsT() {
    for nu in [1, 2.5, 4, 11, 60, 1e3, 1e6, 1e10] {
      for t in [0.01, 0.3, 1, 2.5, 6, 25, 80, 1e4] {
        let exact = 2 * StudentT(degreesOfFreedom: nu).upperTail(t)
        guard exact > 1e-250 else { continue }
        let tail = StudentizedRange(groups: 2, degreesOfFreedom: nu).upperTail(t * 2.0.squareRoot())
        // The last t in √2 t is rounded, which a steep tail shows: t² times the rounding.
        #expect(agree([tail], [exact], to: 1e-12 + 1e-15 * min(nu, t * t)), "\(nu) \(t) \(tail) \(exact)")
      }
    }
    for t in [0.01, 0.5, 3, 10, 30.0] {
      let tail = StudentizedRange(groups: 2, degreesOfFreedom: .infinity).upperTail(t * 2.0.squareRoot())
      #expect(agree([tail], [2 * Normal().upperTail(t)], to: 1e-12), "\(t)")
    }
  }

  /// Of three groups with a known scale and a small range the tail is near 1, and the density near 0.
  @Test func agreesWithNinetyDigits() throws {
    var checked = 0
    for line in try MultipleFixture.lines() where line.kind == "range" {
      let groups = try #require(Int(line.parameter))
      let tail = StudentizedRange(groups: groups, degreesOfFreedom: line.degrees).upperTail(line.x)
      #expect(agree([tail], [line.tail], to: 1e-12), "\(line) \(tail)")
      checked += 1
    }
    #expect(checked == 11)
  }

  /// Printed tables of the upper 5 % and 1 % points (three decimals; Pearson and Hartley, Biometrika
  /// Tables for Statisticians I, table 29).
  @Test func printedTables() {
    let table: [(k: Int, nu: Double, alpha: Double, q: Double)] = [
      (3, 10, 0.05, 3.877), (3, 20, 0.05, 3.578), (4, 12, 0.05, 4.199), (5, 60, 0.05, 3.977),
      (10, 20, 0.05, 5.008), (3, .infinity, 0.05, 3.314), (10, .infinity, 0.01, 5.157),
      (2, 5, 0.01, 5.702),
    ]
    for (k, nu, alpha, q) in table {
      let mine = StudentizedRange(groups: k, degreesOfFreedom: nu).upperQuantile(alpha)
      #expect(abs(mine - q) < 0.0011, "\(k) \(nu) \(mine) \(q)")
    }
  }

  @Test func quantilesUndoTails() {
    for (k, nu) in [(3, 7.0), (8, 33.3), (5, .infinity)] {
      let law = StudentizedRange(groups: k, degreesOfFreedom: nu)
      for p in [1e-60, 1e-12, 0.01, 0.05, 0.5, 0.99] {
        #expect(agree([law.upperTail(law.upperQuantile(p))], [p], to: 1e-11), "\(k) \(nu) \(p)")
      }
    }
  }

  @Test func moreGroupsRangeWider() {
    let tails = [2, 3, 5, 9, 30, 100].map { StudentizedRange(groups: $0, degreesOfFreedom: 20).upperTail(4) }
    #expect(zip(tails, tails.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func edges() {
    let law = StudentizedRange(groups: 3, degreesOfFreedom: 10)
    #expect(law.upperTail(0) == 1 && law.upperTail(-1) == 1 && law.upperTail(.nan).isNaN)
    #expect(law.upperQuantile(0).isNaN && law.upperQuantile(1).isNaN)
    #expect(StudentizedRange(groups: 1, degreesOfFreedom: 10).upperTail(1).isNaN)
    #expect(StudentizedRange(groups: 3, degreesOfFreedom: 0).upperTail(1).isNaN)
  }
}

/// The lines of multiple/tails.csv.
struct MultipleFixture {
  let kind: String
  let parameter: String
  let degrees: Double
  let x: Double
  let tail: Double

  static func lines() throws -> [MultipleFixture] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let text = try String(
      contentsOf: folder.appendingPathComponent("Fixtures/multiple/tails.csv"), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
      let fields = line.split(separator: ",").map(String.init)
      let degrees = fields[2].hasSuffix("inf") ? Double.infinity : Double(fields[2]) ?? .nan
      return MultipleFixture(
        kind: fields[0], parameter: fields[1], degrees: degrees, x: Double(fields[3]) ?? .nan,
        tail: Double(fields[4]) ?? .nan)
    }
  }
}
