public import RekindleBehaviour
internal import RekindleCore
public import RekindleEvents
public import RekindleTables

/// The features of a project that its sources can give, checked, and those that they cannot.
public struct FeatureSelection: Sendable, Hashable {
  /// In the order of the sets, then of the project file.
  public var kept: [FeatureDefinition]
  public var dropped: [FeatureSet.Availability.Dropped]
}

extension Project {
  /// The features that the project file asks for, as far as the sources go.
  ///
  /// A built-in feature whose sources are absent drops out, with the reason; one that the file
  /// itself defines has to be computable.
  /// - Throws: `RK03xx`, pointing into the project file.
  public func features(in schema: EventSchema) throws(Diagnostic) -> FeatureSelection {
    let sets = file.features.sets.compactMap { FeatureSet.named($0) }
    var set = FeatureSet(
      name: "of the project", entries: sets.flatMap(\.entries), core: sets.flatMap(\.core),
      tally: sets.compactMap(\.tally).first)
    for feature in file.features.added {
      if set[feature.definition.name] == nil {
        try set.add(feature.definition)
      } else {
        try set.replace(feature.definition)
      }
    }
    for name in file.features.removed {
      try located("features.remove") { () throws(Diagnostic) in try set.remove(name) }
    }
    let availability = set.available(in: schema)
    let sources = Dictionary(
      uniqueKeysWithValues: file.features.added.map { ($0.definition.name, $0.source) })
    let graph = try FeatureGraph(availability.kept, schema: schema, sources: sources)
    return FeatureSelection(kept: graph.definitions, dropped: availability.dropped)
  }
}

extension FeatureSelection {
  /// Name, unit, transform and formula of every feature that is kept.
  public func table() -> ResultTable {
    ResultTable(
      columns: [
        .init("feature", alignment: .leading), .init("unit", alignment: .leading),
        .init("transform", alignment: .leading), .init("formula", alignment: .leading),
      ],
      rows: kept.map { feature in
        [
          .text(feature.name), .text(feature.unit ?? ""), .text(feature.transform.rawValue),
          .text(feature.expression.description),
        ]
      })
  }
}
