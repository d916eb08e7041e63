import RekindleNumerics
import Testing

@Suite struct QuantilesTests {
  /// R 4.2: quantile(c(3, 1, 4, 1, 5, 9, 2, 6), c(0, 0.1, 0.5, 0.77, 1)).
  @Test func typeSevenAsInR() {
    let quantiles = Quantiles([3, 1, 4, 1, 5, 9, 2, 6])
    #expect(agree([0, 0.1, 0.5, 0.77, 1].map { quantiles($0) }, [1, 1, 3.5, 5.39, 9], to: 1e-14))
    #expect(quantiles.median == 3.5)
  }

  @Test func missingValuesAreLeftOut() {
    #expect(Quantiles([.nan, 2, .nan, 4]).median == 3)
    #expect(Quantiles([.nan]).median.isNaN)
    #expect(Quantiles([1, 2])(1.01).isNaN)
    #expect(Quantiles([1, .infinity])(0) == 1)
  }
}
