/// How the columns of a file of units are called, other than those of metrics, covariates, segments and
/// factors, which have their own names.
public struct UnitColumns: Sendable, Hashable {
  /// Who the unit is.
  public var id = "customer_id"
  public var arm = "arm"
  /// When the unit met the treatment; an assigned unit without this was never exposed.
  public var exposedAt = "exposed_at"
  /// When the unit was assigned: its exposure where nothing else is known.
  public var assignedAt = "assigned_at"
  /// Whether the unit took the treatment up (opened the message).
  public var opened = "opened"
  public var stratum = "stratum"
  /// Those that the project file names itself: they have to be there. By the names of its keys.
  public var declared: Set<String> = []

  public init() {}
}
