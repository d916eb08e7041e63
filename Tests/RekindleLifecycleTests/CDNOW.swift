import Foundation
import RekindleCore
import RekindleEvents
import RekindleLifecycle
import RekindleStatistics

/// The public purchase log and its 1/10 sample, when the machine has them.
enum CDNOW {
  static let folder = ProcessInfo.processInfo.environment["REKINDLE_DATASETS"]
  static let words = "REKINDLE_DATASETS does not name the folder of the public data sets"

  static func log(_ file: String, customer: String = "customer_id") throws -> EventLog {
    let orders = SourceDefinition(
      location: .files(["cdnow/cdnow_\(file).csv.gz"]), kind: .constant("purchase"),
      customer: customer, time: .init("date"), value: "dollar_value")
    return try EventReader.read(
      sources: [("orders", orders)], calendar: .utc, baseDirectory: folder ?? "", workers: Workers(1)
    ).0
  }

  /// The sample to the end of September 1997, in weeks: the calibration period of the papers.
  static let calibration: PurchaseHistories? = try? PurchaseHistories(
    of: log("sample", customer: "sample_id"), asOf: day("1997-10-01"), unit: .week)

  /// The same as it is shipped with libraries, from which published answers for single customers come:
  /// ages and mean spend are rounded to two decimals.
  static let printed: [(history: RepeatHistory, spend: SpendHistory)] = {
    guard let exact = calibration else { return [] }
    // Half a cent was rounded up there, also where the nearest binary number is below it.
    func rounded(_ value: Double) -> Double { (value * 100 + 1e-7).rounded() / 100 }
    return zip(exact.histories, exact.spends).map { history, spend in
      (
        weeks(history.repeats, rounded(history.lastAge), rounded(history.age)),
        SpendHistory(repeats: spend.repeats, mean: rounded(spend.mean))
      )
    }
  }()
}

func day(_ text: String) -> Instant {
  CivilCalendar.utc.midnight(day: CivilDate(text)?.daysSinceEpoch ?? 0)
}

func weeks(_ repeats: Double, _ lastAge: Double, _ age: Double) -> RepeatHistory {
  RepeatHistory(repeats: repeats, lastAge: lastAge, age: age, unit: .week)
}

/// Equal to a relative tolerance.
func close(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool { abs(a - b) <= tolerance * abs(b) }
