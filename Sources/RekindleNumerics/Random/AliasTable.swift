/// A discrete distribution prepared for drawing in constant time: one uniform number a draw.
///
/// Every index gets a cell of equal width, filled by its own weight up to a threshold and by one
/// other index, its alias, above it.
/// Source: M. Vose, "A linear algorithm for generating random numbers with a given distribution",
/// IEEE Trans. Softw. Eng. 17(9), 1991.
public struct AliasTable: Sendable {
  @usableFromInline let thresholds: [Double]
  @usableFromInline let aliases: [Int32]

  /// - Parameter weights: ≥ 0, at least one of them positive; need not sum to 1.
  public init(weights: [Double]) {
    let total = weights.reduce(0, +)
    precondition(total > 0 && total.isFinite, "weights that sum to \(total)")
    let count = weights.count
    var scaled = weights.map { $0 * Double(count) / total }
    var thresholds = [Double](repeating: 1, count: count)
    var aliases = (0..<Int32(count)).map { $0 }
    var small = scaled.indices.filter { scaled[$0] < 1 }
    var large = scaled.indices.filter { scaled[$0] >= 1 }
    while let less = small.popLast(), let more = large.popLast() {
      thresholds[less] = scaled[less]
      aliases[less] = Int32(more)
      scaled[more] -= 1 - scaled[less]
      if scaled[more] < 1 { small.append(more) } else { large.append(more) }
    }
    self.thresholds = thresholds
    self.aliases = aliases
  }

  /// One index, with the probability of its weight.
  @inlinable
  public func draw(from stream: inout RandomStream) -> Int {
    let place = stream.uniform() * Double(thresholds.count)
    let cell = min(Int(place), thresholds.count - 1)
    return place - Double(cell) < thresholds[cell] ? cell : Int(aliases[cell])
  }
}
