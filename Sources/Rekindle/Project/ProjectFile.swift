public import RekindleBehaviour
public import RekindleChurn
public import RekindleCore
public import RekindleEvents

/// What `rekindle.yaml` says: where the events are, what to compute of them, and how churn is
/// defined and learned here.
public struct ProjectFile: Sendable, Hashable {
  /// The path the file was read from, as the user gave it.
  public var path: String
  /// IANA name.
  public var timeZone: String
  /// For words only, such as `EUR`.
  public var currency: String?
  /// In the order of the file; none where there are only experiments, on files of units.
  public var sources: [NamedSource]
  public var features: FeatureChoice
  public var churn: ChurnDefinition
  public var snapshots: SnapshotDates
  public var training: TrainingSpecification
  public var bands: RiskBands
  /// In the order of the file.
  public var experiments: [ExperimentEntry]
  public var lifecycle: LifecycleChoice
  public var outreach: OutreachChoice
  /// Where each setting stands, by its dotted path.
  var places: [String: Diagnostic.Place]

  /// Where a setting stands: `sources.orders.customer`, or the nearest one around it that is there.
  public func place(of key: String) -> Diagnostic.Place? { Self.place(of: key, among: places) }

  static func place(of key: String, among places: [String: Diagnostic.Place]) -> Diagnostic.Place? {
    var key = key[...]
    while true {
      if let place = places[String(key)] { return place }
      guard let dot = key.lastIndex(of: ".") else { return nil }
      key = key[..<dot]
    }
  }

  public struct NamedSource: Sendable, Hashable {
    public var name: String
    public var definition: SourceDefinition
  }

  /// Which features a model gets: whole sets, then single ones added or replaced, then some removed.
  public struct FeatureChoice: Sendable, Hashable {
    /// Names of built-in sets: `retail`.
    public var sets: [String]
    public var added: [AddedFeature]
    public var removed: [String]
  }

  /// A feature of the project's own, with the text it was written as.
  public struct AddedFeature: Sendable, Hashable {
    public var definition: FeatureDefinition
    public var source: ExpressionSource
  }

  /// What leaving means.
  public struct ChurnDefinition: Sendable, Hashable {
    /// The kind of event that counts as staying.
    public var activity: String
    /// Days without it that count as having left.
    public var horizon: SnapshotPlan.Horizon
    /// Who is asked about; looks back. `nil`: at least one event of `activity` in the last 365 days.
    public var eligible: ExpressionSource?
    /// With `{horizon}` for the horizon; looks ahead. `nil`: no event of `activity` within the
    /// horizon.
    public var label: ExpressionSource?
    /// The first day of which the log knows nothing; `nil`: the day after its last event.
    public var logEnd: CivilDate?
  }

  /// When customers are looked at.
  public enum SnapshotDates: Sendable, Hashable {
    /// This many as-of dates, this many days apart, the last one as late as its label allows.
    case count(Int, everyDays: Int)
    /// The midnights that begin these days; the last is the out-of-time test.
    case given([CivilDate])
  }
}
