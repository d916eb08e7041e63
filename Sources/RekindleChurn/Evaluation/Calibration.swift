internal import Foundation

/// Whether a predicted 30 % happens three times in ten.
public struct Calibration: Sendable, Hashable, Codable {
  /// Customers of neighbouring probabilities, and what they did.
  public struct Bin: Sendable, Hashable, Codable {
    public var count: Int
    public var events: Int
    public var meanProbability: Double
    public var eventRate: Double
    /// Wilson's 95 % interval of the event rate.
    public var low: Double
    public var high: Double
  }

  /// Mean predicted probability over the event rate (E/O): above 1 is too many predicted.
  public var expectedOverObserved: Double
  /// α of logit P(y) = α + logit p: calibration in the large; 0 is perfect. `nil` when the
  /// recalibration has no finite maximum. A probability closer than 2⁻⁵² to 0 or 1 counts as that far
  /// from it, as in the log loss: it has a logit, and one sure customer does not hide all others.
  public var inTheLarge: Double?
  /// α and β of logit P(y) = α + β logit p; 0 and 1 are perfect. β below 1: too extreme.
  public var intercept: Double?
  public var slope: Double?
  /// About `binCount` bins of equal size, equal probabilities never parted, ascending.
  public var bins: [Bin]

  public init(probabilities: [Double], outcomes: [Bool], binCount: Int = 10) {
    let n = Double(outcomes.count)
    let events = Double(outcomes.count { $0 })
    expectedOverObserved = probabilities.reduce(0, +) / n / (events / n)
    bins = Self.bins(probabilities, outcomes, binCount)
    let logits = probabilities.map { probability in
      let p = min(max(probability, .ulpOfOne), 1 - .ulpOfOne)
      return log(p) - log1p(-p)
    }
    inTheLarge = Self.recalibrate(logits, outcomes, slopeIsFree: false)?.intercept
    let line = Self.recalibrate(logits, outcomes, slopeIsFree: true)
    intercept = line?.intercept
    slope = line?.slope
  }

  /// Newton's method on two parameters (one when the slope is held at 1), step halved while the
  /// likelihood falls.
  private static func recalibrate(
    _ logits: [Double], _ outcomes: [Bool], slopeIsFree: Bool
  ) -> (intercept: Double, slope: Double)? {
    func loss(_ a: Double, _ b: Double) -> Double {
      var sum = 0.0
      for (logit, outcome) in zip(logits, outcomes) {
        let eta = a + b * logit
        // ln(1 + e^η) − yη, without overflow.
        sum += max(eta, 0) + log1p(exp(-abs(eta))) - (outcome ? eta : 0)
      }
      return sum
    }
    var a = 0.0
    var b = 1.0
    var current = loss(a, b)
    for _ in 0..<50 {
      var ga = 0.0, gb = 0.0, haa = 0.0, hab = 0.0, hbb = 0.0
      for (logit, outcome) in zip(logits, outcomes) {
        let mu = logistic(a + b * logit)
        let residual = (outcome ? 1 : 0) - mu
        let weight = mu * (1 - mu)
        ga += residual
        gb += residual * logit
        haa += weight
        hab += weight * logit
        hbb += weight * logit * logit
      }
      var stepA = ga / haa
      var stepB = 0.0
      if slopeIsFree {
        let determinant = haa * hbb - hab * hab
        stepA = (hbb * ga - hab * gb) / determinant
        stepB = (haa * gb - hab * ga) / determinant
      }
      guard stepA.isFinite, stepB.isFinite else { return nil }
      var next = loss(a + stepA, b + stepB)
      var halvings = 0
      while next > current + 1e-12 * abs(current), halvings < 30 {
        stepA /= 2
        stepB /= 2
        next = loss(a + stepA, b + stepB)
        halvings += 1
      }
      a += stepA
      b += stepB
      current = next
      if abs(stepA) <= 1e-12 * (1 + abs(a)), abs(stepB) <= 1e-12 * (1 + abs(b)) { return (a, b) }
    }
    return nil
  }

  private static func bins(_ probabilities: [Double], _ outcomes: [Bool], _ binCount: Int) -> [Bin] {
    let order = ascendingOrder(probabilities)
    var bins: [Bin] = []
    var start = 0
    for index in 1...binCount {
      var end = max(start, order.count * index / binCount)
      while end > start, end < order.count, probabilities[order[end]] == probabilities[order[end - 1]] {
        end += 1
      }
      guard end > start else { continue }
      let rows = order[start..<end]
      let events = rows.count { outcomes[$0] }
      let interval = wilsonInterval(events: events, of: rows.count)
      bins.append(
        Bin(
          count: rows.count, events: events,
          meanProbability: rows.reduce(0) { $0 + probabilities[$1] } / Double(rows.count),
          eventRate: Double(events) / Double(rows.count), low: interval.low, high: interval.high))
      start = end
    }
    return bins
  }
}

/// Wilson's 95 % interval of a share.
///
///     (p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n)
///
/// Source: Wilson (1927), JASA 22.
/// - Precondition: `count` is positive.
public func wilsonInterval(events: Int, of count: Int) -> (low: Double, high: Double) {
  let n = Double(count)
  let share = Double(events) / n
  let z2 = normal975 * normal975
  let centre = share + z2 / (2 * n)
  let half = normal975 * (share * (1 - share) / n + z2 / (4 * n * n)).squareRoot()
  return (
    events == 0 ? 0 : (centre - half) / (1 + z2 / n), events == count ? 1 : (centre + half) / (1 + z2 / n)
  )
}

/// 1 / (1 + e^−η), without overflow.
func logistic(_ eta: Double) -> Double {
  if eta >= 0 { return 1 / (1 + exp(-eta)) }
  let e = exp(eta)
  return e / (1 + e)
}
