import RekindleStatistics
import Testing

@Suite struct MissingCovariatesTests {
  private let y: [Double] = [3, 5, 4, 8, 9, 2, 7, 6, 1, 5, 8, 4]
  private let x: [Double] = [1, 2, .nan, 5, 6, .nan, 4, 3, 1, .nan, 7, .nan]

  private func arms(_ columns: [[Double]]) -> [Moments] {
    (0...1).map { arm in
      moments(([y] + columns).map { column in y.indices.filter { $0 / 6 == arm }.map { column[$0] } })
    }
  }

  @Test func whatIsFilledInDoesNotMatter() {
    let zero = arms(MissingCovariates().columns([x]))
    let other = arms(MissingCovariates(filling: 40).columns([x]))
    let (a, b) = (CUPED(arms: zero).estimates(), CUPED(arms: other).estimates())
    #expect(agrees(a.difference, b.difference, within: 1e-11))
    #expect(agrees(a.standardError, b.standardError, within: 1e-11))
    let (c, d) = (LinAdjustment(arms: zero).estimates(), LinAdjustment(arms: other).estimates())
    #expect(agrees(c.difference, d.difference, within: 1e-11))
    #expect(agrees(c.standardError, d.standardError, within: 1e-11))
  }

  @Test func anIndicatorThatNobodyNeedsIsDropped() {
    let whole = x.map { $0.isNaN ? 2 : $0 }
    let arms = arms(MissingCovariates().columns([whole]))
    #expect(LinAdjustment(arms: arms).findings() == [.covariateDropped(1)])
    #expect(MissingCovariates(filling: 9)(.nan) == (9, 1))
    #expect(MissingCovariates(filling: 9)(3) == (3, 0))
  }
}
