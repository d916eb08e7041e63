internal import RekindleCore

/// The rows as the solver reads them again and again: columns centred and scaled by the whole
/// data's moments, rows sorted by group so that every block of them plays one part in a fold.
///
/// All folds share this one copy. A fold that is standardised on its own rows has the same
/// problem in these columns with penalties multiplied by the ratio of the standard deviations
/// (the intercept is free, so centring changes nothing); see `PathSolver`.
struct PackedRows: Sendable {
  /// Panels of one group that one worker takes at a time, in order.
  struct Chunk: Sendable {
    var group: Int
    var start: Int
    var count: Int

    /// Places of its rows, those that only fill up included.
    var places: Range<Int> { start * PackedRows.lanes..<(start + count) * PackedRows.lanes }
  }

  /// Rows a panel.
  static let lanes = 8

  /// Σw, Σwy, and of the packed columns Σwx and Σwx², for the rows of one group.
  struct Moments: Sendable {
    var weight = 0.0
    var positive = 0.0
    var first: [Double]
    var second: [Double]
  }

  let rows: Int
  let columns: Int
  let groups: Int
  /// Panels of eight rows, each column by column, as `rk_path_rows` reads them. The last panel of a
  /// group is filled up with rows of weight 0.
  let x: [Double]
  let y: [Double]
  let w: [Double]
  /// Whether all weights are 1.
  let hasUnitWeights: Bool
  /// Place of each packed row among the rows given, −1 for those that fill up.
  let order: [Int]
  let means: [Double]
  /// Standard deviations with divisor Σw; 1 for a constant column.
  let scales: [Double]
  let isConstant: [Bool]
  let chunks: [Chunk]
  let moments: [Moments]

  /// - Parameter groups: a group for each row and their number; `nil` puts all rows in one.
  init(
    _ given: Matrix, _ labels: [Double], weights: [Double]?, groups grouping: (ofRow: [Int32], count: Int)?,
    workers: Workers
  ) throws(Diagnostic) {
    let n = given.rows
    let p = given.columns
    try PackedRows.check(given, labels, weights)
    let groupCount = grouping?.count ?? 1
    let lanes = PackedRows.lanes
    var counts = [Int](repeating: 0, count: groupCount)
    if let grouping { for group in grouping.ofRow { counts[Int(group)] += 1 } } else { counts[0] = n }
    var next: [Int] = []
    var chunks: [Chunk] = []
    var panels = 0
    // The size depends on the number of rows alone, so that sums have one order for any number of
    // threads; about 64 chunks keep the partial results few.
    let size = max(512, n / (64 * lanes))
    for group in 0..<groupCount {
      next.append(panels * lanes)
      let end = panels + (counts[group] + lanes - 1) / lanes
      for start in stride(from: panels, to: end, by: size) {
        chunks.append(Chunk(group: group, start: start, count: min(size, end - start)))
      }
      panels = end
    }
    var order = [Int](repeating: -1, count: panels * lanes)
    for row in 0..<n {
      let group = grouping.map { Int($0.ofRow[row]) } ?? 0
      order[next[group]] = row
      next[group] += 1
    }
    let places = order
    let parts = chunks
    let packedWeights = places.map { $0 < 0 ? 0 : weights?[$0] ?? 1 }
    let packedLabels = places.map { $0 < 0 ? 0 : labels[$0] }
    let total = packedWeights.reduce(0, +)

    // Two passes: a mean first, so that the spread of a column with a large offset keeps its digits.
    let sums = workers.map(blocks: parts.count) { index in
      var sum = [Double](repeating: 0, count: p)
      for place in parts[index].places where places[place] >= 0 {
        let row = places[place] * p
        for j in 0..<p { sum[j] += packedWeights[place] * given.storage[row + j] }
      }
      return sum
    }
    let means = (0..<p).map { j in sums.reduce(0) { $0 + $1[j] } / total }
    let squares = workers.map(blocks: parts.count) { index in
      var sum = [Double](repeating: 0, count: p)
      for place in parts[index].places where places[place] >= 0 {
        let row = places[place] * p
        for j in 0..<p {
          let d = given.storage[row + j] - means[j]
          sum[j] += packedWeights[place] * d * d
        }
      }
      return sum
    }
    var scales = [Double](repeating: 1, count: p)
    var isConstant = [Bool](repeating: false, count: p)
    for j in 0..<p {
      let variance = squares.reduce(0) { $0 + $1[j] } / total
      // The mean itself is rounded: a spread of that size is none.
      isConstant[j] = !(variance > 1e-24 * means[j] * means[j]) || variance.isSubnormal
      if !isConstant[j] { scales[j] = variance.squareRoot() }
    }
    let divisors = scales
    let constant = isConstant

    var x = [Double](repeating: 0, count: panels * lanes * p)
    var moments: [Moments] = []
    x.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let packed = buffer
      let partial = workers.map(blocks: parts.count) { index in
        var moment = Moments(
          first: [Double](repeating: 0, count: p), second: [Double](repeating: 0, count: p))
        for place in parts[index].places where places[place] >= 0 {
          let row = places[place] * p
          let target = place / lanes * lanes * p + place % lanes
          let weight = packedWeights[place]
          moment.weight += weight
          moment.positive += weight * packedLabels[place]
          for j in 0..<p where !constant[j] {
            let value = (given.storage[row + j] - means[j]) / divisors[j]
            packed[target + j * lanes] = value
            moment.first[j] += weight * value
            moment.second[j] += weight * value * value
          }
        }
        return moment
      }
      for group in 0..<groupCount {
        var total = Moments(first: [Double](repeating: 0, count: p), second: [Double](repeating: 0, count: p))
        for (part, moment) in zip(parts, partial) where part.group == group {
          total.weight += moment.weight
          total.positive += moment.positive
          for j in 0..<p {
            total.first[j] += moment.first[j]
            total.second[j] += moment.second[j]
          }
        }
        moments.append(total)
      }
    }
    self.rows = n
    self.columns = p
    self.groups = groupCount
    self.x = x
    y = packedLabels
    w = packedWeights
    hasUnitWeights = weights?.allSatisfy { $0 == 1 } ?? true
    self.order = order
    self.means = means
    self.scales = scales
    self.isConstant = isConstant
    self.chunks = chunks
    self.moments = moments
  }

  private static func check(_ given: Matrix, _ labels: [Double], _ weights: [Double]?) throws(Diagnostic) {
    guard labels.count == given.rows, weights.map({ $0.count == given.rows }) ?? true else {
      throw Diagnostic(
        "RK0101",
        "\(given.rows) rows, \(labels.count) labels" + (weights.map { ", \($0.count) weights" } ?? ""),
        help: "give one label, and one weight if any, a row")
    }
    if let place = given.storage.firstIndex(where: { !$0.isFinite }) {
      throw Diagnostic(
        "RK0102",
        "the value in row \(place / given.columns), column \(place % given.columns) is \(given.storage[place])",
        help: "fill missing values, and add an indicator for them, before the fit")
    }
    if let row = weights?.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw Diagnostic(
        "RK0105", "the weight of row \(row) is \(weights?[row] ?? .nan)",
        help: "give finite weights that are not negative")
    }
    if let row = labels.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw Diagnostic(
        "RK0103", "the label of row \(row) is \(labels[row])", help: "code the event 1 and the rest 0")
    }
  }
}
