import Foundation
import Testing

/// Every command in the README is run, in order, as a reader would.
@Suite struct ReadmeTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The lines of all `sh` blocks.
  static func commands() throws -> [String] {
    let text = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    var commands: [String] = []
    var isShell = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isShell = line == "```sh"
      } else if isShell, !line.isEmpty {
        commands.append(String(line))
      }
    }
    return commands
  }

  @Test func everyCommandRuns() throws {
    let commands = try Self.commands()
    #expect(commands.filter { $0.hasPrefix("make ") } == ["make demo", "make test"])
    let own = commands.filter { !$0.hasPrefix("make ") }
    #expect(own.count > 10)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("rekindle-readme-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["datasets", "models"] {
      try FileManager.default.createSymbolicLink(
        at: folder.appendingPathComponent(name), withDestinationURL: Self.root.appendingPathComponent(name))
    }
    // The command lies beside the test bundle.
    let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-ec", own.joined(separator: "\n")]
    shell.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = products + ":" + (environment["PATH"] ?? "")
    shell.environment = environment
    let errors = Pipe()
    shell.standardError = errors
    shell.standardOutput = FileHandle.nullDevice
    try shell.run()
    let talk = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0, "\(talk)")
    for name in ["try/scores.csv", "features.csv", "shop.json", "from-features.csv", "small-shop/truth.csv"] {
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path), "\(name)")
    }
  }

  @Test func everyMakeTargetThatTheDocsNameExists() throws {
    let makefile = try String(contentsOf: Self.root.appendingPathComponent("Makefile"), encoding: .utf8)
    for document in ["README.md", "CONTRIBUTING.md"] {
      let text = try String(contentsOf: Self.root.appendingPathComponent(document), encoding: .utf8)
      for match in text.matches(of: /`make ([a-z]+)`/) {
        #expect(makefile.contains("\n\(match.1):"), "make \(match.1), in \(document)")
      }
    }
  }
}
