import RekindleChurn
import RekindleCore
import Testing

@Suite struct ROCCurveTests {
  let outcomes: [Bool]
  let s100b: [Double]
  let ndka: [Double]
  let wfns: [Double]

  init() throws {
    let rows = try Fixture.rows("asah/asah.csv")
    outcomes = rows.map { $0[0] == "Poor" }
    s100b = rows.map { Double($0[1]) ?? .nan }
    ndka = rows.map { Double($0[2]) ?? .nan }
    wfns = rows.map { Double($0[3]) ?? .nan }
  }

  @Test func areasAndIntervalsOfPROC() throws {
    #expect(outcomes.count == 113)
    let a = try AreaUnderCurve(scores: s100b, outcomes: outcomes)
    #expect(close(a.area, 0.731368563686))
    #expect(close(a.standardError.map { $0 * $0 }, 0.00266868245717244, 1e-14))
    #expect(close(a.low, 0.6301182, 1e-7))
    #expect(close(a.high, 0.8326189, 1e-7))
    #expect(close(try AreaUnderCurve(scores: ndka, outcomes: outcomes).area, 0.611957994580))
    let w = try AreaUnderCurve(scores: wfns, outcomes: outcomes)
    #expect(close(w.area, 0.823678861789))
    #expect(close(w.low, 0.7485349, 1e-7))
  }

  @Test func pairedTestsOfPROC() throws {
    let first = try AreaDifference(s100b, minus: wfns, outcomes: outcomes)
    #expect(close(first.z, -2.208983591, 1e-9))
    #expect(close(first.pValue, 0.0271757822291882, 1e-12))
    #expect(close(first.low, -0.1742144192494776))
    #expect(close(first.high, -0.0104061769564846))
    let second = try AreaDifference(s100b, minus: ndka, outcomes: outcomes)
    #expect(close(second.z, 1.390770026, 1e-9))
    #expect(close(second.pValue, 0.164295175, 1e-8))
  }

  @Test func theOrderOfRowsAndARisingTransformChangeNothing() throws {
    let order = outcomes.indices.map { ($0 * 50) % 113 }
    let plain = try AreaUnderCurve(scores: wfns, outcomes: outcomes)
    let moved = try AreaUnderCurve(
      scores: order.map { 3 * wfns[$0] - 7 }, outcomes: order.map { outcomes[$0] })
    #expect(plain.area == moved.area)
    #expect(close(moved.standardError, plain.standardError ?? .nan, 1e-13))
    let flipped = try AreaUnderCurve(scores: wfns.map { -$0 }, outcomes: outcomes)
    #expect(close(flipped.area, 1 - plain.area))
  }

  @Test func equalScoresAreACoinToss() throws {
    let area = try AreaUnderCurve(scores: [1, 1, 1, 1], outcomes: [true, false, true, false])
    #expect(area.area == 0.5)
    #expect(area.standardError == 0)
    let same = try AreaDifference([1, 2, 3, 4], minus: [2, 4, 6, 8], outcomes: [true, false, true, false])
    #expect(same.z == nil)
    #expect(same.difference == 0)
  }

  @Test func whatCannotBeRankedIsRefused() {
    func code(_ scores: [Double], _ outcomes: [Bool]) -> String? {
      do throws(Diagnostic) {
        _ = try AreaUnderCurve(scores: scores, outcomes: outcomes)
        return nil
      } catch {
        return error.code
      }
    }
    #expect(code([1, 2], [false, false]) == "RK0401")
    #expect(code([1, 2], [true, true]) == "RK0402")
    #expect(code([1, .nan], [true, false]) == "RK0403")
  }
}
