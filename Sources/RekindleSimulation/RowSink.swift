public import RekindleCore

/// Where the rows of a simulated shop go.
///
/// A shop arrives in batches of customers, in ascending order of customer number; within a batch
/// the rows of each table are in time order. So a shop of one batch (8,192 customers) is in time
/// order as a whole, and a greater one within each batch.
public protocol RowSink: AnyObject {
  /// Takes the rows of one batch: one `ShopRows` a table, in the order of `ShopTable.allCases`.
  func append(_ batch: [ShopRows], workers: Workers) throws(Diagnostic)
  /// Ends the files and gives them their names.
  func finish() throws(Diagnostic)
}

extension ShopSimulation {
  /// Customers a batch: bounds the memory, and has no other effect on any row.
  package static let batchSize = 8192

  /// Runs the shop into a sink.
  ///
  /// The order of rows depends on the batch size, which is fixed, and not on `workers`.
  /// - Parameter progress: told the number of customers done, after each batch.
  /// - Returns: the rows written, by table.
  @discardableResult
  public func run(
    into sink: some RowSink, workers: Workers = Workers(1), progress: ((Int) -> Void)? = nil
  ) throws(Diagnostic) -> [ShopTable: Int] {
    var written: [ShopTable: Int] = [:]
    var done = 0
    while done < customers {
      let batch = rows(of: done + 1..<min(done + ShopSimulation.batchSize, customers) + 1, workers: workers)
      for rows in batch { written[rows.table, default: 0] += rows.count }
      try sink.append(batch, workers: workers)
      done = min(done + ShopSimulation.batchSize, customers)
      progress?(done)
    }
    try sink.finish()
    return written
  }
}
