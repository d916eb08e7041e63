internal import RekindleBehaviour

/// What one coupon of each action is expected to give away.
///
/// ```
/// d = (1 / n) Σ gift(c)        gift(c) = share · b(c)  or  the amount
/// ```
/// over the n customers for whom the action is meant and whose arm gets it; b(c) is their mean basket (the
/// guards' one: of a year, else of all time), and who has none is left out.
///
/// Every coupon is counted as used, once and on a basket as usual: how many are not used, only an experiment
/// shows. All customers of an action count alike. With each one's own basket, scarce money would go to the
/// smallest baskets and not to those with most at risk; with each arm's own offer it would go to the
/// cheapest arm, and nothing could be learned from the comparison.
enum ExpectedDiscount {
  /// - Parameters:
  ///   - rules: whom each action is meant for; a row an action.
  ///   - baskets: one a customer; NaN where it is not known.
  /// - Returns: in money, one an action: 0 of one without an offer, NaN where nobody's basket is known.
  static func amounts(
    _ actions: [Action], trials: [TrialPlaces?], rules: [[Bool]], baskets: [Double]
  ) -> [Double] {
    actions.indices.map { place in
      let action = actions[place]
      guard action.kind == .coupon else { return 0 }
      let offers = [action.offer] + (action.trial?.arms ?? []).map { $0.offer ?? action.offer }
      var sum = 0.0
      var count = 0
      for customer in baskets.indices where rules[place][customer] {
        let treatment = trials[place].map { $0.treatment(customer) } ?? 0
        guard treatment >= 0, let gift = offers[treatment]?.gift(basket: baskets[customer]), !gift.isNaN
        else { continue }
        sum += gift
        count += 1
      }
      return count > 0 ? sum / Double(count) : .nan
    }
  }
}

extension ExpectedDiscount {
  /// For which actions it is not known, each a sentence.
  static func notes(_ amounts: [Double], _ actions: [Action], rules: [[Bool]]) -> [String] {
    actions.indices.filter { amounts[$0].isNaN && rules[$0].contains(true) }.map { place in
      "what \(actions[place].id) gives away is not known, and the budget does not count it: nobody for whom it is meant has a basket with a value"
    }
  }
}

extension RuleTable {
  /// The mean basket of each customer.
  var baskets: [Double] {
    switch table.column(FactFormula.meanBasket.rawValue)?.values {
    case .number(let values), .flag(let values): values
    case .category, nil: [Double](repeating: .nan, count: table.rowCount)
    }
  }
}
