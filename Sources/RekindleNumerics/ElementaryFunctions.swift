internal import CBoostMath

// The few elementary functions that the estimators need, by the names of the textbook. They come
// from the C library through the shim, so that no target needs Foundation for a logarithm.

/// The natural logarithm.
package func logarithm(_ x: Double) -> Double { rk_log(x) }

/// `log(1 + x)`, accurate for small `x`.
package func logarithm(onePlus x: Double) -> Double { rk_log1p(x) }

/// `eˣ`.
package func exponential(_ x: Double) -> Double { rk_exp(x) }

/// `eˣ − 1`, accurate for small `x`.
package func exponentialMinusOne(_ x: Double) -> Double { rk_expm1(x) }

/// The logistic function `1 / (1 + e⁻ᶻ)`, without overflow.
package func logistic(_ z: Double) -> Double {
  let e = exponential(-abs(z))
  return z >= 0 ? 1 / (1 + e) : e / (1 + e)
}
