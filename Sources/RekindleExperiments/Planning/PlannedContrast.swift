/// A comparison as weights of the arms' averages.
struct PlannedContrast {
  var kind: PlannedComparison.Kind
  var name: String
  var reference: String
  /// One an arm.
  var coefficients: [Double]
  /// Arms whose average is higher by the effect, for the variance of a proportion.
  var raised: [Bool]
  var aliases: [String] = []
}

extension Experiment {
  /// Arms that get units.
  private var weighted: [Int] { arms.indices.filter { arms[$0].weight > 0 } }

  /// Every arm against the control; with factors also main effects and interactions of two.
  func plannedContrasts() -> [PlannedContrast] {
    armContrasts() + named(mainEffects() + interactions())
  }

  private func armContrasts() -> [PlannedContrast] {
    weighted.filter { arms[$0].name != control }.map { variant in
      PlannedContrast(
        kind: .arm, name: arms[variant].name, reference: control,
        coefficients: arms.indices.map { arms[$0].name == control ? -1 : $0 == variant ? 1 : 0 },
        raised: arms.indices.map { $0 == variant })
    }
  }

  private func mainEffects() -> [PlannedContrast] {
    factors.indices.flatMap { factor in
      (1..<factors[factor].levels.count).compactMap { contrast(.mainEffect, [(factor, $0)]) }
    }
  }

  private func interactions() -> [PlannedContrast] {
    factors.indices.flatMap { first in
      factors.indices.dropFirst(first + 1).flatMap { second in
        (1..<factors[first].levels.count).flatMap { a in
          (1..<factors[second].levels.count).compactMap { b in
            contrast(.interaction, [(first, a), (second, b)])
          }
        }
      }
    }
  }

  /// The difference (of differences) between levels and their references, every cell counting the same.
  /// - Returns: `nil` where a combination of these levels has no arm.
  private func contrast(
    _ kind: PlannedComparison.Kind, _ term: [(factor: Int, level: Int)]
  ) -> PlannedContrast? {
    // A cell's combination: for each factor of the term whether it is at the level, at the reference, or
    // neither.
    func combination(_ arm: Int) -> [Bool]? {
      var result: [Bool] = []
      for part in term {
        let level = arms[arm].levels[part.factor]
        guard level == part.level || level == 0 else { return nil }
        result.append(level == part.level)
      }
      return result
    }
    let places = weighted.map { (arm: $0, combination: combination($0)) }
    var coefficients = [Double](repeating: 0, count: arms.count)
    for place in places {
      guard let own = place.combination else { continue }
      let alike = places.count { $0.combination == own }
      let sign = own.count { !$0 } % 2 == 0 ? 1.0 : -1.0
      coefficients[place.arm] = sign / Double(alike)
    }
    let found = Set(places.compactMap(\.combination)).count
    guard found == 1 << term.count else { return nil }
    func label(_ level: (Int) -> Int) -> String {
      term.indices.map { "\(factors[term[$0].factor].name) \(factors[term[$0].factor].levels[level($0)])" }
        .joined(separator: " × ")
    }
    return PlannedContrast(
      kind: kind, name: label { term[$0].level }, reference: label { _ in 0 },
      coefficients: coefficients,
      raised: arms.indices.map { arm in combination(arm).map { $0.allSatisfy { $0 } } ?? false })
  }

  /// With each contrast's aliases: those whose weights are a multiple of its own.
  private func named(_ contrasts: [PlannedContrast]) -> [PlannedContrast] {
    var result = contrasts
    for i in result.indices {
      for j in contrasts.indices where i != j {
        let (a, b) = (contrasts[i].coefficients, contrasts[j].coefficients)
        let dot = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        let squares = a.reduce(0) { $0 + $1 * $1 } * b.reduce(0) { $0 + $1 * $1 }
        if dot * dot > (1 - 1e-9) * squares { result[i].aliases.append(contrasts[j].name) }
      }
    }
    return result
  }
}
