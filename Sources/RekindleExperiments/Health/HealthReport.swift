/// Whether the experiment ran as it was planned, checked before any effect is read.
public struct HealthReport: Sendable, Hashable {
  public var checks: [HealthCheck]

  public init(checks: [HealthCheck] = []) { self.checks = checks }

  /// The worst of the checks.
  public var verdict: HealthCheck.Verdict { checks.map(\.verdict).max() ?? .pass }

  /// The checks that make every decision invalid.
  public var failures: [HealthCheck] { checks.filter { $0.verdict == .fail } }

  public var warnings: [HealthCheck] { checks.filter { $0.verdict == .warn } }
}

/// One check: what was looked at, what was found, and how bad it is.
public struct HealthCheck: Sendable, Hashable {
  public enum Verdict: String, Sendable, Hashable, Codable, Comparable {
    case pass, warn, fail

    public static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }

    private var rank: Int { self == .pass ? 0 : self == .warn ? 1 : 2 }
  }

  public struct Figure: Sendable, Hashable {
    public var name: String
    public var value: Double

    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// In `snake_case`: `sample_ratio`.
  public var name: String
  /// The metric it is about, where it is about one.
  public var metric: String?
  public var verdict: Verdict
  public var figures: [Figure]
  /// What a person should know, with the next step where there is one.
  public var sentence: String

  public init(
    _ name: String, metric: String? = nil, _ verdict: Verdict, figures: [Figure] = [], _ sentence: String
  ) {
    self.name = name
    self.metric = metric
    self.verdict = verdict
    self.figures = figures
    self.sentence = sentence
  }

  public func figure(_ name: String) -> Double? { figures.first { $0.name == name }?.value }
}
