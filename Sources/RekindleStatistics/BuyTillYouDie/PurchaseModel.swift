public import RekindleCore

/// A buy-till-you-die model: customers buy at rates of their own until, unseen, they leave for good.
///
/// All times are given with their unit and converted to the model's. A history that cannot be
/// (`RepeatHistory.isPossible`) gives NaN.
///
/// `probabilityAlive` is no churn score: it asks whether the customer has left *already*. In BG/NBD a
/// customer leaves only right after a repeat purchase, so that every one-time buyer is alive with
/// certainty; on the CDNOW sample it ranks who will be gone worse than chance (area under the curve
/// 0.316). `probabilityOfNoPurchase`, over the horizon that the shop cares about, is what a churn label
/// means, and the three models agree on it.
public protocol PurchaseModel: Sendable, Hashable {
  /// Such as `MBG/NBD`.
  static var name: String { get }
  /// Of the model's times and rates.
  var unit: TimeUnit { get }

  /// Maximum likelihood over a population.
  /// - Parameters:
  ///   - histories: one a customer; a customer without repeats belongs in it.
  ///   - unit: in which the parameters are reported.
  /// - Throws: `RK0901` when the likelihood has no maximum; `RK0902` for a history that cannot be;
  ///   `RK0903` when nobody has come back.
  static func fit(_ histories: [RepeatHistory], unit: TimeUnit, workers: Workers) throws(Diagnostic)
    -> Fitted<Self>

  /// Of one customer.
  func logLikelihood(_ history: RepeatHistory) -> Double
  /// That the customer has not left by the end of the history.
  func probabilityAlive(_ history: RepeatHistory) -> Double
  /// That nothing is bought in the time after the end of the history.
  func probabilityOfNoPurchase(_ history: RepeatHistory, within horizon: TimeSpan) -> Double
  /// Expected purchases in the time after the end of the history.
  func expectedPurchases(_ history: RepeatHistory, within horizon: TimeSpan) -> Double
  /// E[X(t)]: expected repeat purchases of a customer of whom nothing is known, in the time after the
  /// first purchase.
  func expectedPurchases(within horizon: TimeSpan) -> Double
}
