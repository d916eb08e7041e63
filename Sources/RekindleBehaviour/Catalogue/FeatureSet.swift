public import RekindleCore
public import RekindleEvents

/// Features under one name, in order: the built-in `retail`, or what a project file puts together.
public struct FeatureSet: Sendable, Hashable {
  /// How a feature is expected to move the probability of leaving.
  public enum Sign: String, Sendable, Hashable {
    case raises = "+"
    case lowers = "−"
    /// Either, or not monotone.
    case either = "±"
  }

  /// A feature, and what is known about it beyond its formula.
  public struct Entry: Sendable, Hashable {
    /// The same feature, written for richer and for poorer sources, best first: the first whose
    /// kinds and attributes exist is taken. At least one.
    public let alternatives: [FeatureDefinition]
    public let sign: Sign
    /// Why it is in the set, in a few words.
    public let rationale: String
    /// Whether its formula speaks the vocabulary of `EventSchema.retail`.
    let isBuiltIn: Bool

    public init(_ definition: FeatureDefinition, sign: Sign = .either, rationale: String = "") {
      self.init(preferred: definition, others: [], sign: sign, rationale: rationale, isBuiltIn: false)
    }

    init(
      preferred: FeatureDefinition, others: [FeatureDefinition], sign: Sign, rationale: String,
      isBuiltIn: Bool
    ) {
      self.isBuiltIn = isBuiltIn
      alternatives = [preferred] + others
      self.sign = sign
      self.rationale = rationale
    }

    public var definition: FeatureDefinition { alternatives[0] }
    public var name: String { definition.name }
  }

  /// What of a set can be computed from some sources.
  public struct Availability: Sendable, Hashable {
    public struct Dropped: Sendable, Hashable {
      public let name: String
      /// A clause: "no source gives visit", "it uses net_365: no source gives …".
      public let reason: String

      public init(name: String, reason: String) {
        self.name = name
        self.reason = reason
      }
    }

    public let kept: [FeatureDefinition]
    public let dropped: [Dropped]
  }

  public var name: String
  public private(set) var entries: [Entry]
  /// The few features to fall back on when there is too little data for all.
  public var core: [String]
  /// A feature that counts the flags of this set which are kept and hold; `nil` for none.
  public var tally: FeatureDefinition?

  public init(
    name: String, entries: [Entry] = [], core: [String] = [], tally: FeatureDefinition? = nil
  ) {
    self.name = name
    self.entries = entries
    self.core = core
    self.tally = tally
  }

  /// The built-in set of a name, or `nil`.
  public static func named(_ name: String) -> FeatureSet? { builtIn.first { $0.name == name } }

  public static let builtIn: [FeatureSet] = [.retail, .cooling]

  public subscript(name: String) -> Entry? { entries.first { $0.name == name } }

  // MARK: - Editing

  /// Puts a feature at the end.
  /// - Throws: `RK0335` when the set has one of that name.
  public mutating func add(_ definition: FeatureDefinition) throws(Diagnostic) {
    if self[definition.name] != nil {
      throw Diagnostic(
        "RK0335", "feature \"\(definition.name)\" is in the set \(name) already",
        help: "replace it, or choose another name")
    }
    entries.append(Entry(definition))
  }

  /// Puts a feature in the place of the one with its name.
  /// - Throws: `RK0335` when there is none.
  public mutating func replace(_ definition: FeatureDefinition) throws(Diagnostic) {
    let index = try index(of: definition.name)
    entries[index] = Entry(definition, sign: entries[index].sign, rationale: entries[index].rationale)
  }

