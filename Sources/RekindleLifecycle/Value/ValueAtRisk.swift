/// What is lost if the customer leaves: the chance of it times what was to be expected.
///
/// ```
/// value at risk = P(churn) · expected margin
/// ```
/// NaN where either is.
public func valueAtRisk(churnProbability: Double, expectedMargin: Double) -> Double {
  churnProbability * expectedMargin
}
