internal import RekindleCore

/// The histories of a population, equal ones joined, in one order whatever theirs was: by repeats, age and
/// last age.
///
/// Half of a usual shop bought once, and followed by the day they are a few hundred rows. Ages are places in
/// a table of the distinct ones.
struct RepeatRows: Sendable {
  /// The customers with one number of repeats.
  struct Group: Sendable {
    let repeats: Double
    var customers: Double
    /// In the rows.
    var range: Range<Int>
  }

  /// Distinct t_x and T, ascending.
  let ages: [Double]
  /// Ascending by repeats.
  private(set) var groups: [Group] = []
  /// Places of t_x and T in `ages`.
  private(set) var last: [UInt32] = []
  private(set) var age: [UInt32] = []
  /// How many customers a row stands for.
  private(set) var weights: [Double] = []
  /// Customers.
  let count: Int

  private struct Customer {
    let repeats: UInt32
    let last: UInt32
    let age: UInt32
  }

  /// All customers, and where they are many every k-th of them in their order: a search that starts from the
  /// maximum of those takes few steps over all.
  ///
  /// - Throws: `RK0902` for a history that cannot be, `RK0903` when nobody has come back.
  static func joined(_ histories: [RepeatHistory], unit: TimeUnit, model: String) throws(Diagnostic)
    -> (all: RepeatRows, sample: RepeatRows?)
  {
    if let index = histories.firstIndex(where: { !$0.isPossible }) {
      let history = histories[index]
      throw Diagnostic(
        "RK0902", "history \(index + 1) of \(histories.count) cannot be",
        notes: ["repeats \(history.repeats), age at the last \(history.lastAge), age \(history.age)"],
        help: "0 ≤ last age ≤ age, and a last age if and only if there are repeats")
    }
    guard histories.contains(where: { $0.repeats > 0 }) else {
      throw Diagnostic(
        "RK0903", "nobody among \(histories.count) customers has bought twice",
        help: "the \(model) model learns from repeat purchases: take a later date, or more customers")
    }
    let n = histories.count
    let repeats = DistinctKeys(count: n, values: { histories[$0].repeats })
    let ages = DistinctKeys(
      count: 2 * n,
      values: { row in
        row < n ? histories[row].counted(in: unit).age : histories[row - n].counted(in: unit).lastAge
      })
    let customers = (0..<n).map {
      Customer(repeats: repeats.places[$0], last: ages.places[n + $0], age: ages.places[$0])
    }
    let width = UInt64(ages.width)
    let sorted = sortedByKey(sortedByKey(customers) { UInt64($0.age) << width | UInt64($0.last) }) {
      UInt64($0.repeats)
    }
    let (repeatValues, ageValues) = (repeats.values, ages.values)
    let step = n / LikelihoodSearch.sampleSize
    return (
      RepeatRows(sorted, every: 1, repeats: repeatValues, ages: ageValues),
      step >= 4 ? RepeatRows(sorted, every: step, repeats: repeatValues, ages: ageValues) : nil
    )
  }

  private init(_ sorted: [Customer], every step: Int, repeats: [Double], ages: [Double]) {
    self.ages = ages
    var count = 0
    var previous: Customer?
    for index in stride(from: step / 2, to: sorted.count, by: step) {
      let customer = sorted[index]
      count += 1
      if customer.repeats != previous?.repeats {
        groups.append(
          Group(repeats: repeats[Int(customer.repeats)], customers: 0, range: weights.count..<weights.count))
      } else if customer.age == previous?.age, customer.last == previous?.last {
        weights[weights.count - 1] += 1
        groups[groups.count - 1].customers += 1
        continue
      }
      last.append(customer.last)
      age.append(customer.age)
      weights.append(1)
      groups[groups.count - 1].customers += 1
      groups[groups.count - 1].range = groups[groups.count - 1].range.lowerBound..<weights.count
      previous = customer
    }
    self.count = count
  }

  /// Summed in the order of the rows: a search that began at a mean in the order of the input would end
  /// elsewhere by a rounding.
  var meanAge: Double {
    weights.indices.reduce(0) { $0 + weights[$1] * ages[Int(age[$1])] } / Double(count)
  }

  /// Blocks of rows that are always the same, each cut where the number of repeats changes.
  ///
  /// - Parameter body: the sum over some rows of one group.
  func sum<Part: Sendable>(
    _ workers: Workers, _ zero: Part, _ add: (inout Part, Part) -> Void,
    _ body: @Sendable (inout Part, Group, Range<Int>) -> Void
  ) -> Part {
    let size = 8192
    let parts = workers.map(blocks: (weights.count + size - 1) / size) { block -> Part in
      let rows = block * size..<min(weights.count, (block + 1) * size)
      var part = zero
      // The first group that reaches into the block.
      var (low, high) = (0, groups.count)
      while low < high {
        let middle = (low + high) / 2
        if groups[middle].range.upperBound > rows.lowerBound { high = middle } else { low = middle + 1 }
      }
      for group in groups[low...] where group.range.lowerBound < rows.upperBound {
        body(&part, group, group.range.clamped(to: rows))
      }
      return part
    }
    var total = zero
    for part in parts { add(&total, part) }
    return total
  }
}
