internal import RekindleCore
internal import RekindleStatistics

extension Expectation {
  /// The parameters of the model behind it, fitted to a population; NaN where it cannot be.
  /// - Parameter columns: of `aggregates`, a value a customer.
  func parameters(_ columns: [[Double]], workers: Workers) -> [Double] {
    let estimates: LikelihoodFit?
    // That a likelihood has no maximum in these customers is no error of the expression: the value
    // cannot be computed, and what cannot be computed is missing.
    if quantity == .expectedMean {
      let spends = zip(columns[0], columns[1]).map { days, mean in
        SpendHistory(repeats: max(0, days - 1), mean: mean)
      }
      estimates = try? GammaGamma.fit(spends, workers: workers).fit
    } else {
      let histories = columns[0].indices.compactMap { customer in
        columns[0][customer] > 0
          ? history(columns[0][customer], columns[1][customer], columns[2][customer]) : nil
      }
      estimates = try? MBGNBD.fit(histories, unit: .day, workers: workers).fit
    }
    return estimates?.estimates.map(\.value) ?? constantNames.map { _ in .nan }
  }

  /// Fills the column of its values.
  /// - Parameters:
  ///   - theta: the parameters, in the order of `constantNames`.
  ///   - inputs: the columns of `aggregates`.
  func apply(
    _ theta: [Double], _ inputs: [UnsafePointer<Double>], _ count: Int, _ out: UnsafeMutablePointer<Double>
  ) {
    guard !theta.contains(where: \.isNaN) else {
      out.update(repeating: .nan, count: count)
      return
    }
    if quantity == .expectedMean {
      let model = GammaGamma(p: theta[0], q: theta[1], v: theta[2])
      for i in 0..<count {
        let days = inputs[0][i]
        out[i] =
          days > 0 ? finite(model.expectedSpend(SpendHistory(repeats: days - 1, mean: inputs[1][i]))) : .nan
      }
      return
    }
    let model = MBGNBD(r: theta[0], alpha: theta[1], a: theta[2], b: theta[3], unit: .day)
    let ahead = TimeSpan.days(Double(horizon ?? 0))
    for i in 0..<count {
      guard inputs[0][i] > 0 else {
        out[i] = .nan
        continue
      }
      let own = history(inputs[0][i], inputs[1][i], inputs[2][i])
      switch quantity {
      case .probabilityOfNone: out[i] = finite(model.probabilityOfNoPurchase(own, within: ahead))
      case .expectedCount: out[i] = finite(model.expectedPurchases(own, within: ahead))
      case .probabilityAlive, .expectedMean: out[i] = finite(model.probabilityAlive(own))
      }
    }
  }

  private func history(_ days: Double, _ span: Double, _ age: Double) -> RepeatHistory {
    RepeatHistory(repeats: days - 1, lastAge: span, age: age, unit: .day)
  }
}
