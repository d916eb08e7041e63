import ArgumentParser
import Rekindle

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "A synthetic shop with known truth.",
    discussion: """
      Writes the event logs of a shop that does not exist, a project file for them, and the true
      probability of leaving beside them. The same seed gives the same bytes.

      Example:
        rekindle simulate --customers 3000 --seed 1 --output shop
      """)

  @Option(help: "How many customers.")
  var customers = 3000

  @Option(help: "The seed of everything random.")
  var seed: UInt64 = 1

  @Option(help: "How many days the log covers.")
  var days = 731

  @Option(help: "The first day of the log. (default: 2024-01-01)")
  var start: DayArgument?

  @Option(help: "The shop's time zone.")
  var timeZone = "UTC"

  @Flag(help: "Leave the truth away: for large shops, whose truth takes long to compute.")
  var withoutTruth = false

  @Flag(help: "Pack the files with gzip.")
  var gzip = false

  @Flag(help: "Write Parquet files in place of CSV.")
  var parquet = false

  @Option(name: .shortAndLong, help: "The folder to write into; made when it does not exist.")
  var output = "shop"

  @Flag(name: [.customShort("n"), .long], help: "Do everything but write.")
  var dryRun = false

  @OptionGroup var work: WorkOptions

  func validate() throws {
    if gzip && parquet { throw ValidationError("--gzip packs CSV; Parquet is packed already") }
  }

  func run() throws {
    let shop = try ShopSimulation(
      customers: customers, seed: seed, start: start?.date ?? CivilDate(daysSinceEpoch: 19_723), days: days,
      timeZone: timeZone, asOf: withoutTruth ? [] : nil)
    let rows = try run(shop)
    for table in ShopTable.allCases { work.talk.say("\(table.name): \(rows[table] ?? 0) rows") }
    if !dryRun { work.talk.say("next: rekindle train --project \(output)/rekindle.yaml") }
  }

  private func run(_ shop: ShopSimulation) throws -> [ShopTable: Int] {
    let progress = Progress(total: customers, unit: "customers", isShown: !work.quiet)
    defer { progress.finish() }
    if dryRun { return try shop.run(into: CountedRows(), workers: work.workers, progress: progress.report) }
    if parquet {
      return try shop.run(
        into: ShopParquet(of: shop, folder: output), workers: work.workers, progress: progress.report)
    }
    return try shop.run(
      into: ShopCSV(of: shop, folder: output, packing: gzip ? .gzip : .plain), workers: work.workers,
      progress: progress.report)
  }
}

/// Takes rows and keeps none.
private final class CountedRows: RowSink {
  func append(_ batch: [ShopRows], workers: Workers) throws(Diagnostic) {}
  func finish() throws(Diagnostic) {}
}
