public import RekindleBehaviour
public import RekindleCore
public import RekindleEvents
public import RekindleExperiments

/// What to do for whom: a playbook asked for every customer at a moment, with the guard-rails in its way.
///
/// A pure function of its inputs: the same for any number of threads and any order of rows.
public struct Outreach: Sendable {
  /// What a plan needs to know besides the events.
  public struct Inputs: Sendable {
    /// Features that rules and reasons may name, and what of the project's had to drop. Population
    /// statistics in them are over the customers of the log at the plan's moment.
    public var features: [FeatureDefinition]
    public var dropped: [FeatureSet.Availability.Dropped]
    /// Lifecycle columns and scores (`stage`, `grade`, `churn_probability`, `value_at_risk` …), one value a
    /// customer of the log, in its order. Without `value_at_risk` it is churn probability × margin × spend
    /// of the last 365 days.
    public var columns: [FeatureColumn]
    /// The values that texts among the columns can have, where they are known: a rule that compares one with
    /// anything else is refused.
    public var words: [String: [String]]
    /// Of the experiments that actions feed.
    public var assignments: [AssignmentTable]
    public var scheduled: ScheduledMessages
    /// Who is asked, one flag a customer of the log; `nil`: all. Whoever is heard of only after the
    /// moment is in the log, and is nobody's customer yet.
    public var isAsked: [Bool]?

    public init(
      features: [FeatureDefinition] = [], dropped: [FeatureSet.Availability.Dropped] = [],
      columns: [FeatureColumn] = [], words: [String: [String]] = [:],
      assignments: [AssignmentTable] = [], scheduled: ScheduledMessages = ScheduledMessages(),
      isAsked: [Bool]? = nil
    ) {
      self.features = features
      self.dropped = dropped
      self.columns = columns
      self.words = words
      self.assignments = assignments
      self.scheduled = scheduled
      self.isAsked = isAsked
    }
  }

  public let plan: OutreachPlan
  public let playbook: Playbook
  /// What in the data is not as it should be, and what was done about it, each a sentence. What drops out is
  /// in the playbook's messages.
  public let notes: [String]
  public let moment: Instant
  public let calendar: CivilCalendar
  /// Ids, in the order of the log.
  public let customers: [String]
  let facts: CustomerFacts
  let check: GuardCheck
  /// What one coupon of each action is expected to give away; NaN where no basket is known.
  let expectedDiscounts: [Double]
  /// How many of each action may still be done this week.
  let capacities: [Int?]
  /// Of how many of each action's places of the week other plans have disposed.
  let scheduledPlaces: [Int]
  /// Whether anybody has a value at risk: without any, what is scarce goes by id.
  let hasValues: Bool
  /// Of each action.
  let reasons: [ReasonWords]

