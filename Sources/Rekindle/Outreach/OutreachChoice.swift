public import RekindleOutreach

/// What the project file says under `outreach:`; without it the built-in playbook and guard-rails hold.
public struct OutreachChoice: Sendable, Hashable {
  public var plan: OutreachPlan
  /// A table of messages that other plans have set: `customer_id, channel, send_at` and, where it is known,
  /// `action`.
  public var scheduled: String?
  /// Whether the file has the section at all.
  public var isDeclared: Bool
}
