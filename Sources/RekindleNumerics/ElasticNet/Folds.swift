public import RekindleCore

/// Which rows each fold of a cross-validation trains on and which it tests on.
public struct Folds: Sendable, Hashable {
  /// How the parts that rows fall into make folds.
  public enum Scheme: Sendable, Hashable {
    /// Fold k tests on part k and trains on all the others.
    case leaveOneOut
    /// Fold k tests on part k + 1 and trains on the parts before it.
    case forwardChaining
  }

  public let scheme: Scheme
  /// The part of each row, 0 ..< `partCount`.
  public let partOfRow: [Int32]
  public let partCount: Int

  /// How many folds there are.
  public var count: Int { scheme == .leaveOneOut ? partCount : partCount - 1 }

  /// Folds as given (glmnet's `foldid`): rows of one number are tested together, in the order of the
  /// numbers.
  /// - Throws: `RK0106` where there is only one number.
  public init(ofRow numbers: [Int]) throws(Diagnostic) {
    try self.init(numbers, .leaveOneOut, "fold")
  }

  /// Time-ordered folds: each snapshot but the first is tested by a model of those before it.
  /// - Parameter snapshots: for each row a number that grows with its as-of time.
  /// - Throws: `RK0106` where there is only one snapshot.
  public init(forwardOver snapshots: [Int]) throws(Diagnostic) {
    try self.init(snapshots, .forwardChaining, "snapshot")
  }

  /// Folds that keep the rows of one key (a customer) together.
  ///
  /// Keys are ordered by a seeded hash of their bytes and dealt out in turn, so folds differ by at most
  /// one key, and neither the order of the rows nor anything else about them matters.
  /// - Throws: `RK0106` where there are fewer keys than folds, or fewer than two folds.
  public init(groupedBy keys: [String], count: Int, seed: UInt64) throws(Diagnostic) {
    let hashed = Set(keys).map { (hash: Folds.hash($0, seed), key: $0) }.sorted {
      ($0.hash, $0.key) < ($1.hash, $1.key)
    }
    guard count >= 2, hashed.count >= count else {
      throw Diagnostic(
        "RK0106", "\(count) folds of \(hashed.count) groups",
        help: "ask for 2 folds or more, and no more than groups")
    }
    var part: [String: Int32] = [:]
    for (place, entry) in hashed.enumerated() { part[entry.key] = Int32(place % count) }
    scheme = .leaveOneOut
    partOfRow = keys.map { part[$0] ?? 0 }
    partCount = count
  }

  private init(_ numbers: [Int], _ scheme: Scheme, _ what: String) throws(Diagnostic) {
    let distinct = Set(numbers).sorted()
    guard distinct.count >= 2 else {
      throw Diagnostic(
        "RK0106", "every row has the same \(what)", help: "cross-validation needs two or more \(what)s")
    }
    let place = Dictionary(uniqueKeysWithValues: zip(distinct, Int32(0)...))
    self.scheme = scheme
    partOfRow = numbers.map { place[$0] ?? 0 }
    partCount = distinct.count
  }

  /// The part that each part of the rows plays in a fold.
  func roles(fold: Int) -> [Role] {
    (0..<partCount).map { part in
      switch scheme {
      case .leaveOneOut: part == fold ? .test : .train
      case .forwardChaining: part == fold + 1 ? .test : part <= fold ? .train : .unused
      }
    }
  }

  /// FNV-1a over the bytes, then SplitMix64's finaliser, which spreads short keys over all bits.
  private static func hash(_ key: String, _ seed: UInt64) -> UInt64 {
    var z = 0xCBF2_9CE4_8422_2325 ^ (seed &* 0x9E37_79B9_7F4A_7C15)
    for byte in key.utf8 { z = (z ^ UInt64(byte)) &* 0x100_0000_01B3 }
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