  /// Collects the facts of every customer.
  /// - Parameters:
  ///   - moment: when the plan is made; nothing goes out before.
  ///   - log: with all kinds that the rules, features and guards ask for. Of what lies ahead of the moment
  ///     only messages and withdrawals of consent are looked at.
  /// - Throws: what `Playbook` throws; `RK1010` for an experiment without an assignment, `RK1011` for
  ///   columns that do not fit the log; what the evaluator throws.
  public init(
    _ plan: OutreachPlan, log: EventLog, at moment: Instant, inputs: Inputs = Inputs(),
    workers: Workers = Workers(1)
  ) throws(Diagnostic) {
    let calendar = log.calendar
    let schema = EventSchema(of: log)
    var types: [String: ValueType] = [:]
    for column in inputs.columns {
      guard column.values.count == log.customers.count else {
        throw Diagnostic(
          "RK1011",
          "the column \"\(column.name)\" has \(column.values.count) values for \(log.customers.count) customers",
          kind: .internalError, help: "give one value a customer of the log")
      }
      types[column.name] = column.values.type
    }
    let playbook = try Playbook(
      plan, features: inputs.features, dropped: inputs.dropped, columns: types, words: inputs.words,
      schema: schema, consentChannels: log.consentChannels)
    let trials = try Outreach.trials(of: playbook, inputs.assignments, log.customers)

    // A window of the cap reaches back from the plan's moment, and a clock change makes it longer.
    let reach = plan.guards.frequency?.days ?? 7
    let horizon = calendar.adding(days: -max(7, reach) - 1, to: moment)
    let services = Set(playbook.actions.filter(\.kind.isService).map(\.id))
    let messages = MessageTimes(
      in: log, scheduled: inputs.scheduled, isMarketing: { !($0.map(services.contains) ?? false) },
      from: horizon, workers: workers)
    let hours = OpenTickets.hours(in: log, at: moment, workers: workers)
    let weekAgo = calendar.adding(days: -7, to: moment)
    var columns = inputs.columns
    if log.stream("ticket") != nil {
      columns.append(FeatureColumn(name: "open_ticket_hours", values: .number(hours)))
    }
    if log.stream("message") != nil {
      columns.append(
        FeatureColumn(
          name: "marketing_messages_7d", values: .number(messages.counts(from: weekAgo, to: moment))))
    }
    let rules = try RuleTable(
      actions: playbook.actions, timeZone: plan.timeZone, features: inputs.features, columns: columns,
      log: log, moment: moment, isAsked: inputs.isAsked, workers: workers)
    let zones =
      rules.zones.map { CustomerZones($0, isAsked: inputs.isAsked, shop: calendar) }
      ?? CustomerZones(shop: calendar)
    let discounts = ExpectedDiscount.amounts(
      playbook.actions, trials: trials, rules: rules.rules, baskets: rules.baskets)
    let compiled = CompiledPlan(
      playbook, guards: plan.guards, trials: trials, discounts: discounts, at: moment,
      calendars: zones.calendars)
    let facts = CustomerFacts(
      zones: zones,
      hours: compiled.asksHours
        ? SendHours(compiled.quiets, in: log, zones: zones, at: moment, workers: workers) : nil,
      isHeldOut: Outreach.heldOut(plan.holdout, log.customers, workers),
      consent: ConsentStates(
        of: compiled.consents, in: log, at: moment, workers: workers),
      messages: messages,
      preferredChannel: PreferredChannels.indices(
        among: playbook.channels.map(\.name), in: log, at: moment, workers: workers),
      openTicketHours: hours, rules: rules, margin: plan.margin)
    var units = ["open_ticket_hours": "hours", "churn_probability": "share", "value_at_risk": "currency"]
    for feature in inputs.features { units[feature.name] = feature.unit }
    reasons = playbook.actions.map { [units] in ReasonWords($0, table: rules.table, units: units) }
    self.plan = plan
    self.playbook = playbook
    notes =
      playbook.warnings + zones.notes
      + ExpectedDiscount.notes(discounts, playbook.actions, rules: rules.rules)
      + (messages.unknown == 0
        ? []
        : [
          counted(messages.unknown, "scheduled message")
            + (messages.unknown == 1
              ? " is of a customer whom the events do not know"
              : " are of customers whom the events do not know")
        ])
    self.moment = moment
    self.calendar = calendar
    customers = log.customers
    self.facts = facts
    check = GuardCheck(plan: compiled, facts: facts)
    // What other plans have set within the last seven days, or ahead, is this week's.
    let scheduledPlaces = playbook.actions.map { action in
      guard plan.guards.capacity, action.capacity != nil else { return 0 }
      return zip(inputs.scheduled.actions, inputs.scheduled.times)
        .count { $0 == action.id && $1 >= weekAgo }
    }
    capacities = zip(playbook.actions, scheduledPlaces).map { action, used in
      guard plan.guards.capacity, let capacity = action.capacity else { return nil }
      return max(0, capacity - used)
    }
    self.scheduledPlaces = scheduledPlaces
    expectedDiscounts = discounts
    hasValues = facts.valueAtRisk.contains { !$0.isNaN }
  }

