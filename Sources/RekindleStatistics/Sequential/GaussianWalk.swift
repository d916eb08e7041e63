internal import RekindleNumerics

/// Where a Gaussian walk is that has kept inside its bounds so far: the engine of all group-sequential
/// computation.
///
/// ```
/// S₀ = start,   S_k = S_{k−1} + N(μ_k, V_k)
/// g_k(s) ds = P(S_k in ds, every S_j, j < k, inside its bounds)
/// g_k(s) = ∫ over the bounds of k−1:  g_{k−1}(r) φ((s − r − μ_k) / √V_k) / √V_k  dr
/// ```
/// The walk's place may be a score with information as its clock (S = Z √I, V_k = I_k − I_{k−1}), or a
/// posterior mean. The density is kept at Gauss–Legendre points, in panels no wider than three standard
/// deviations of the narrower of the two steps that meet there, and cut off 10 standard deviations of the
/// whole way from the start, which loses less than 1e-22.
///
/// Source: P. Armitage, C. K. McPherson, B. C. Rowe, "Repeated significance tests on accumulating data",
/// JRSS A 132, 1969; C. Jennison, B. W. Turnbull, "Group Sequential Methods with Applications to Clinical
/// Trials", 2000, chapter 19.
struct GaussianWalk: Sendable {
  /// Ascending.
  private var places: [Double]
  /// Density times quadrature weight.
  private var masses: [Double]
  /// Where the walk would be expected without bounds, and its variance since the start.
  private var centre: Double
  private var variance: Double

  init(start: Double = 0) {
    places = [start]
    masses = [1]
    centre = start
    variance = 0
  }

  /// `P(next step's S > s, still inside before)`.
  func upperTail(above s: Double, step V: Double, drift mu: Double) -> Double {
    let deviation = V.squareRoot()
    var sum = 0.0
    for index in places.indices {
      sum += masses[index] * Normal().upperTail((s - places[index] - mu) / deviation)
    }
    return sum
  }

  /// `P(next step's S ≤ s, still inside before)`.
  func lowerTail(below s: Double, step V: Double, drift mu: Double) -> Double {
    let deviation = V.squareRoot()
    var sum = 0.0
    for index in places.indices {
      sum += masses[index] * Normal().cdf((s - places[index] - mu) / deviation)
    }
    return sum
  }

  /// Takes a step and keeps what is inside `bounds`: disjoint, ascending, possibly infinite.
  /// - Parameter next: the variance of the step after this one, which sets how fine the points lie;
  ///   `nil` after the last.
  mutating func advance(step V: Double, drift mu: Double, inside bounds: [Interval], next: Double?) {
    centre += mu
    variance += V
    let reach = 10 * variance.squareRoot()
    let width = 3 * min(V, next ?? V).squareRoot()
    var newPlaces: [Double] = []
    var newMasses: [Double] = []
    for bound in bounds {
      let (low, high) = (max(bound.lower, centre - reach), min(bound.upper, centre + reach))
      guard high > low else { continue }
      let panels = max(1, Int(((high - low) / width).rounded(.up)))
      let half = (high - low) / Double(panels) / 2
      for panel in 0..<panels {
        let middle = low + half * Double(2 * panel + 1)
        for (point, weight) in zip(GaussLegendre.points, GaussLegendre.weights) {
          newPlaces.append(middle + half * point)
          newMasses.append(half * weight)
        }
      }
    }
    let scale = 1 / (2 * Double.pi * V).squareRoot()
    // Ten standard deviations of the step: the window moves along, for both lists ascend.
    let window = 10 * V.squareRoot()
    var first = 0
    for index in newPlaces.indices {
      let target = newPlaces[index] - mu
      while first < places.count, places[first] < target - window { first += 1 }
      var sum = 0.0
      var source = first
      while source < places.count, places[source] <= target + window {
        let distance = target - places[source]
        sum += masses[source] * exponential(-distance * distance / (2 * V))
        source += 1
      }
      newMasses[index] *= sum * scale
    }
    (places, masses) = (newPlaces, newMasses)
  }
}
