public import RekindleBehaviour
public import RekindleChurn
public import RekindleCore
internal import RekindleEvents

extension FeatureTable {
  /// Reads the feature table that a model needs from a file: CSV, TSV, JSON lines or Parquet.
  ///
  /// The columns `customer_id` and `as_of` and one a feature of the model must be there, in any order;
  /// others are passed over. What `rekindle features --model` wrote comes back bit by bit, whatever the format.
  /// - Parameters:
  ///   - path: `-` is standard input, as CSV.
  ///   - calendar: in which `as_of` is read where it does not say its zone.
  /// - Throws: `RK0610` for a column that is not there, `RK0230` for a cell that is not what the model
  ///   takes it for, with its line; what reading the file throws.
  public init(
    contentsOf path: String, for model: ChurnModel, calendar: CivilCalendar, workers: Workers = Workers(1)
  ) throws(Diagnostic) {
    var names: [String] = []
    let values = try TableReader.read(path, calendar: calendar, workers: workers) {
      (columnNames) throws(Diagnostic) in
      let features = try model.requests(among: columnNames, of: path)
      names = features.map(\.name)
      return [
        TableReader.Request("customer_id", .text, mayBeMissing: false),
        TableReader.Request("as_of", .time, mayBeMissing: false),
      ] + features
    }
    guard case .text(let customers)? = values.first, values.count > 1, case .time(let times) = values[1]
    else { preconditionFailure("the first two columns are as they were asked for") }
    self.init(
      customers: customers, times: times,
      columns: zip(names, values.dropFirst(2)).map { name, values in
        switch values {
        case .number(let numbers): FeatureColumn(name: name, values: .number(numbers))
        case .flag(let flags): FeatureColumn(name: name, values: .flag(flags))
        case .category(let codes, let dictionary):
          FeatureColumn(name: name, values: .category(codes: codes, dictionary: dictionary))
        case .time, .text, .bytes: preconditionFailure("a feature is a number, a flag or a category")
        }
      })
  }
}

extension ChurnModel {
  /// The features to read: those of the design, which must be there, and those that only the words of a
  /// reason speak of, where they are.
  fileprivate func requests(
    among columnNames: [String], of path: String
  ) throws(Diagnostic) -> [TableReader.Request] {
    let present = Set(columnNames)
    for name in ["customer_id", "as_of"] + preparation.features.map(\.name) where !present.contains(name) {
      throw Diagnostic(
        "RK0610", "column \"\(name)\", which the model needs, is not in \(path)", at: .init(file: path),
        hint: nearMatch(of: name, among: columnNames).map { "did you mean \"\($0)\"?" },
        notes: ["file has: \(columnNames.joined(separator: ", "))"],
        help: "write the table with `rekindle features --model`, or score the events without --features")
    }
    var requests = preparation.features.map { feature in
      let type: TableReader.Request.ColumnType =
        switch feature.kind {
        case .number: .number
        case .flag: .flag
        case .category: .category
        }
      return TableReader.Request(feature.name, type)
    }
    let own = Set(requests.map(\.name))
    let reasons = features.filter { own.contains($0.name) }.compactMap(\.reason)
    let spokenOf = features.filter { feature in
      !own.contains(feature.name) && present.contains(feature.name)
        && reasons.contains { $0.contains("{\(feature.name)}") }
    }
    if !spokenOf.isEmpty {
      let types = try FeatureGraph(features, schema: eventSchema).types
      requests += spokenOf.map { feature in
        switch types[feature.name]?.scalar {
        case .flag: TableReader.Request(feature.name, .flag)
        case .text: TableReader.Request(feature.name, .category)
        case .number, .missing, nil: TableReader.Request(feature.name, .number)
        }
      }
    }
    return requests
  }

  private var eventSchema: EventSchema {
    EventSchema(
      kinds: schema.map { kind in
        EventSchema.Kind(
          name: kind.kind,
          attributes: kind.attributes.compactMap { attribute in
            AttributeType(rawValue: attribute.type).map { .init(name: attribute.name, type: $0) }
          })
      })
  }
}
