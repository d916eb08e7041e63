internal import RekindleCore

extension Plan {
  /// Throws `RK0813`.
  func validate(_ key: String) throws(Diagnostic) {
    func wrong(_ part: String, _ message: String, _ help: String) -> Diagnostic {
      Diagnostic("RK0813", message, key: "\(key).\(part)", help: help)
    }
    guard alpha > 0, alpha < 1 else {
      throw wrong("alpha", "an alpha of \(alpha)", "give a share above 0 and below 1, such as 0.05")
    }
    guard power > alpha, power < 1 else {
      throw wrong("power", "a power of \(power)", "give a share above alpha and below 1, such as 0.8")
    }
    switch effect {
    case nil: break
    case .absolute(let size), .relative(let size):
      guard size != 0, size.isFinite else {
        throw wrong("effect", "the smallest effect worth finding is \(size)", "give an effect other than 0")
      }
    }
    if let units, units < 2 {
      throw wrong("units", "\(units) planned units", "give the number of units of all arms, 2 or more")
    }
    switch looking {
    case .once: break
    case .groupSequential(let shares, _, _):
      guard let last = shares.last, last == 1, let first = shares.first, first > 0,
        zip(shares, shares.dropFirst()).allSatisfy({ $0 < $1 })
      else {
        throw wrong(
          "looks", "looks at \(shares.map { "\($0)" }.joined(separator: ", ")) of the information",
          "give ascending shares above 0; the last is 1")
      }
    case .alwaysValid(let tunedAt):
      if let tunedAt, tunedAt < 1 {
        throw wrong(
          "tuned_at", "an interval tuned at \(tunedAt) units", "give the number of units you expect")
      }
    }
  }
}
