public import RekindleEvents

/// The kinds and attributes that expressions ask for, so that readers read only those.
public struct EventRequirements: Sendable, Hashable {
  /// Kind → attributes; a kind of which only the events matter has none.
  public private(set) var attributes: [String: Set<String>]

  /// What expressions need.
  /// - Parameter schema: what the sources could give. It decides whether a name such as `month` is
  ///   an attribute or the clock; a kind that it does not have is listed all the same.
  public init(of expressions: [Expression], in schema: EventSchema) {
    attributes = [:]
    for aggregate in expressions.flatMap(\.aggregates) {
      let kind = schema.kind(aggregate.kind)
      var names: Set<String> = []
      if let attribute = aggregate.attribute { names.insert(attribute) }
      if let group = aggregate.group { names.insert(group) }
      names.formUnion(aggregate.condition?.references ?? [])
      let asked = names.filter { EventClock(rawValue: $0) == nil || kind?.attribute($0) != nil }
      attributes[aggregate.kind, default: []].formUnion(asked)
    }
  }

  /// The kinds, in alphabetical order.
  public var kinds: [String] { attributes.keys.sorted() }

  /// What a schema does not have of this, as `kind` or `kind.attribute`, in alphabetical order.
  public func missing(from schema: EventSchema) -> [String] {
    kinds.flatMap { name -> [String] in
      guard let kind = schema.kind(name) else { return [name] }
      let absent = (attributes[name] ?? []).filter { kind.attribute($0) == nil }
      return absent.sorted().map { "\(name).\($0)" }
    }
  }

  /// The part of a schema that is needed, its kinds and attributes in the schema's order.
  public func restricting(_ schema: EventSchema) -> EventSchema {
    EventSchema(
      kinds: schema.kinds.compactMap { kind in
        guard let names = attributes[kind.name] else { return nil }
        return .init(
          name: kind.name, attributes: kind.attributes.filter { names.contains($0.name) },
          isRecorded: kind.isRecorded)
      })
  }
}
