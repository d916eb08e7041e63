/// The beta-geometric / negative-binomial model (BG/NBD).
///
/// ```
/// λ ~ Gamma(shape r, rate α)       purchases a unit of time
/// p ~ Beta(a, b)                   leaves with probability p right after each repeat purchase
/// L = Γ(r+x) α^r / Γ(r) · B(a, b+x) / B(a, b) · {(α+T)^−(r+x) + [x > 0] a / (b+x−1) (α+t_x)^−(r+x)}
/// ```
/// A customer without repeats cannot have left. Where one-time buyers are many, as in most shops, take
/// `MBGNBD`, which allows it.
///
/// Source: P. Fader, B. Hardie, K. Lee, "Counting your customers the easy way", 2005.
public struct BGNBD: BetaGeometricModel {
  public static let name = "BG/NBD"
  /// The first purchase is none: x chances after x repeats.
  public static let earlyChances = 0.0

  public let r: Double
  /// In `unit`.
  public let alpha: Double
  public let a: Double
  public let b: Double
  public let unit: TimeUnit

  public init(r: Double, alpha: Double, a: Double, b: Double, unit: TimeUnit) {
    self.r = r
    self.alpha = alpha
    self.a = a
    self.b = b
    self.unit = unit
  }
}
