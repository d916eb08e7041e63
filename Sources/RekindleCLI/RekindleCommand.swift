import ArgumentParser

@main
struct RekindleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rekindle", abstract: "Which customers are about to leave, why, and what to do.")
}
