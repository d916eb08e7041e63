public import RekindleCore

/// A customer as seen from a moment: one row of a feature table.
public struct Moment: Sendable, Hashable {
  /// Index into `EventLog.customers`.
  public var customer: Int32
  public var time: Instant

  public init(customer: Int32, time: Instant) {
    self.customer = customer
    self.time = time
  }
}

/// Features of customers at moments, a column a feature.
public struct FeatureTable: Sendable {
  /// Ids, one a row.
  public var customers: [String]
  /// As-of times, one a row.
  public var times: [Instant]
  public var columns: [FeatureColumn]

  public init(customers: [String], times: [Instant], columns: [FeatureColumn]) {
    self.customers = customers
    self.times = times
    self.columns = columns
  }

  public var rowCount: Int { times.count }

  /// The column of a name, or `nil`.
  public func column(_ name: String) -> FeatureColumn? {
    columns.first { $0.name == name }
  }
}

/// One feature's values, one a row.
public struct FeatureColumn: Sendable {
  public var name: String
  public var values: FeatureValues

  public init(name: String, values: FeatureValues) {
    self.name = name
    self.values = values
  }
}

public enum FeatureValues: Sendable {
  /// Missing is NaN.
  case number([Double])
  /// 0 no, 1 yes, NaN missing.
  case flag([Double])
  /// Missing is code −1.
  case category(codes: [Int32], dictionary: [String])
}
