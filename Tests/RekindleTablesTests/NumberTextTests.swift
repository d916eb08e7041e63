import Foundation
import RekindleTables
import Testing

@Suite struct NumberTextTests {
  /// The C library prints the exact binary value, so it is the reference, ties and all.
  @Test func fixedIsThePrintersRounding() {
    var values: [Double] = [
      0, 0.5, 1.5, 2.5, 0.05, 0.125, 0.375, 2.675, 1.005, 0.995, 9.5, 99.995, 1e10 + 0.5,
    ]
    var state: UInt64 = 9
    for _ in 0..<4000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let small = Double(state >> 40)
      // Multiples of 1/8 and 1/1000: many ties, and many that only look like ties.
      values += [small / 8, small / 1000, Double(state >> 11) / 1e6]
    }
    for value in values {
      for digits in 0...5 {
        let reference = String(format: "%.*f", locale: nil, digits, value)
        #expect(fixed(value, digits: digits) == reference)
        let isZero = !reference.contains { "123456789".contains($0) }
        #expect(fixed(-value, digits: digits) == (isZero ? reference : "-" + reference))
      }
    }
  }
}
