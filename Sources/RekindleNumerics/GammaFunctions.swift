internal import CBoostMath

/// ln |Γ(x)|.
public func logGamma(_ x: Double) -> Double { rk_log_gamma(x) }

/// ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b), for `a` > 0 and `b` > 0.
public func logBeta(_ a: Double, _ b: Double) -> Double { rk_log_beta(a, b) }

/// ψ(x) = d ln Γ(x) / dx.
public func digamma(_ x: Double) -> Double { rk_digamma(x) }

/// ψ′(x).
public func trigamma(_ x: Double) -> Double { rk_trigamma(x) }
