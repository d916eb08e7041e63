/// What is gained by turning to the customers with the highest scores first, by tenths.
public struct LiftTable: Sendable, Hashable, Codable {
  public struct Step: Sendable, Hashable, Codable {
    /// Customers reached so far, as a share.
    public var reached: Double
    /// Event rate of this tenth.
    public var eventRate: Double
    /// Event rate of this tenth over that of all.
    public var lift: Double
    /// Event rate of all reached so far over that of all.
    public var cumulativeLift: Double
    /// Share of all events that are among the reached.
    public var gain: Double
  }

  public var steps: [Step]

  /// - Parameters:
  ///   - scores: higher first. Customers with equal scores that a border of tenths would part share
  ///     their events evenly on both sides, so the order of the rows changes nothing.
  ///   - outcomes: at least one event.
  public init(scores: [Double], outcomes: [Bool], steps count: Int = 10) {
    let order = Array(ascendingOrder(scores).reversed())
    let n = Double(order.count)
    let events = Double(outcomes.count { $0 })
    // Events among the first x rows, linear within a run of equal scores.
    var borders: [(rows: Double, events: Double)] = [(0, 0)]
    var start = 0
    var found = 0.0
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] {
        if outcomes[order[end]] { found += 1 }
        end += 1
      }
      borders.append((Double(end), found))
      start = end
    }
    var segment = 1
    var before = 0.0
    steps = []
    for index in 1...count {
      let rows = n * Double(index) / Double(count)
      while segment < borders.count - 1, borders[segment].rows < rows { segment += 1 }
      let (low, high) = (borders[segment - 1], borders[segment])
      let here =
        index == count
        ? events : low.events + (rows - low.rows) / (high.rows - low.rows) * (high.events - low.events)
      let rate = (here - before) / (n / Double(count))
      steps.append(
        Step(
          reached: Double(index) / Double(count), eventRate: rate, lift: rate / (events / n),
          cumulativeLift: here / rows / (events / n), gain: here / events))
      before = here
    }
  }
}
