/// Where a continuous function that changes sign once between `lower` and `upper` is 0; NaN where both
/// ends have the same sign or one is NaN.
package func monotoneRoot(
  from lower: Double, to upper: Double, tolerance: Double = 1e-15, of function: (Double) -> Double
) -> Double {
  let (low, high) = (function(lower), function(upper))
  guard low <= 0 && high >= 0 || low >= 0 && high <= 0 else { return .nan }
  return bracketedRoot(from: lower, to: upper, tolerance: tolerance, of: function)
}

/// The same, when only a start is known: the width of the step away from `lower` is doubled until the sign
/// changes.
package func monotoneRoot(
  from lower: Double, outwards step: Double, of function: (Double) -> Double
) -> Double {
  let start = function(lower)
  if start == 0 { return lower }
  var (near, width) = (lower, step)
  for _ in 0..<200 {
    let far = lower + width
    let value = function(far)
    guard value.isFinite else { return .nan }
    if value == 0 { return far }
    if (value > 0) != (start > 0) { return bracketedRoot(from: near, to: far, of: function) }
    (near, width) = (far, width * 2)
  }
  return .nan
}
