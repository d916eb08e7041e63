import Foundation
import RekindleCore
import RekindleEvents
import Testing

/// A folder that is removed with its last user.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "rekindle-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }
}

/// A source with the columns `id`, `at` and `amount`, to be changed at will.
func orders(
  _ file: String = "orders.csv", _ change: (inout SourceDefinition) -> Void = { _ in }
) -> SourceDefinition {
  var definition = SourceDefinition(
    location: .files([file]), kind: .constant("purchase"), customer: "id", time: .init("at"),
    value: "amount", quarantineLimit: 1)
  change(&definition)
  return definition
}

/// The log and the intake of one file with this text.
func read(
  _ text: String, zone: String = "UTC", until: Instant? = nil,
  _ change: (inout SourceDefinition) -> Void = { _ in }
) throws -> (log: EventLog, intake: Intake.Source) {
  let folder = try TemporaryFolder()
  try folder.write(text, to: "orders.csv")
  let result = try EventReader.read(
    sources: [("orders", orders("orders.csv", change))], calendar: CivilCalendar(timeZone: zone),
    baseDirectory: folder.path, until: until, workers: Workers(2))
  return (result.log, try #require(result.intake.sources.first))
}

/// The diagnostic that reading this text ends in.
func failure(
  _ text: String, _ change: (inout SourceDefinition) -> Void = { _ in }
) throws -> Diagnostic {
  do {
    _ = try read(text, change)
  } catch let diagnostic as Diagnostic {
    return diagnostic
  }
  throw TestFailure(message: "nothing was thrown")
}

struct TestFailure: Error { let message: String }

extension EventLog {
  /// The numbers of an attribute, in the log's order.
  func numbers(_ kind: String, _ attribute: String) throws -> [Double] {
    guard case .number(let values) = try #require(stream(kind)?.attribute(attribute)).column else {
      throw TestFailure(message: "\(attribute) is not a number")
    }
    return values
  }

  /// The words of an attribute, in the log's order; missing is `nil`.
  func words(_ kind: String, _ attribute: String) throws -> [String?] {
    guard
      case .category(let codes, let dictionary) = try #require(stream(kind)?.attribute(attribute)).column
    else { throw TestFailure(message: "\(attribute) is not a category") }
    return codes.map { $0 < 0 ? nil : dictionary[Int($0)] }
  }
}

/// A small generator, so that a test's random cases are the same on every machine.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
