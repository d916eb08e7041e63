import Foundation
import Rekindle

/// What a command says about its work, on standard error.
struct Talk {
  let isQuiet: Bool

  func say(_ text: String) {
    if !isQuiet { Terminal.writeError(text) }
  }

  /// Says what reading came to, and where the rejected rows are.
  func say(_ intake: Intake) {
    for source in intake.sources {
      var parts = ["\(source.read) rows read = \(source.used) used + \(source.quarantined) quarantined"]
      if source.refunds > 0 { parts.append("\(source.refunds) refunds") }
      if source.ignored > 0 { parts.append("\(source.ignored) of other kinds") }
      if source.duplicates > 0 { parts.append("\(source.duplicates) duplicates dropped") }
      if source.merged > 0 { parts.append("\(source.merged) merged into their day") }
      say("\(source.name): " + parts.joined(separator: ", "))
    }
    if intake.quarantined > 0 {
      say("quarantined rows and their reasons: `rekindle check --quarantine quarantine.csv`")
    }
  }

  /// Says what was left out for want of sources, one line a reason.
  func say(_ dropped: [FeatureSet.Availability.Dropped]) {
    var order: [String] = []
    var names: [String: [String]] = [:]
    for feature in dropped {
      if names[feature.reason] == nil { order.append(feature.reason) }
      names[feature.reason, default: []].append(feature.name)
    }
    if dropped.isEmpty { return }
    say("\(dropped.count) built-in features left out:")
    for reason in order { say("  \(reason): \((names[reason] ?? []).joined(separator: ", "))") }
  }
}

/// `1 row`, `2 rows`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
