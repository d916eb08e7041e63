import Foundation
import RekindleBehaviour
import RekindleCore
import RekindleEvents

func logarithm(_ x: Double) -> Double { log(x) }

/// Times the features of `features42.yaml` over a synthetic log in memory, at one as-of date and at
/// six.
///
///     EvaluatorBenchmark FEATURES [--threads 2] [--scale 1] [--runs 3] [--zone UTC]
@main
struct EvaluatorBenchmark {
  static func main() throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String, _ standard: String) -> String {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return standard }
      let value = arguments[index + 1]
      arguments.removeSubrange(index...index + 1)
      return value
    }
    let threads = Int(option("--threads", "2")) ?? 2
    let scale = Double(option("--scale", "1")) ?? 1
    let runs = Int(option("--runs", "3")) ?? 3
    let only = option("--only", "")
    let calendar = try CivilCalendar(timeZone: option("--zone", "UTC"))
    guard let path = arguments.first else {
      print("usage: EvaluatorBenchmark FEATURES [--threads 2] [--scale 1] [--runs 3] [--zone UTC]")
      return
    }
    let features = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
      .map { line in
        let colon = line.firstIndex(of: ":") ?? line.startIndex
        let formula = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        return FeatureDefinition(name: String(line[..<colon]), expression: try Expression(parsing: formula))
      }
      .filter { only.isEmpty || $0.name.hasPrefix(only) }
    let log = SyntheticLog.make(scale: scale, calendar: calendar)
    print(
      "\(log.eventCount) events, \(log.customers.count) customers, \(features.count) features, \(threads) threads"
    )
    let evaluator = Evaluator(log: log, workers: Workers(threads))
    let last = Instant(seconds: 1_696_118_400)  // 2023-10-01
    for dates in [1, 6] {
      let times = (0..<dates).map { calendar.adding(days: -30 * (dates - 1 - $0), to: last) }
      let moments = (0..<Int32(log.customers.count)).flatMap { customer in
        times.map { Moment(customer: customer, time: $0) }
      }
      for _ in 0..<runs {
        let clock = ContinuousClock()
        let before = cpuSeconds()
        var sum = 0.0
        let elapsed = try clock.measure {
          let table = try evaluator.table(of: features, at: moments)
          for column in table.columns {
            if case .number(let values) = column.values { sum += values[values.count / 2] }
          }
        }
        let wall = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        print(
          "\(dates) date(s): \(String(format: "%.3f s wall, %.3f s CPU", wall, cpuSeconds() - before)), check \(sum)"
        )
      }
    }
  }

  static func cpuSeconds() -> Double {
    Double(clock()) / Double(CLOCKS_PER_SEC)
  }
}
