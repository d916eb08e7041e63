/// A seeded stream of random numbers, from which independent streams can be split by key.
///
/// The generator is xoshiro256++: 256 bits of state, period 2²⁵⁶ − 1, additions, rotations and
/// shifts alone, so its bits are the same on every platform. Derived variates that go through
/// `log`, `exp` or `pow` are the same wherever the system's mathematical library rounds alike.
///
/// `stream(_:)` depends on the seed and the key and not on how many numbers were drawn before.
/// A customer's stream is therefore the same whatever the number of customers, or of threads:
///
///     let shop = RandomStream(seed: 7)
///     var customer = shop.stream(42)
///     let rate = customer.gamma(shape: 1.5)
///
/// A counter-based generator (Philox) would also do; it costs several times more a number, and
/// what it gives, jumping to any place in a stream, is not needed here.
///
/// Source: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators",
/// ACM Trans. Math. Softw. 47(4), 2021; state filled by `SplitMix64` as they advise.
public struct RandomStream: RandomNumberGenerator, Sendable {
  /// What `stream(_:)` splits from; fixed at the start.
  @usableFromInline let origin: UInt64
  @usableFromInline var s0: UInt64
  @usableFromInline var s1: UInt64
  @usableFromInline var s2: UInt64
  @usableFromInline var s3: UInt64

  public init(seed: UInt64) {
    var filler = SplitMix64(seed: seed)
    origin = seed
    s0 = filler.next()
    s1 = filler.next()
    s2 = filler.next()
    s3 = filler.next()
  }

  /// The generator at a given state, for comparison with published output.
  package init(state: (UInt64, UInt64, UInt64, UInt64)) {
    origin = 0
    (s0, s1, s2, s3) = state
  }

  /// The stream of a key: as independent of this stream and of every other key's as of another seed.
  ///
  /// The seed is mixed before the key is added: were it not, key 1 of seed 0 and key 0 of seed 1
  /// could meet.
  public func stream(_ key: UInt64) -> RandomStream {
    let place = SplitMix64.mix(origin &+ 0x9E37_79B9_7F4A_7C15) ^ SplitMix64.mix(key &* 2 &+ 1)
    return RandomStream(seed: SplitMix64.mix(place))
  }

  /// 64 random bits.
  @inlinable
  public mutating func next() -> UInt64 {
    let sum = s0 &+ s3
    let result = ((sum << 23) | (sum >> 41)) &+ s0
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// A number of [0, 1): a multiple of 2⁻⁵³, all equally likely.
  @inlinable
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number of (0, 1), safe to take the logarithm of: the middles of 2⁵² equal cells.
  @inlinable
  public mutating func openUniform() -> Double {
    (Double(next() >> 12) + 0.5) * 0x1p-52
  }

  /// True with the given probability; never for 0 or less, always for 1 or more.
  @inlinable
  public mutating func bernoulli(_ probability: Double) -> Bool {
    uniform() < probability
  }

  /// A whole number of `0 ..< bound`, each equally likely.
  ///
  /// Multiplies 64 random bits by the bound and takes the high word; the few low words that would
  /// favour some numbers are drawn again.
  /// Source: D. Lemire, "Fast random integer generation in an interval", 2019.
  /// - Precondition: `bound > 0`.
  @inlinable
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "an integer below \(bound)")
    let width = UInt64(bound)
    var product = next().multipliedFullWidth(by: width)
    if product.low < width {
      let rejected = (0 &- width) % width
      while product.low < rejected { product = next().multipliedFullWidth(by: width) }
    }
    return Int(product.high)
  }

  /// Puts the elements in a random order, every order equally likely (Fisher–Yates).
  @inlinable
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, integer(below: last + 1))
    }
  }
}
