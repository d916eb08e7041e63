import Foundation
import RekindleCore
import RekindleEvents
import RekindleLifecycle
import RekindleNumerics
import RekindleStatistics

/// Times what it takes to value every customer: the purchase histories, the fits of timing (MBG/NBD) and
/// spend (gamma-gamma), and the columns that they give.
///
///     ValueBenchmark [--customers 1000000] [--threads 2] [--runs 3] [--model mbg|bg|pareto]
///
/// The customers are simulated in whole days over two years; about half of them buy once. The parameters
/// that made them are printed beside those found.
@main
struct ValueBenchmark {
  static let truth = MBGNBD(r: 0.8, alpha: 60, a: 0.9, b: 2.5, unit: .day)
  static let days = 730.0

  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String, _ standard: String) -> String {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return standard }
      return arguments[index + 1]
    }
    let count = Int(option("--customers", "")) ?? 1_000_000
    let workers = Workers(Int(option("--threads", "")) ?? 2)
    let log = log(customers: count)
    let moment = Instant(seconds: Int64(days) * 86_400)
    for _ in 0..<(Int(option("--runs", "")) ?? 3) {
      switch option("--model", "mbg") {
      case "bg": try run(BGNBD.self, log, moment, workers)
      case "pareto": try run(ParetoNBD.self, log, moment, workers)
      default: try run(MBGNBD.self, log, moment, workers)
      }
    }
  }

  static func run<Model: PurchaseModel>(
    _: Model.Type, _ log: EventLog, _ moment: Instant, _ workers: Workers
  ) throws {
    let histories = try timed("histories") {
      try PurchaseHistories(of: log, asOf: moment, unit: .week, workers: workers)
    }
    let timing = try timed("timing") {
      try Model.fit(histories.histories, unit: .week, workers: workers)
    }
    let spend = try timed("spend") { try GammaGamma.fit(histories.spends, workers: workers) }
    let columns = timed("columns") {
      ValueColumns(
        histories, customerCount: log.customers.count, timing: timing.model, spend: spend.model,
        horizon: .days(90), lifetime: (12, .yearly(0.1)), workers: workers)
    }
    // As expressions ask for them: a customer at a time.
    let none = timed("rows, chance of none") {
      histories.histories.reduce(0) { $0 + timing.model.probabilityOfNoPurchase($1, within: .days(90)) }
    }
    let purchases = timed("rows, expected purchases") {
      histories.histories.reduce(0) { $0 + timing.model.expectedPurchases($1, within: .days(90)) }
    }
    let once = histories.histories.count { $0.repeats == 0 }
    print(
      "  \(histories.customers.count) customers, \(once) once;",
      "\(timing.fit.evaluations) + \(spend.fit.evaluations) evaluations;",
      "log L \(timing.fit.logLikelihood) and \(spend.fit.logLikelihood);",
      (timing.fit.estimates + spend.fit.estimates).map { "\($0.name) \($0.value)" }.joined(separator: ", "))
    let known = columns.lifetimeValue.filter(\.isFinite)
    let mean = known.reduce(0, +) / Double(known.count)
    print("  mean lifetime value \(mean), sums of rows \(none) and \(purchases)")
  }

  static func timed<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    let before = cpuSeconds()
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    let time = clock.now - start
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
    print("\(name) seconds=\(seconds) cpu=\(cpuSeconds() - before)")
    return result
  }

  static func log(customers: Int) -> EventLog {
    var random = RandomStream(seed: 20_240_101)
    var offsets: [UInt32] = [0]
    var times: [Instant] = []
    var values: [Double] = []
    for _ in 0..<customers {
      let rate = random.gamma(shape: truth.r) / truth.alpha
      let leaving = random.beta(truth.a, truth.b)
      let scale = random.gamma(shape: 4) / 15
      var day = (random.uniform() * days).rounded(.down)
      while true {
        let value = random.gamma(shape: 6) / scale
        times.append(Instant(seconds: Int64(day) * 86_400))
        values.append((value * 100).rounded() / 100)
        if random.uniform() < leaving { break }
        day = (day + random.exponential() / rate).rounded(.up)
        if day >= days { break }
      }
      offsets.append(UInt32(times.count))
    }
    let stream = EventStream(
      kind: "purchase", offsets: offsets, times: times,
      attributes: [EventAttribute(name: "value", column: .number(values))])
    return EventLog(
      customers: (0..<customers).map { "C\(10_000_000 + $0)" }, streams: [stream], calendar: .utc)
  }

  // Of getrusage, 0 is this process on every system; the named constant has a type of its own on each.
  static func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(0, &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
  }
}
