import Foundation
import RekindleStatistics

/// What R's package survival finds in its lung data.
struct SurvivalFixture: Decodable {
  struct Steps: Decodable {
    let time, atRisk, events, survival: [Double]
    let standardError: [Double]
  }
  struct Band: Decodable {
    let lower, upper: [Double?]
    let quantiles, quantileLower, quantileUpper: [Double?]
  }
  struct Test: Decodable {
    let observed, expected, variance: [Double]
    let chiSquared, pValue: Double
  }
  let time, event, sex: [Double]
  let ecog: [Double?]
  let steps: Steps
  let plain, log, log_log: Band
  let sex_test, ecog_test: Test

  static func read() throws -> SurvivalFixture {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/survival/survival.json")
    return try JSONDecoder().decode(SurvivalFixture.self, from: Data(contentsOf: file))
  }

  var observations: [CensoredTime] { zip(time, event).map { CensoredTime($0, isEvent: $1 == 1) } }

  /// The observations by the value of a variable, ascending; without those where it is missing.
  func groups(_ variable: [Double?]) -> [[CensoredTime]] {
    Set(variable.compactMap { $0 }).sorted().map { level in
      zip(observations, variable).filter { $0.1 == level }.map(\.0)
    }
  }

  /// Equal to a relative (below 1: absolute) tolerance, or both missing.
  static func agree(_ a: Double, _ b: Double?, _ tolerance: Double = 1e-10) -> Bool {
    guard let b, !b.isNaN else { return a.isNaN }
    return abs(a - b) <= tolerance * max(1, abs(b))
  }
}
