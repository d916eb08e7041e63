import Foundation
import RekindleTables
import Testing

@Suite struct NumberTextTests {
  @Test func fixedHasTheDigitsOfPrintf() {
    var state: UInt64 = 7
    for digits in 0...8 {
      for _ in 0..<400 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let value = (Double(state >> 33) - 1_073_741_824) / 1024
        #expect(fixed(value, digits: digits) == String(format: "%.*f", digits, value))
      }
    }
    for value in [0.5, 1.5, 2.5, 0.125, 1.005, 1.115, 0.285, 12_345_678.905, 1e20, 999.9995] {
      for digits in 0...3 {
        #expect(fixed(value, digits: digits) == String(format: "%.*f", digits, value), "\(value)")
        #expect(
          fixed(-value, digits: digits).contains("-") == !fixed(value, digits: digits).allSatisfy {
            "0.".contains($0)
          })
      }
    }
  }

  @Test func shortestReadsBack() {
    for value in [
      0.1 + 0.2, 1.0 / 3, Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude, -0.0, 1e15,
      123_456_789_012_345,
    ] {
      #expect(Double(shortest(value)) == value)
    }
    #expect(shortest(42) == "42")
  }
}
