internal import RekindleBehaviour
internal import RekindleCore
internal import RekindleExperiments
internal import RekindleTables

/// The words of an action's reason with a customer's figures filled in.
///
/// `{name}` is a feature, a column or a fact. A part between commas that needs a missing value is left out.
struct ReasonWords: Sendable {
  private enum Piece: Sendable {
    case text(String)
    case value(FeatureValues, unit: String?)
    case missing
  }

  private let clauses: [[Piece]]
  private let fallback: String

  /// - Parameter units: of features, by name.
  init(_ action: Action, table: FeatureTable, units: [String: String]) {
    fallback = action.id.split(separator: "_").joined(separator: " ")
    let text = action.reason.isEmpty ? fallback : action.reason
    clauses = text.split(separator: ",", omittingEmptySubsequences: false).map { clause in
      var pieces: [Piece] = []
      var rest = clause
      while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
        pieces.append(.text(String(rest[..<open])))
        let name = String(rest[rest.index(after: open)..<close])
        pieces.append(table.column(name).map { .value($0.values, unit: units[name]) } ?? .missing)
        rest = rest[rest.index(after: close)...]
      }
      pieces.append(.text(String(rest)))
      return pieces
    }
  }

  func text(_ row: Int) -> String {
    let said = clauses.compactMap { clause -> String? in
      var text = ""
      for piece in clause {
        switch piece {
        case .text(let words): text += words
        case .missing: return nil
        case .value(let values, let unit):
          guard let words = ReasonWords.words(values, row, unit) else { return nil }
          text += words
        }
      }
      return text
    }
    let text = said.joined(separator: ",")
    return text.isEmpty ? fallback : text.hasPrefix(" ") ? String(text.dropFirst()) : text
  }

  /// A value as people say it; `nil` when it is missing.
  private static func words(_ values: FeatureValues, _ row: Int, _ unit: String?) -> String? {
    switch values {
    case .category(let codes, let dictionary):
      return codes[row] < 0 ? nil : dictionary[Int(codes[row])]
    case .flag(let flags):
      return flags[row].isNaN ? nil : flags[row] > 0 ? "yes" : "no"
    case .number(let numbers):
      let value = numbers[row]
      guard value.isFinite else { return nil }
      switch unit {
      case "days", "hours": return fixed(value, digits: 0)
      case "share": return fixed(value * 100, digits: 0) + "%"
      case "currency": return fixed(value, digits: 2)
      default: return fixed(value, digits: value == value.rounded() ? 0 : abs(value) < 10 ? 2 : 1)
      }
    }
  }
}

extension Outreach {
  /// What a guard says of a customer and an action, with its figures.
  func words(of rule: Guard, customer: Int, action: Int) -> String {
    let guards = plan.guards
    let step = check.plan.steps[action]
    func days(_ value: Double) -> String { value.isNaN ? "an unknown number of" : fixed(value, digits: 0) }
    switch rule {
    case .holdout: return "held out of all marketing, to measure by"
    case .consent:
      let channels = step.options.map { option in
        playbook.channels[check.plan.options[option].channel].name + " (\(consentWords(customer, option)))"
      }
      return "no consent to \(playbook.actions[action].kind.purpose) by \(channels.joined(separator: ", "))"
    case .openTicket:
      return "a ticket has been open for \(fixed(facts.openTicketHours[customer], digits: 0)) hours"
    case .returnWindow:
      return
        "bought \(days(facts.daysSincePurchase[customer])) days ago, and can return it until \(dayText(guards.returnWindow, after: facts.daysSincePurchase[customer]))"
    case .discountDepth:
      let level = facts.tierLevel[customer]
      let depth = check.offer(customer, step: action)?.depth(basket: facts.meanBasket[customer]) ?? .nan
      return
        "the offer is \(depth.isNaN ? "of unknown depth" : percentText(depth) + " off"), and "
        + (level.isNaN ? "without a tier" : "tier \(shortest(level))")
        + " \(percentText(guards.discountDepth?.depth(ofLevel: level) ?? 0)) is the limit"
    case .couponCoolOff:
      return
        "got a coupon \(days(facts.daysSinceCoupon[customer])) days ago, and gets no other until \(dayText(guards.couponCoolOff, after: facts.daysSinceCoupon[customer]))"
    case .discountDependence:
      return
        "\(percentText(facts.discountShare[customer])) of \(fixed(facts.orders[customer], digits: 0)) orders in a year had a discount"
    case .basketStretch:
      let minimum = check.offer(customer, step: action)?.minimum ?? 0
      let basket = facts.meanBasket[customer]
      return "the offer asks for \(shortest(minimum)), and the mean basket is "
        + (basket.isNaN ? "not known" : fixed(basket, digits: 2))
    case .experiment:
      guard let trial = step.trial, trial.rows[customer] >= 0 else {
        return
          "the experiment \(playbook.actions[action].trial?.experiment ?? "") does not reach the customer"
      }
      return
        "arm \(trial.table.arm(Int(trial.rows[customer]))) of the experiment \(trial.table.experiment) does not get it"
    case .frequency:
      let count = facts.messages.range(customer).count
      return
        "\(count) marketing messages are too near, and \(guards.frequency?.max ?? 0) are allowed in \(guards.frequency?.days ?? 0) days"
    case .quietHours: return "the day has no minute outside the quiet hours"
    case .capacity: return capacityWords(customer, action)
    case .budget:
      let gift = expectedDiscounts[action]
      return "the budget of \(shortest(guards.budget ?? 0)) does not reach"
        + (gift > 0 ? ": one is expected to give away \(fixed(gift, digits: 2))" : "")
    case .nothing: return reasonText(customer, action: action)
    }
  }

  /// The day on which so many days will have passed since what was some days ago.
  private func dayText(_ days: Int?, after ago: Double) -> String {
    let wait = (Double(days ?? 0) - ago) * Instant.microsecondsPerDay
    let end = Instant(microseconds: moment.microseconds + (wait.isFinite ? Int64(wait) : 0))
    return CivilDate(daysSinceEpoch: calendar.day(of: end)).description
  }

  /// What is known of the consent that an option asks for.
  private func consentWords(_ customer: Int, _ option: Int) -> String {
    let until = check.consentEnd(customer, option)
    if until == .min { return "not known" }
    let day = CivilDate(daysSinceEpoch: calendar.day(of: Instant(microseconds: until))).description
    return until > moment.microseconds ? "withdrawn from \(day) on" : "withdrawn on \(day)"
  }

  /// How many places there are, and by what order they go: the rule rather than who holds them, which with
  /// a budget beside it is not one thing.
  private func capacityWords(_ customer: Int, _ action: Int) -> String {
    let capacity = playbook.actions[action].capacity ?? 0
    let used = min(scheduledPlaces[action], capacity)
    let places = capacity == 1 ? "the one place of the week" : "the \(capacity) places of the week"
    if capacity == 0 { return "there is no place for it in a week" }
    if used == capacity { return "\(places) \(capacity == 1 ? "is" : "are") set already" }
    let isOne = capacity - used == 1
    let left =
      used == 0
      ? "\(places) \(isOne ? "goes" : "go")"
      : "\(capacity - used) of \(places) \(isOne ? "is" : "are") left, and \(isOne ? "goes" : "go")"
    if !hasValues { return "\(left) by customer id, for want of a value at risk" }
    return facts.valueAtRisk[customer].isNaN
      ? "\(left) first to those whose value at risk is known"
      : "\(left) first to those with more at risk, then by customer id"
  }

  /// The action's reason for a customer.
  func reasonText(_ customer: Int, action: Int) -> String { reasons[action].text(customer) }
}
