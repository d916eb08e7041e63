/// A feature: a name, the expression that computes it, and what people and models need to know of
/// it.
public struct FeatureDefinition: Sendable, Hashable, Codable {
  /// Lower case, digits and underscores.
  public var name: String
  public var expression: Expression
  /// What the number counts: `days`, `orders`, `currency`, `share`, `ratio`, `log ratio` …
  public var unit: String?
  /// The words of a reason, with `{value}` and the names of other features in braces:
  /// `last order {value} days ago, usually every {ipi_median}`.
  public var reason: String?
  /// How the model takes it in.
  public var transform: Transform

  public enum Transform: String, Sendable, Hashable, Codable, CaseIterable {
    /// As it is.
    case identity
    /// sign(x) · ln(1 + |x|): for counts and money.
    case log1p
    /// ln(p / (1 − p)), p held within [1e-6, 1 − 1e-6]: for probabilities, on the scale on which the
    /// model adds.
    case logit
    /// A natural cubic spline with 3 degrees of freedom, knots at training quantiles.
    case spline
  }

  public init(
    name: String, expression: Expression, unit: String? = nil, reason: String? = nil,
    transform: Transform = .identity
  ) {
    self.name = name
    self.expression = expression
    self.unit = unit
    self.reason = reason
    self.transform = transform
  }
}

extension [FeatureDefinition] {
  /// Those of some names with all that they refer to, in their order.
  package func needed(by names: Set<String>) -> [FeatureDefinition] {
    let byName = Dictionary(map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var reached: Set<String> = []
    var open = Array<String>(names)
    while let name = open.popLast() {
      guard let feature = byName[name], reached.insert(name).inserted else { continue }
      open += feature.expression.references
    }
    return filter { reached.contains($0.name) }
  }
}

/// The numbers that `population_mean(…)` and `population_median(…)` stand for, by the text of the
/// whole call, and the parameters of the models behind expectations, such as `mbg_nbd(purchase).r`.
/// Computed once over the training rows and frozen into the model.
public typealias PopulationConstants = [String: Double]
