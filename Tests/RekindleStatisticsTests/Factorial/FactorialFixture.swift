import RekindleStatistics

/// The numbers of factorial.csv, and the cells that they belong to.
struct FactorialFixture {
  static let factors = [
    FactorialModel.Factor("coupon", levels: ["0", "1", "2"]),
    FactorialModel.Factor("slot", levels: ["0", "1"]),
    FactorialModel.Factor("copy", levels: ["0", "1"]),
  ]

  private let lines: [[String]]

  init() throws { lines = try referenceLines("factorial/factorial.csv") }

  /// In the file's order.
  func all(_ set: String, _ quantity: String) -> [(name: String, value: Double)] {
    lines.filter { $0[0] == set && $0[1] == quantity }.map {
      ($0[2].replacing(" x ", with: " × "), Double($0[3]) ?? .nan)
    }
  }

  func value(_ set: String, _ quantity: String, _ name: String) -> Double {
    all(set, quantity).first { $0.name == name }?.value ?? .nan
  }

  func spendCells(_ set: String = "spend") -> [FactorialCell] {
    all(set, "count").map { key, count in
      let variance = value(set, "variance", key)
      let moments = Moments(
        count: Int(count), means: [value(set, "mean", key)], crossProducts: [variance * (count - 1)])
      return FactorialCell(levels: key.compactMap { $0.wholeNumberValue }, moments: moments)
    }
  }

  func boughtCells() -> [FactorialCell] {
    all("bought", "count").map { key, count in
      FactorialCell(
        levels: key.compactMap { $0.wholeNumberValue }, successes: Int(value("bought", "successes", key)),
        count: Int(count))
    }
  }
}
