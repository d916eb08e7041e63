public import RekindleCore

/// Reads the sources of a project into an event log.
public enum EventReader {
  /// The kinds and attributes that sources declare, before anything is read.
  /// - Throws: `RK0215` where two sources give an attribute of one kind different types, and what
  ///   a definition that contradicts itself throws.
  public static func schema(
    sources: [(name: String, definition: SourceDefinition)], calendar: CivilCalendar
  ) throws(Diagnostic) -> EventSchema {
    var contracts: [SourceContract] = []
    for (name, definition) in sources {
      contracts.append(
        try SourceContract(
          name: name, definition: definition, calendar: calendar, until: nil, needed: nil))
    }
    return try EventLayout(contracts, needed: nil).schema
  }

  /// Reads every source under its contract.
  /// - Parameters:
  ///   - sources: in the order of the project file.
  ///   - calendar: the project's; a source may say another zone for its own times.
  ///   - baseDirectory: what relative paths start from; empty is the working directory.
  ///   - until: rows at or after this are quarantined as `future_time`; `nil` takes every time.
  ///   - needed: the attributes that are asked for, by kind; what nothing asks for is not kept.
  ///     `nil` keeps all. A row is judged by all that its source declares either way.
  ///   - enforcingLimits: whether a source with too many rejected rows is an error. `false` leaves
  ///     that to `Intake.checkLimits()`, for a caller that shows the rows first.
  /// - Throws: a `Diagnostic` of the range `RK02xx`, its `key` the setting that it is about.
  public static func read(
    sources: [(name: String, definition: SourceDefinition)], calendar: CivilCalendar,
    baseDirectory: String = "", until: Instant? = nil, needed: [String: Set<String>]? = nil,
    workers: Workers, enforcingLimits: Bool = true
  ) throws(Diagnostic) -> (log: EventLog, intake: Intake) {
    var builder: EventLogBuilder?
    let intake = try readBatches(
      sources: sources, calendar: calendar, baseDirectory: baseDirectory, until: until, needed: needed,
      workers: workers
    ) { schema in
      let log = EventLogBuilder(schema: schema, calendar: calendar, workers: workers)
      builder = log
      return { log.append($0) }
    }
    if enforcingLimits { try intake.checkLimits() }
    let log = builder?.finish() ?? EventLog(customers: [], streams: [], calendar: calendar)
    return (log, intake)
  }

  /// Reads every source and hands on the batches, source by source, on several threads at once.
  /// - Parameters:
  ///   - open: opens what is not text.
  ///   - begin: gets the schema of the batches and gives what takes them.
  package static func readBatches(
    sources: [(name: String, definition: SourceDefinition)], calendar: CivilCalendar,
    baseDirectory: String, until: Instant?, needed: [String: Set<String>]?, workers: Workers,
    open: @escaping ForeignSourceOpener = openForeignSource,
    begin: (EventSchema) -> @Sendable (EventBatch) -> Void
  ) throws(Diagnostic) -> Intake {
    var contracts: [SourceContract] = []
    for (name, definition) in sources {
      contracts.append(
        try SourceContract(
          name: name, definition: definition, calendar: calendar, until: until, needed: needed))
    }
    let layout = try EventLayout(contracts, needed: needed)
    let deliver = begin(layout.schema)
    var intake = Intake(sources: [])
    for (index, contract) in contracts.enumerated() {
      let own = EventLogBuilder(schema: layout.schema, calendar: calendar, workers: workers)
      let merges = contract.definition.sameDay == .merge
      var reader = SourceReader(
        contract: contract, targets: layout.targets[index], baseDirectory: baseDirectory,
        workers: workers, open: open)
      try reader.read { batch in
        if merges { own.append(batch) } else { deliver(batch) }
      }
      if merges {
        let (batches, merged) = DayMerge.merge(own.finish(), schema: layout.schema)
        for batch in batches { deliver(batch) }
        reader.intake.merged = merged
      }
      intake.sources.append(reader.intake)
    }
    return intake
  }
}

/// How the kinds of all sources are laid out in one log.
struct EventLayout {
  let schema: EventSchema
  /// For each source, where its kinds and columns go.
  private(set) var targets: [[Caster.KindTarget]] = []

  /// - Throws: `RK0215` where two sources give an attribute of one kind different types.
  init(_ contracts: [SourceContract], needed: [String: Set<String>]?) throws(Diagnostic) {
    var kinds: [String: EventSchema.Kind] = [:]
    for contract in contracts {
      for kind in contract.kinds {
        var definition = kinds[kind] ?? EventSchema.Kind(name: kind, attributes: [])
        if contract.definition.recorded != nil { definition.isRecorded = true }
        for (name, type) in EventLayout.attributes(of: contract) {
          if let needed, needed[kind]?.contains(name) != true { continue }
          if let other = definition.attributes.first(where: { $0.name == name }) {
            guard other.type == type else {
              throw Diagnostic(
                "RK0215",
                "attribute \(kind).\(name) is a \(type.rawValue) in source \(contract.name) "
                  + "and a \(other.type.rawValue) in another",
                key: contract.key + ".attributes.\(name)", help: "give it one type, or two names")
            }
          } else {
            definition.attributes.append(.init(name: name, type: type))
          }
        }
        kinds[kind] = definition
      }
    }
    schema = EventSchema(kinds: kinds.values.sorted { $0.name < $1.name })
    for contract in contracts {
      targets.append(
        contract.kinds.map { kind in
          let index = schema.kinds.firstIndex { $0.name == kind } ?? 0
          let definition = schema.kinds[index]
          return Caster.KindTarget(
            kind: index,
            columns: definition.attributes.map { attribute in
              if attribute.name == "value", contract.castsValue { return .value }
              let own = contract.attributes.firstIndex { $0.name == attribute.name }
              return own.map { .attribute($0) } ?? .absent(attribute.type)
            },
            isRecorded: definition.isRecorded)
        })
    }
  }

  private static func attributes(of contract: SourceContract) -> [(String, AttributeType)] {
    (contract.definition.value == nil ? [] : [("value", .number)])
      + contract.definition.attributes.map { ($0.name, $0.type) }
  }
}
