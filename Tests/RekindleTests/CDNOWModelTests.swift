import Foundation
import Rekindle
import Testing

/// The built-in features against the seven of the literature, out of time, on a real purchase log.
@Suite struct CDNOWModelTests {
  static func project(_ features: String, _ training: String, log: String) throws -> Project {
    try Project(
      file: try ProjectFile(
        text: """
          rekindle: 1
          sources:
            purchases:
              file: \(log)
              kind: purchase
              customer: customer_id
              time: date
              value: dollar_value
              attributes:
                quantity: {column: cds, type: number}
          features:
          \(features)
          churn: {horizon: 180d, eligible: count(purchase) >= 1}
          training:
            snapshots: [1997-07-01, 1997-12-28]
          \(training)
          """, path: "rekindle.yaml"),
      workers: Workers(2))
  }

  @Test func theBuiltInSetDoesAtLeastAsWellAsTheSevenFeatures() throws {
    guard let folder = ProcessInfo.processInfo.environment["REKINDLE_DATASETS"] else {
      print("skipped: REKINDLE_DATASETS does not name a folder with cdnow/cdnow_master.csv.gz")
      return
    }
    let log = folder + "/cdnow/cdnow_master.csv.gz"
    let seven = try Self.project(
      """
        sets: []
        add:
          log_active_days: log1p(active_days(purchase))
          days_since_last: days_since_last(purchase)
          tenure: days_since_first(purchase)
          log_spend: log1p(sum(purchase.value))
          order_days_{30,90,180}: active_days(purchase, last {}d)
      """, "  penalty: none\n  preparation: plain", log: log
    ).train().outcome
    let retail = try Self.project("  sets: [retail]", "  penalty: ridge", log: log).train().outcome
    let scores = try [retail, seven].map { try Scorer(model: $0.model).score($0.test.table).probabilities }
    #expect(retail.test.table.customers == seven.test.table.customers)
    let difference = try AreaDifference(scores[0], minus: scores[1], outcomes: seven.test.outcomes)
    #expect(difference.difference >= 0, "\(difference)")
    #expect(difference.low > -0.001 && difference.high > difference.low)
  }
}
