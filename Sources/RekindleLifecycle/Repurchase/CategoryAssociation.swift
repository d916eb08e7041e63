public import RekindleCore
public import RekindleEvents
internal import RekindleNumerics

/// Which category is bought next, given the last: how likely, how much likelier than usual, how soon.
///
/// A *step* goes from one purchase day of a customer to the next. It counts once for every category A of
/// the earlier day and B of the later.
///
/// ```
/// P(B)     = steps to a day with B / steps
/// P(B | A) = (steps from A to B + m P(B)) / (steps from A + m)
/// lift     = P(B | A) / P(B)
/// ```
/// Lift is drawn towards 1 by the weight of `m` steps that know nothing of A, as a rare pair would
/// otherwise stand on top by chance.
public struct CategoryAssociation: Sendable {
  public struct Pair: Sendable, Hashable {
    /// In `categories`.
    public let from: Int
    public let to: Int
    /// Steps from A to B.
    public let support: Int
    /// Shrunken P(B | A).
    public let probability: Double
    public let lift: Double
    /// Median days of the steps.
    public let medianLag: Double
  }

  /// By name.
  public let categories: [String]
  public let steps: Int
  /// Steps from a day with each category.
  public let stepsFrom: [Int]
  /// Steps to a day with each category.
  public let stepsTo: [Int]
  /// By `from`, then by falling probability, then by name.
  public let pairs: [Pair]

  /// - Parameters:
  ///   - minimumSupport: pairs with fewer steps are left out.
  ///   - shrinkage: `m` ≥ 0.
  /// - Throws: `RK0910` without purchases, `RK0912` when they carry no category.
  public init(
    of log: EventLog, at moment: Instant, minimumSupport: Int = 10, shrinkage m: Double = 10,
    workers: Workers = Workers(1)
  ) throws(Diagnostic) {
    let grouped = try GroupedDays(of: log, attribute: "category", asOf: moment, workers: workers)
    let count = grouped.dictionary.count
    var steps = 0
    var from = [Int](repeating: 0, count: count)
    var to = from
    var lags: [Int: [Double]] = [:]
    for customer in 0..<grouped.customerCount {
      var bought: [(day: Int32, category: Int)] = []
      for group in grouped.groups(of: customer) {
        for place in group.range { bought.append((grouped.days[place], Int(group.code))) }
      }
      bought.sort { ($0.day, $0.category) < ($1.day, $1.category) }
      var earlier = 0..<0
      var start = 0
      while start < bought.count {
        var end = start
        while end < bought.count, bought[end].day == bought[start].day { end += 1 }
        if !earlier.isEmpty {
          steps += 1
          for later in start..<end { to[bought[later].category] += 1 }
          let lag = Double(bought[start].day - bought[earlier.lowerBound].day)
          for before in earlier {
            from[bought[before].category] += 1
            for later in start..<end {
              lags[bought[before].category * count + bought[later].category, default: []].append(lag)
            }
          }
        }
        earlier = start..<end
        start = end
      }
    }
    categories = grouped.dictionary
    self.steps = steps
    stepsFrom = from
    stepsTo = to
    pairs = lags.filter { $0.value.count >= minimumSupport }.map { key, lags in
      let (a, b) = (key / count, key % count)
      let usual = Double(to[b]) / Double(steps)
      let probability = (Double(lags.count) + m * usual) / (Double(from[a]) + m)
      return Pair(
        from: a, to: b, support: lags.count, probability: probability, lift: probability / usual,
        medianLag: Quantiles(lags).median)
    }.sorted { ($0.from, -$0.probability, $0.to) < ($1.from, -$1.probability, $1.to) }
  }
}