  /// Takes a feature out. Features that refer to it get its formula written out in their own.
  /// - Throws: `RK0335` when there is none of that name.
  public mutating func remove(_ feature: String) throws(Diagnostic) {
    let removed = entries.remove(at: try index(of: feature))
    core.removeAll { $0 == feature }
    entries = entries.map { entry in
      guard entry.alternatives.contains(where: { $0.expression.references.contains(feature) }) else {
        return entry
      }
      // Every way to compute the one, with every way to compute the other, best first.
      let written = removed.alternatives.flatMap { source in
        entry.alternatives.map { target in
          var target = target
          target.expression = target.expression.replacing(feature, with: source.expression)
          return target
        }
      }
      return Entry(
        preferred: written[0], others: Array(written.dropFirst()), sign: entry.sign,
        rationale: entry.rationale, isBuiltIn: entry.isBuiltIn)
    }
  }

  private func index(of feature: String) throws(Diagnostic) -> Int {
    if let index = entries.firstIndex(where: { $0.name == feature }) { return index }
    throw Diagnostic(
      "RK0335", "feature \"\(feature)\" is not in the set \(name)",
      hint: nearMatch(of: feature, among: entries.map(\.name)).map { "did you mean \($0)?" },
      notes: ["features: \(shortList(entries.map(\.name)))"], help: "fix the name")
  }

  // MARK: - What can be computed

  /// The features that sources with these kinds and attributes can give, and the others with the
  /// reason.
  public func available(in schema: EventSchema) -> Availability {
    var chosen: [String: FeatureDefinition] = [:]
    var reasons: [String: String] = [:]
    for entry in entries {
      let lacking = entry.alternatives.map { lack(of: $0.expression, in: schema, isBuiltIn: entry.isBuiltIn) }
      if let index = lacking.firstIndex(of: nil) {
        chosen[entry.name] = entry.alternatives[index]
      } else {
        // The last alternative asks for least: what it lacks is what is in the way.
        reasons[entry.name] = lacking[lacking.count - 1]
      }
    }
    var isSettled = false
    while !isSettled {
      isSettled = true
      for entry in entries {
        guard let definition = chosen[entry.name],
          let lost = definition.expression.references.first(where: { reasons[$0] != nil })
        else { continue }
        chosen[entry.name] = nil
        reasons[entry.name] = "it uses \(lost): \(reasons[lost] ?? "")"
        isSettled = false
      }
    }
    var kept = entries.compactMap { chosen[$0.name] }
    var dropped = entries.compactMap { entry in
      reasons[entry.name].map { Availability.Dropped(name: entry.name, reason: $0) }
    }
    if let tally {
      if kept.isEmpty {
        dropped.append(.init(name: tally.name, reason: "none of its flags is kept"))
      } else {
        kept.append(counting(kept, into: tally))
      }
    }
    return Availability(kept: kept, dropped: dropped)
  }

  private func lack(of expression: Expression, in schema: EventSchema, isBuiltIn: Bool) -> String? {
    let needs = EventRequirements(of: [expression], in: schema)
    if let first = needs.missing(from: schema).first { return "no source gives \(first)" }
    // A shop's own `purchase.order` may be a number; only built-in formulas rely on the vocabulary,
    // and a mistake in a formula of one's own is for the checker to point at.
    guard isBuiltIn else { return nil }
    for kind in needs.kinds {
      for attribute in (needs.attributes[kind] ?? []).sorted() {
        guard let wanted = EventSchema.retail.kind(kind)?.attribute(attribute)?.type,
          let found = schema.kind(kind)?.attribute(attribute)?.type, found != wanted
        else { continue }
        return "\(kind).\(attribute) is a \(found.rawValue), and a \(wanted.rawValue) is needed"
      }
    }
    return nil
  }

  private func counting(_ flags: [FeatureDefinition], into tally: FeatureDefinition) -> FeatureDefinition {
    var sum: Expression?
    for flag in flags {
      let holds = Expression(.call(.coalesce, [Expression(.name(flag.name)), Expression(.flag(false))]))
      let one = Expression(.call(.if, [holds, Expression(.number(1)), Expression(.number(0))]))
      sum = sum.map { Expression(.binary(.add, $0, one)) } ?? one
    }
    var tally = tally
    tally.expression = sum ?? tally.expression
    return tally
  }
}
