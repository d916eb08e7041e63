extension Experiment {
  /// 16 hexadecimal digits that change whenever what decides over who gets what changes: salt, layer, holdout,
  /// arms, ramp, strata, batch. Metrics, dates and plans are no part of it.
  public var assignmentFingerprint: String {
    var text = CanonicalText()
    text.add(salt)
    text.add(unit)
    text.add(layer.map { [$0.name] } ?? [])
    text.add([layer?.lower ?? 0, layer?.upper ?? 1, holdout])
    text.add(factors.count)
    for factor in factors {
      text.add(factor.name)
      text.add(factor.levels)
    }
    text.add(arms.count)
    for arm in arms {
      text.add(arm.name)
      text.add(arm.levels.map(Double.init))
    }
    text.add(ramp.count)
    for phase in ramp {
      text.add(phase.coverage)
      text.add(weights(of: phase))
    }
    if let batch {
      text.add("batch")
      text.add(strata)
      text.add(String(batch.seed))
      if let balance = batch.balance {
        text.add(balance.covariates)
        text.add([balance.acceptance, Double(balance.tries)])
      }
    }
    let digits = String(SaltedDraw(.fingerprint, salt: "1").hash(text.text), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Values one after the other, each with its length before it, so that no two lists of values make one text.
private struct CanonicalText {
  private(set) var text = ""

  mutating func add(_ value: String) { text += "\(value.utf8.count):\(value);" }
  mutating func add(_ value: Int) { text += "\(value);" }
  mutating func add(_ value: Double) { text += "\(value.bitPattern);" }

  mutating func add(_ values: [String]) {
    add(values.count)
    for value in values { add(value) }
  }

  mutating func add(_ values: [Double]) {
    add(values.count)
    for value in values { add(value) }
  }
}
