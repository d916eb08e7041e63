internal import RekindleCore
internal import RekindleSimulation
internal import Testing

@Suite struct ShopSimulationTests {
  @Test func theSameSeedGivesTheSameRowsForAnyNumberOfThreads() throws {
    let shop = try ShopSimulation(customers: 400, seed: 3)
    let one = try run(shop, threads: 1)
    let four = try run(shop, threads: 4)
    #expect(one == four)
    #expect(one.count > 10_000)
  }

  @Test func anotherSeedGivesAnotherShop() throws {
    let a = try run(ShopSimulation(customers: 50, seed: 3, asOf: []))
    let b = try run(ShopSimulation(customers: 50, seed: 4, asOf: []))
    #expect(a != b)
  }

  @Test func theFirstCustomersDoNotDependOnHowManyFollow() throws {
    let few = try run(ShopSimulation(customers: 100, seed: 5))
    let many = try run(ShopSimulation(customers: 1000, seed: 5))
    #expect(few == many.filter { $0.customer <= 100 })
  }

  @Test func askingForOtherMomentsChangesNoTruth() throws {
    let all = try ShopSimulation(customers: 60, seed: 6)
    var last = all
    last.asOf = Array(all.asOf.suffix(1))
    let day = Int64(last.asOf[0].daysSinceEpoch)
    let rowsOfAll = try run(all).filter { $0.table == .truth && $0.cells[1] == day }
    let rowsOfLast = try run(last).filter { $0.table == .truth }
    #expect(rowsOfAll == rowsOfLast)
    #expect(!rowsOfLast.isEmpty)
  }

  @Test func rowsAreInTimeOrderAndWithinTheLog() throws {
    let shop = try ShopSimulation(customers: 300, seed: 7, asOf: [])
    let rows = try run(shop)
    let first = Int64(shop.start.daysSinceEpoch) * 86_400
    let end = first + Int64(shop.days) * 86_400
    for table in ShopTable.allCases where table != .truth {
      let times = rows.filter { $0.table == table }.map { $0.cells[1] }
      #expect(times == times.sorted(), "\(table)")
      #expect(times.allSatisfy { (first..<end).contains($0) }, "\(table)")
      #expect(!times.isEmpty, "\(table)")
    }
  }

  @Test func amountsPointsAndCouponsAddUp() throws {
    let rows = try run(ShopSimulation(customers: 300, seed: 8, asOf: []))
    for order in rows where order.table == .orders {
      #expect(order.cells[6] - order.cells[7] == order.cells[8])
      #expect(order.cells[8] > 0)
    }
    var balances: [Int64: Int64] = [:]
    for entry in rows where entry.table == .points {
      balances[entry.customer, default: 0] += entry.cells[2] == 0 ? entry.cells[3] : -entry.cells[3]
    }
    let last = Dictionary(
      rows.filter { $0.table == .points }.map { ($0.customer, $0.cells[4]) }, uniquingKeysWith: { $1 })
    #expect(balances == last)
    // A coupon has one row; when used, then with an order, while valid.
    let coupons = rows.filter { $0.table == .coupons }
    #expect(Set(coupons.map { $0.cells[2] }).count == coupons.count)
    let orders = Set(
      rows.filter { $0.table == .orders && $0.cells[10] == 1 }.map { [$0.customer, $0.cells[1]] })
    for coupon in coupons where coupon.cells[5] == 1 {
      #expect(coupon.cells[6] > coupon.cells[1])
      #expect(coupon.cells[6] < coupon.cells[4])
      #expect(orders.contains([coupon.customer, coupon.cells[6]]))
    }
  }

  /// Customers who will not be seen for 90 days have let their visits fall more than the others
  /// have: the cooling is there to be seen.
  @Test func visitsFallBeforeAChurn() throws {
    let shop = try ShopSimulation(customers: 1500, seed: 9)
    let rows = try run(shop)
    let day = Int64(try #require(shop.asOf.last).daysSinceEpoch)
    var early: [Int64: Double] = [:]
    var late: [Int64: Double] = [:]
    for visit in rows where visit.table == .visits {
      let age = day - visit.cells[1] / 86_400
      if (1...45).contains(age) { late[visit.customer, default: 0] += 1 }
      if (46...90).contains(age) { early[visit.customer, default: 0] += 1 }
    }
    var change: [Int64: (sum: Double, count: Double)] = [:]
    for truth in rows where truth.table == .truth && truth.cells[1] == day {
      guard let before = early[truth.customer], before >= 3 else { continue }
      change[truth.cells[3], default: (0, 0)].sum += ((late[truth.customer] ?? 0) + 1) / (before + 1)
      change[truth.cells[3], default: (0, 0)].count += 1
    }
    let stayed = try #require(change[0])
    let left = try #require(change[1])
    #expect(left.sum / left.count < 0.8 * stayed.sum / stayed.count)
  }

  @Test func whatCannotBeSimulatedIsRefused() {
    #expect(throws: Diagnostic.self) { try ShopSimulation(customers: 0, seed: 1) }
    #expect(throws: Diagnostic.self) { try ShopSimulation(customers: 1, seed: 1, days: 10) }
    #expect(throws: Diagnostic.self) { try ShopSimulation(customers: 1, seed: 1, horizon: 0) }
    #expect(throws: Diagnostic.self) { try ShopSimulation(customers: 1, seed: 1, timeZone: "Mars/Base") }
    let late = CivilDate(daysSinceEpoch: 30_000)
    #expect(throws: Diagnostic.self) { try ShopSimulation(customers: 1, seed: 1, asOf: [late]) }
  }
}

/// A row with its table, for comparing.
struct Row: Hashable {
  let table: ShopTable
  let cells: [Int64]
  var customer: Int64 { cells[0] }
}

func run(_ shop: ShopSimulation, threads: Int = 2) throws -> [Row] {
  let sink = KeepingSink()
  try shop.run(into: sink, workers: Workers(threads))
  return sink.rows
}

final class KeepingSink: RowSink {
  var rows: [Row] = []

  func append(_ batch: [ShopRows], workers: Workers) {
    for part in batch {
      for row in 0..<part.count {
        rows.append(
          Row(table: part.table, cells: Array(part.cells[row * part.width..<(row + 1) * part.width])))
      }
    }
  }

  func finish() {}
}
