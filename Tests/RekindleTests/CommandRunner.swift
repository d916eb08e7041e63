import Foundation
import Testing

/// Runs the built command in a folder of its own, as a shop would.
///
/// The command lies beside the test bundle: both are products of one build.
struct CommandRunner {
  struct Run {
    let code: Int32
    let output: String
    let error: String
  }

  let folder: TemporaryFolder

  /// Files to begin with, by name.
  init(_ files: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    for name in files.keys.sorted() { try folder.write(files[name] ?? "", to: name) }
  }

  static var binary: URL {
    URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "rekindle")
  }

  /// - Parameter environment: put over this process's own.
  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Run {
    try run(arguments, environment: environment)
  }

  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Run {
    try CommandRunner.run(
      CommandRunner.binary, arguments, in: folder.path, environment: environment)
  }

  /// Runs any program, and waits; what it prints goes through files, which no amount fills up.
  static func run(
    _ program: URL, _ arguments: [String], in directory: String, environment: [String: String] = [:]
  ) throws -> Run {
    let streams = try TemporaryFolder()
    let outputPath = streams.path + "/output"
    let errorPath = streams.path + "/error"
    try streams.write("", to: "output")
    try streams.write("", to: "error")
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: directory)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: outputPath))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errorPath))
    try process.run()
    process.waitUntilExit()
    return Run(
      code: process.terminationStatus, output: try String(contentsOfFile: outputPath, encoding: .utf8),
      error: try String(contentsOfFile: errorPath, encoding: .utf8))
  }

  /// Runs a command that has to fail, and checks that it printed no data and wrote nothing.
  func failure(
    _ arguments: String..., code: Int32 = 2, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let before = try folder.contents()
    let run = try run(arguments)
    #expect(run.code == code, "\(run.error)", sourceLocation: sourceLocation)
    #expect(run.output.isEmpty, sourceLocation: sourceLocation)
    #expect(try folder.contents() == before, "a failed run changes nothing", sourceLocation: sourceLocation)
    #expect(run.error.contains("error[RK"), "\(run.error)", sourceLocation: sourceLocation)
    #expect(run.error.contains("\n  --> "), "no place: \(run.error)", sourceLocation: sourceLocation)
    #expect(run.error.contains("= help: "), "no fix: \(run.error)", sourceLocation: sourceLocation)
    return run.error
  }
}

/// A folder that is removed with its last user.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "rekindle-command-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: path + "/" + name))
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: path + "/" + name, encoding: .utf8)
  }

  /// Every file with its bytes.
  func contents() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      files[name] = try Data(contentsOf: URL(filePath: path + "/" + name))
    }
    return files
  }
}

/// The folder of the public data sets, on a machine that has it.
func publicDataSets() -> String? {
  let folder = ProcessInfo.processInfo.environment["REKINDLE_DATASETS"]
  if folder == nil { print("skipped: REKINDLE_DATASETS does not name the folder of the public data sets") }
  return folder
}
