internal import RekindleCore
internal import RekindleExperiments

/// A playbook with everything looked up that is the same for all customers.
struct CompiledPlan: Sendable {
  /// An action by one of its channels.
  struct Option: Sendable {
    let action: Int
    /// Index into the playbook's channels.
    let channel: Int
    /// Of action and message, in millionths: money is compared and summed as whole numbers.
    let cost: Int64
    /// What a coupon is expected to give away, in millionths; 0 where it is not known.
    let discount: Int64
    /// Index into `consents`; `nil`: needs none.
    let consent: Int?
    /// Index into `quiets`.
    let quiet: Int
  }

  /// What an arm, or an action without an experiment, gets.
  struct Treatment: Sendable {
    let offer: Offer?
    /// A row a time zone, in it `hours` an option of the action.
    let windows: [[SendWindow]]
    /// 24 where the hour is the customer's, else 1.
    let hours: Int
  }

  struct Step: Sendable {
    let isService: Bool
    let isNothing: Bool
    /// Places in `options`.
    let options: Range<Int>
    let treatments: [Treatment]
    /// `nil`: without an experiment.
    let trial: TrialPlaces?
  }

  let steps: [Step]
  let options: [Option]
  /// What consent is asked for, each once.
  let consents: [ConsentStates.Key]
  /// The channels' quiet hours, each once, as they are written.
  let quiets: [QuietHours?]
  /// One a time zone; none without a cap.
  private let caps: [ContactCap]
  let guards: Guards

  /// - Parameters:
  ///   - discounts: what one coupon of each action is expected to give away.
  ///   - calendars: of the customers' time zones.
  init(
    _ playbook: Playbook, guards: Guards, trials: [TrialPlaces?], discounts: [Double], at moment: Instant,
    calendars: [CivilCalendar]
  ) {
    var steps: [Step] = []
    var options: [Option] = []
    var consents: [ConsentStates.Key] = []
    var quiets: [QuietHours?] = []
    for channel in playbook.channels where !quiets.contains(channel.quiet) { quiets.append(channel.quiet) }
    func consent(_ channel: Channel, _ action: Action) -> Int? {
      guard guards.consent, let name = channel.consent else { return nil }
      let key = ConsentStates.Key(channel: name, purpose: action.kind.purpose)
      if let known = consents.firstIndex(of: key) { return known }
      consents.append(key)
      return consents.count - 1
    }
    for (place, action) in playbook.actions.enumerated() {
      let first = options.count
      let channels = action.channels.compactMap { name in
        playbook.channels.firstIndex { $0.name == name }
      }
      for index in channels {
        let channel = playbook.channels[index]
        options.append(
          Option(
            action: place, channel: index, cost: millionths(action.cost) + millionths(channel.cost),
            discount: discounts[place].isNaN ? 0 : millionths(discounts[place]),
            consent: consent(channel, action), quiet: quiets.firstIndex(of: channel.quiet) ?? 0))
      }
      func treatment(_ offer: Offer?, _ send: SendSlot) -> Treatment {
        let hours = send.isLearned ? 24 : 1
        return Treatment(
          offer: offer,
          windows: calendars.map { calendar in
            channels.flatMap { index in
              (0..<hours).map { hour in
                SendWindow(
                  send, hour: hour, quiet: guards.quietHours ? playbook.channels[index].quiet : nil,
                  from: moment, calendar: calendar)
              }
            }
          }, hours: hours)
      }
      var treatments = [treatment(action.offer, action.send)]
      for arm in action.trial?.arms ?? [] {
        treatments.append(treatment(arm.offer ?? action.offer, arm.send ?? action.send))
      }
      steps.append(
        Step(
          isService: action.kind.isService, isNothing: action.kind == .nothing,
          options: first..<options.count, treatments: treatments, trial: trials[place]))
    }
    self.steps = steps
    self.options = options
    self.consents = consents
    self.quiets = quiets
    caps = guards.frequency.map { rule in calendars.map { ContactCap(rule, calendar: $0) } } ?? []
    self.guards = guards
  }

  /// Whether any message goes out at an hour that is learned.
  var asksHours: Bool { steps.contains { $0.treatments.contains { $0.hours > 1 } } }

  func cap(inZone zone: Int) -> ContactCap? { caps.isEmpty ? nil : caps[zone] }
}

/// Which arm of an experiment each customer has.
struct TrialPlaces: Sendable {
  let table: AssignmentTable
  /// Row of the table, one a customer; −1 for who is not in it.
  let rows: [Int32]
  /// Of each code of the table's arms: the treatment, 0 being the action as it is written; −1 for none.
  let treatments: [Int]

  /// - Parameter customers: in the order of ids, like the table's.
  init(_ trial: Action.Trial, table: AssignmentTable, customers: [String]) {
    self.table = table
    var rows = [Int32](repeating: -1, count: customers.count)
    var row = 0
    for (customer, id) in customers.enumerated() {
      while row < table.count, table.customers[row].utf8.lexicographicallyPrecedes(id.utf8) { row += 1 }
      if row < table.count, table.customers[row].utf8.elementsEqual(id.utf8) { rows[customer] = Int32(row) }
    }
    self.rows = rows
    treatments = table.arms.dictionary.map { name in
      if name == UnitSchema.holdoutArm { return -1 }
      guard let place = trial.arms.firstIndex(where: { $0.name == name }) else { return 0 }
      return trial.arms[place].isTreated ? place + 1 : -1
    }
  }

  /// The treatment of a customer; −1 for none.
  func treatment(_ customer: Int) -> Int {
    rows[customer] < 0 ? -1 : treatments[Int(table.arms.codes[Int(rows[customer])])]
  }
}

/// Money as whole millionths.
func millionths(_ amount: Double) -> Int64 { Int64((amount * 1e6).rounded()) }
