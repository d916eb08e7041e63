import RekindleStatistics
import Testing

@Suite struct ExactTests {
  private static func two(_ x0: Int, _ n0: Int, _ x1: Int, _ n1: Int) -> TwoProportions {
    TwoProportions(
      control: ProportionCounts(successes: x0, count: n0), variant: ProportionCounts(successes: x1, count: n1)
    )
  }

  @Test func agreeWithSciPyAndADenseGrid() throws {
    var seen = 0
    for row in try ProportionFixture.rows("exact/expected.csv") {
      seen += 1
      let boschloo = row.two.boschlooPValue(alternative: row.alternative)
      let barnard = row.two.barnardPValue(alternative: row.alternative)
      switch row.name {
      case "boschloo": #expect(isNear(boschloo, row.a, 1e-10), "\(row) \(boschloo) \(row.a)")
      case "barnard": #expect(isNear(barnard, row.a, 1e-10), "\(row) \(barnard) \(row.a)")
      // SciPy's search may stop below the largest value, never above; NaN where no unit succeeded.
      case "boschloo_scipy" where !row.a.isNaN:
        #expect(boschloo >= row.a * (1 - 1e-8) && boschloo <= row.a * 1.05, "\(row) \(boschloo) \(row.a)")
      case "barnard_scipy" where !row.a.isNaN:
        #expect(barnard >= row.a * (1 - 1e-8) && barnard <= row.a * 1.05, "\(row) \(barnard) \(row.a)")
      case "mid_p":
        #expect(isNear(row.two.midPValue(alternative: row.alternative), row.a, 1e-10), "\(row)")
      default: continue
      }
    }
    #expect(seen == 150)
  }

  /// The vaccine of C. R. Mehta and P. Senchaudhuri, 2003: one-sided, Fisher 0.064 and Barnard 0.034.
  @Test func publishedVaccineTable() {
    let table = Self.two(7, 15, 12, 15)
    #expect(abs(table.fisherPValue(alternative: .greater) - 0.0641) < 5e-4)
    #expect(abs(table.barnardPValue(alternative: .greater) - 0.0341) < 5e-4)
  }

  /// Boschloo's p never exceeds Fisher's; exchanging arms, or successes and failures, changes nothing.
  @Test func symmetriesAndOrder() {
    for (x0, n0, x1, n1) in [(3, 17, 9, 23), (0, 12, 3, 30), (20, 41, 11, 15), (5, 5, 3, 9), (2, 60, 2, 11)] {
      let table = Self.two(x0, n0, x1, n1)
      for side in Alternative.allCases {
        let other: Alternative = side == .less ? .greater : side == .greater ? .less : .twoSided
        let b = table.boschlooPValue(alternative: side)
        #expect(b <= table.fisherPValue(alternative: side, twoSided: .doubled) * (1 + 1e-9))
        #expect(isNear(Self.two(x1, n1, x0, n0).boschlooPValue(alternative: other), b, 1e-10))
        #expect(isNear(Self.two(n0 - x0, n0, n1 - x1, n1).boschlooPValue(alternative: other), b, 1e-10))
        let z = table.barnardPValue(alternative: side)
        #expect(isNear(Self.two(x1, n1, x0, n0).barnardPValue(alternative: other), z, 1e-10))
        let f = table.fisherPValue(alternative: side)
        #expect(isNear(Self.two(x1, n1, x0, n0).fisherPValue(alternative: other), f, 1e-10))
      }
    }
  }

  /// Exact means: whatever the common rate, p ≤ α happens with probability at most α.
  @Test(arguments: [ProportionMethod.fisher, .boschloo, .barnard]) func sizeIsHeld(_ method: ProportionMethod)
  {
    let (n0, n1) = (9, 13)
    var rejected: [(Int, Int)] = []
    for x0 in 0...n0 {
      for x1 in 0...n1 where Self.two(x0, n0, x1, n1).effect(method: method).pValue <= 0.05 {
        rejected.append((x0, x1))
      }
    }
    var largest = 0.0
    for rate in stride(from: 0.005, to: 1, by: 0.005) {
      let (a, b) = (BinomialMasses(n0, rate), BinomialMasses(n1, rate))
      largest = max(largest, rejected.reduce(0) { $0 + a[$1.0] * b[$1.1] })
    }
    #expect(largest <= 0.05)
    if method != .fisher { #expect(largest > 0.03) }
  }
}
