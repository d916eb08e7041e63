public import RekindleCore

/// Where the units come from. It is read once, and again from the start when a unit was found twice or
/// values are capped, so it must give the same rows in the same order every time.
public protocol UnitSource: Sendable {
  /// Gives the batches one after the other.
  func forEachBatch(_ take: (UnitBatch) throws(Diagnostic) -> Void) throws(Diagnostic)
}

/// Units in memory.
public struct UnitBatches: UnitSource {
  public var batches: [UnitBatch]

  public init(_ batches: [UnitBatch]) { self.batches = batches }

  public func forEachBatch(_ take: (UnitBatch) throws(Diagnostic) -> Void) throws(Diagnostic) {
    for batch in batches { try take(batch) }
  }
}

/// What becomes of a unit that is in two arms.
public enum CrossoverPolicy: String, Sendable, Hashable, Codable, CaseIterable {
  /// It is counted and kept out.
  case exclude
  /// It belongs to the arm of its earliest exposure; without days, of its first row.
  case firstExposure = "first_exposure"
  /// It belongs to the arm of its first row.
  case asFirstAssigned = "as_first_assigned"
}
