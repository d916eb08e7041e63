/// The modified beta-geometric / negative-binomial model (MBG/NBD): the default.
///
/// ```
/// λ ~ Gamma(shape r, rate α)       purchases a unit of time
/// p ~ Beta(a, b)                   leaves with probability p right after each purchase, the first too
/// L = Γ(r+x) α^r / Γ(r) · B(a, b+x+1) / B(a, b) · {(α+T)^−(r+x) + a / (b+x) (α+t_x)^−(r+x)}
/// ```
/// Unlike in BG/NBD a customer can leave after the very first purchase, so that silence tells something
/// about one-time buyers too.
///
/// Source: E. Batislam, M. Denizel, A. Filiztekin, 2007.
public struct MBGNBD: BetaGeometricModel {
  public static let name = "MBG/NBD"
  /// The first purchase is one: x + 1 chances after x repeats.
  public static let earlyChances = 1.0

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
