import RekindleNumerics
import Testing

@Suite struct MonotoneRootTests {
  @Test func findsTheRootFromEitherSide() {
    #expect(abs(monotoneRoot(from: 0, to: 2) { $0 * $0 - 2 } - 2.0.squareRoot()) < 1e-15)
    #expect(abs(monotoneRoot(from: 2, to: 0) { 2 - $0 * $0 } - 2.0.squareRoot()) < 1e-15)
    #expect(abs(monotoneRoot(from: 1, outwards: 0.001) { $0 - 1e6 } - 1e6) < 1e-8)
    #expect(abs(monotoneRoot(from: 0, outwards: -1) { $0 + 77 } + 77) < 1e-12)
  }

  @Test func noRootIsMissing() {
    #expect(monotoneRoot(from: 0, to: 1) { $0 + 1 }.isNaN)
    #expect(monotoneRoot(from: 0, to: 1) { _ in .nan }.isNaN)
    #expect(monotoneRoot(from: 0, outwards: 1) { _ in .infinity }.isNaN)
    #expect(monotoneRoot(from: 3, to: 9) { $0 - 3 } == 3)
  }
}
