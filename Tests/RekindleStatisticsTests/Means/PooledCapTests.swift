import RekindleStatistics
import Testing

@Suite struct PooledCapTests {
  private let arms: [[Double]] = [[0, 0, 0, 5, 7], [0, 0, 6, 900, .nan]]

  @Test func oneCapServesAllArms() {
    let cap = PooledCap(arms: arms, at: 0.75)
    // Of 0 0 0 0 0 5 6 7 900 the type-7 quantile at 0.75 is the seventh.
    #expect(cap.limit == 6)
    #expect(arms.map { cap.count(in: $0) } == [1, 1])
    #expect(arms[0].map { cap($0) } == [0, 0, 0, 5, 6])
    #expect(cap(.nan).isNaN && cap(-3) == -3)
  }

  @Test func zerosMayBeLeftOut() {
    // Of 5 6 7 900.
    #expect(PooledCap(arms: arms, at: 0.5, of: .nonZero).limit == 6.5)
    #expect(PooledCap(arms: [[0, 0], [0]], at: 0.99, of: .nonZero).limit == .infinity)
  }
}
