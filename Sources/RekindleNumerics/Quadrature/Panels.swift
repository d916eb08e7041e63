/// Places that cut an integral into parts in each of which the integrand is smooth.
package struct Panels {
  private let ends: [Double]

  /// - Parameters:
  ///   - ends: In any order; those outside `range` are left out, and its own ends added.
  ///   - step: No part is longer.
  package init(_ ends: [Double], within range: ClosedRange<Double>, step: Double) {
    var cuts: [Double] = []
    let inside = ends.filter { range.contains($0) } + [range.lowerBound, range.upperBound]
    for end in inside.sorted() {
      if let last = cuts.last, end - last > step {
        let parts = ((end - last) / step).rounded(.up)
        for k in 1..<Int(parts) { cuts.append(last + (end - last) * Double(k) / parts) }
      }
      cuts.append(end)
    }
    self.ends = cuts
  }

  /// Calls `body` with every point of Gauss and Legendre's rule in every part, and its weight.
  package func forEachPoint(_ body: (_ x: Double, _ weight: Double) -> Void) {
    for (a, b) in zip(ends, ends.dropFirst()) where b > a {
      let (middle, radius) = ((a + b) / 2, (b - a) / 2)
      for (point, weight) in zip(GaussLegendre.points, GaussLegendre.weights) {
        body(middle + radius * point, radius * weight)
      }
    }
  }
}