  private static func trials(
    of playbook: Playbook, _ assignments: [AssignmentTable], _ customers: [String]
  ) throws(Diagnostic) -> [TrialPlaces?] {
    var trials: [TrialPlaces?] = []
    for action in playbook.actions {
      guard let trial = action.trial else {
        trials.append(nil)
        continue
      }
      guard let table = assignments.first(where: { $0.experiment == trial.experiment }) else {
        throw Diagnostic(
          "RK1010",
          "action \"\(action.id)\" feeds the experiment \"\(trial.experiment)\", which has no assignment",
          help: "assign the customers first: `rekindle experiment assign \(trial.experiment)`")
      }
      for arm in trial.arms where !table.arms.dictionary.contains(arm.name) {
        throw Diagnostic(
          "RK1010", "the experiment \"\(trial.experiment)\" has no arm \"\(arm.name)\"",
          hint: nearMatch(of: arm.name, among: table.arms.dictionary).map { "did you mean \"\($0)\"?" },
          notes: ["arms: " + table.arms.dictionary.joined(separator: ", ")],
          help: "name the arms of action \"\(action.id)\" as the assignment does")
      }
      trials.append(TrialPlaces(trial, table: table, customers: customers))
    }
    return trials
  }

  /// The draw that experiments of a layer with the holdout's name make.
  private static func heldOut(
    _ holdout: OutreachPlan.Holdout?, _ customers: [String], _ workers: Workers
  ) -> [Bool] {
    guard let holdout, holdout.share > 0 else {
      return [Bool](repeating: false, count: customers.count)
    }
    let draw = SaltedDraw(.layerHoldout, salt: holdout.layer)
    return byBlock(customers.count, workers) { range in range.map { draw(customers[$0]) < holdout.share } }
  }
}

extension FeatureValues {
  var count: Int {
    switch self {
    case .number(let values), .flag(let values): values.count
    case .category(let codes, _): codes.count
    }
  }

  fileprivate var type: ValueType {
    switch self {
    case .number: .number
    case .flag: .flag
    case .category: .text
    }
  }
}

extension EventLog {
  /// The channels that events of kind `consent` speak of.
  package var consentChannels: [String] {
    if case .category(_, let names)? = stream("consent")?.attribute("channel")?.column { names } else { [] }
  }
}

extension CustomerFacts {
  init(
    zones: CustomerZones, hours: SendHours?, isHeldOut: [Bool], consent: ConsentStates,
    messages: MessageTimes,
    preferredChannel: [Int8],
    openTicketHours: [Double], rules: RuleTable, margin: Double
  ) {
    let table = rules.table
    func column(_ name: String) -> [Double] {
      switch table.column(name)?.values {
      case .number(let values), .flag(let values): values
      case .category, nil: [Double](repeating: .nan, count: isHeldOut.count)
      }
    }
    func fact(_ formula: FactFormula) -> [Double] { column(formula.rawValue) }
    self.zones = zones
    self.hours = hours
    self.isHeldOut = isHeldOut
    self.consent = consent
    self.messages = messages
    self.preferredChannel = preferredChannel
    self.openTicketHours = openTicketHours
    daysSincePurchase = fact(.daysSincePurchase)
    daysSinceCoupon = fact(.daysSinceCoupon)
    tierLevel = fact(.tierLevel)
    discountShare = fact(.discountShare)
    orders = fact(.orders)
    meanBasket = fact(.meanBasket)
    churnProbability = column("churn_probability")
    valueAtRisk =
      table.column("value_at_risk") != nil
      ? column("value_at_risk")
      : zip(churnProbability, fact(.yearSpend)).map { $0 * margin * $1 }
    self.rules = rules.rules
    self.table = table
  }
}
