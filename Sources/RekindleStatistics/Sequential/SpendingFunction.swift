internal import RekindleNumerics

/// How much of an error may have been spent when a share `t` of the information is in.
///
/// ```
/// obrienFleming:  α(t) = 2 (1 − Φ( z(α/2) / √t ))      hardly anything early
/// pocock:         α(t) = α ln(1 + (e − 1) t)           about as much at every look
/// ```
/// `α` is one-sided; a two-sided test spends half of its own on each side. At t ≥ 1 all is spent.
///
/// Source: K. K. G. Lan, D. L. DeMets, "Discrete sequential boundaries for clinical trials",
/// Biometrika 70, 1983.
public enum SpendingFunction: String, Sendable, Hashable, Codable, CaseIterable {
  case obrienFleming = "obrien_fleming"
  case pocock

  /// - Parameters:
  ///   - share: t > 0.
  ///   - total: α of one side.
  public func spent(at share: Double, of total: Double) -> Double {
    guard share > 0 else { return 0 }
    if share >= 1 { return total }
    switch self {
    case .obrienFleming:
      return 2 * Normal().upperTail(Normal().upperQuantile(total / 2) / share.squareRoot())
    case .pocock:
      return total * logarithm(onePlus: 1.718_281_828_459_045 * share)
    }
  }
}
