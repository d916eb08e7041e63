import ArgumentParser
import Foundation
import Rekindle

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Look at files and write a commented project file for them.",
    discussion: """
      Finds the encoding, the delimiter, the header, the columns of customer, time and value, and the
      kind of event, and writes every setting with its evidence. What the files leave open is refused
      with the options that decide it.

      Examples:
        rekindle init --from orders.csv
        rekindle init --from orders.csv visits.csv.gz --time-format "%d/%m/%Y" --time-zone Europe/Berlin
      """)

  @Option(parsing: .upToNextOption, help: "The files to look at: CSV, TSV, JSON lines, Parquet.")
  var from: [String]

  @Option(help: "The column of customer ids; repeat it where files name it differently.")
  var customer: [String] = []

  @Option(help: "The column of times; repeat it where files name it differently.")
  var time: [String] = []

  @Option(help: "How times are written, such as \"%d/%m/%Y %H:%M\" or epoch_s; repeat it where files differ.")
  var timeFormat: [String] = []

  @Option(help: "The shop's time zone, such as Europe/Berlin.")
  var timeZone = "UTC"

  @Option(name: .shortAndLong, help: "The project file to write.")
  var output = "rekindle.yaml"

  @Flag(help: "Write over a project file that is there.")
  var force = false

  @Flag(name: [.customShort("n"), .long], help: "Print the project file in place of writing it.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  func run() throws {
    if !dryRun, !force, FileManager.default.fileExists(atPath: output) {
      throw Diagnostic(
        "RK0611", "\(output) is there already, and init writes over nothing",
        help: "add --force to replace it, -n to look at the new one, or --output for another name")
    }
    let template = try ProjectTemplate(
      files: from, output: output, timeZone: timeZone,
      decisions: .init(customers: customer, times: time, timeFormats: timeFormat))
    let talk = Talk(isQuiet: quiet)
    for source in template.sources {
      let roles = [
        "customer: \(source.definition.customer)", "time: \(source.definition.time.column)",
        source.definition.value.map { "value: \($0)" },
      ]
      talk.say("\(source.name): " + roles.compactMap { $0 }.joined(separator: ", "))
    }
    guard !dryRun else { return Terminal.writeOutput(template.text()) }
    try OutputFile.write(Array(template.text().utf8), to: output, for: .everyone)
    talk.say("project file: \(output); read its comments and set time_zone")
    talk.say("next: rekindle check" + (output == "rekindle.yaml" ? "" : " --project \(output)"))
  }
}
