/// The tables that a shop keeps, and the truth that no shop has.
///
/// A row is a run of `Int64` cells, one a column, so that a batch of rows is one array whatever the
/// table: it sorts, splits and prints without a type a table.
public enum ShopTable: Int, Sendable, Hashable, CaseIterable {
  case orders, visits, carts, messages, coupons, points, tiers, tickets, deliveries, consents, refunds
  case truth

  /// The table's name, and its file's without the ending.
  public var name: String { "\(self)" }

  /// What a cell's integer stands for.
  public enum Cell: Sendable, Hashable {
    /// The customer's number, printed as `C0000001`.
    case customer
    /// Seconds on the shop's wall clock since 1970-01-01T00:00 there, printed `2024-03-09T18:04:00`.
    case time
    /// A day counted from 1970-01-01, printed `2024-03-09`.
    case day
    /// The customer's number × 4096 + the customer's own count, printed `0000001-17`.
    case number
    /// A place in the list.
    case word([String])
    /// The integer itself.
    case integer
    /// Hundredths.
    case money
    /// 0 or 1.
    case flag
    /// Millionths.
    case probability
  }

  /// A cell of this value is empty.
  public static let empty = Int64.min

  /// Names and meanings of the columns; a table with a time has it second.
  public var columns: [(name: String, cell: Cell)] {
    switch self {
    case .orders:
      [
        ("customer_id", .customer), ("order_ts", .time), ("order_id", .number),
        ("product", .word(ShopCatalogue.products)), ("category", .word(ShopCatalogue.categoryNames)),
        ("quantity", .integer), ("gross", .money), ("discount", .money), ("amount", .money),
        ("channel", .word(ShopCatalogue.orderChannels)), ("coupon_used", .flag),
      ]
    case .visits:
      [
        ("customer_id", .customer), ("visit_ts", .time), ("channel", .word(ShopCatalogue.orderChannels)),
        ("product_view", .flag), ("ordered", .flag),
      ]
    case .carts: [("customer_id", .customer), ("cart_ts", .time), ("abandoned", .flag)]
    case .messages:
      [
        ("customer_id", .customer), ("sent_ts", .time),
        ("channel", .word(ShopCatalogue.messageChannels)),
        ("campaign", .word(ShopCatalogue.campaigns)), ("opened", .flag), ("machine_open", .flag),
        ("clicked", .flag),
      ]
    case .coupons:
      [
        ("customer_id", .customer), ("issued_ts", .time), ("coupon_id", .number), ("percent", .integer),
        ("expires", .time), ("redeemed", .flag), ("updated_ts", .time),
      ]
    case .points:
      [
        ("customer_id", .customer), ("points_ts", .time), ("action", .word(["earned", "redeemed"])),
        ("points", .integer), ("balance", .integer),
      ]
    case .tiers: [("customer_id", .customer), ("tier_ts", .time), ("level", .integer)]
    case .tickets:
      [
        ("customer_id", .customer), ("ticket_ts", .time), ("ticket_id", .number),
        ("action", .word(["opened", "replied", "closed"])),
      ]
    case .deliveries:
      [("customer_id", .customer), ("delivered_ts", .time), ("order_id", .number), ("late", .flag)]
    case .consents:
      [
        ("customer_id", .customer), ("consent_ts", .time),
        ("channel", .word(ShopCatalogue.messageChannels)), ("granted", .flag),
      ]
    case .refunds:
      [("customer_id", .customer), ("refund_ts", .time), ("order_id", .number), ("amount", .money)]
    case .truth:
      [
        ("customer_id", .customer), ("as_of", .day), ("churn_probability", .probability),
        ("churned", .flag),
      ]
    }
  }
}

/// Rows of one table: `cells[r * width ..< (r + 1) * width]` is row `r`.
public struct ShopRows: Sendable {
  public let table: ShopTable
  public let width: Int
  public private(set) var cells: [Int64] = []

  public init(table: ShopTable) {
    self.table = table
    width = table.columns.count
  }

  public var count: Int { cells.count / width }

  /// Adds the next cell; a row is complete after `width` of them.
  @inline(__always)
  mutating func append(cell: Int64) {
    cells.append(cell)
  }

  mutating func append(_ other: ShopRows) {
    cells.append(contentsOf: other.cells)
  }

  /// The rows by the second column, which is the time (of the truth: the as-of day); equal times
  /// keep their order, which is that of the customers.
  func inTimeOrder() -> ShopRows {
    let order = (0..<count).map { (time: cells[$0 * width + 1], row: $0) }
      .sorted { ($0.time, $0.row) < ($1.time, $1.row) }
    var sorted = ShopRows(table: table)
    sorted.cells.reserveCapacity(cells.count)
    for (_, row) in order { sorted.cells.append(contentsOf: cells[row * width..<(row + 1) * width]) }
    return sorted
  }
}
