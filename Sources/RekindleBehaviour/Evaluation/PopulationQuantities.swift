/// What in features is a quantity of the whole population.
enum PopulationQuantity {
  case statistic(PopulationStatistic, of: Expression, key: String)
  /// The parameters of the model behind an expectation.
  case model(Expectation)

  /// Each once, those inside others first.
  static func found(in features: [FeatureDefinition]) -> [PopulationQuantity] {
    var found: [PopulationQuantity] = []
    var keys: Set<String> = []
    var visited: Set<String> = []
    let definitions = Dictionary(features.map { ($0.name, $0.expression) }) { first, _ in first }

    func visit(_ expression: Expression) {
      switch expression.node {
      case .number, .text, .flag, .missing, .aggregate: break
      case .name(let name):
        // A statistic may stand in a feature that another statistic asks for.
        if visited.insert(name).inserted, let definition = definitions[name] { visit(definition) }
      case .negate(let inner), .not(let inner), .isMissing(let inner), .overGroups(_, let inner),
        .member(let inner, _):
        visit(inner)
      case .binary(_, let left, let right):
        visit(left)
        visit(right)
      case .call(_, let arguments): for argument in arguments { visit(argument) }
      case .population(let statistic, let inner):
        visit(inner)
        let key = String(describing: expression)
        if keys.insert(key).inserted { found.append(.statistic(statistic, of: inner, key: key)) }
      case .expectation(let expectation):
        let key = expectation.constantNames.joined(separator: " ")
        if keys.insert(key).inserted { found.append(.model(expectation)) }
      }
    }
    for feature in features { visit(Expression(.name(feature.name))) }
    return found
  }
}

extension PopulationStatistic {
  /// Over the values that are not missing; NaN when there is none.
  func value(of column: [Double]) -> Double {
    var values = column.filter { !$0.isNaN }
    switch self {
    case .mean: return finite(values.reduce(0, +) / Double(values.count))
    case .median:
      return values.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress, !buffer.isEmpty else { return Double.nan }
        return finite(SliceKernels.medianSorting(base, buffer.count))
      }
    }
  }
}
