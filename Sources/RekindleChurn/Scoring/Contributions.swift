internal import RekindleBehaviour
public import RekindleCore

/// What a customer's score is made of.
///
///     η = η̄ + Σ contributions,   p = 1 / (1 + e^−η)
///
/// η̄ the log-odds of a customer who is average in everything (the training mean of each column), each
/// contribution Σ β (x − x̄) over the columns of a feature, in log-odds.
public struct ScoreContributions: Sendable, Hashable {
  public struct Part: Sendable, Hashable {
    /// The feature; where it is missing, that it is.
    public let feature: String
    /// The value in words and units, as in the reasons.
    public let words: String
    /// Above 0 raises the probability.
    public let logOdds: Double
  }

  /// η̄.
  public let average: Double
  /// The strongest first, whatever its sign; of equal ones the earlier feature of the model first. They
  /// add up to η − η̄.
  public let parts: [Part]

  /// The probability that the average customer has.
  public var averageProbability: Double { logistic(average) }
}

extension ScoreTable {
  /// What one row's score is made of.
  /// - Throws: `RK0510`, as scoring does.
  public func contributions(of row: Int) throws(Diagnostic) -> ScoreContributions {
    let preparation = model.preparation
    let inputs = try DesignInputs(table, preparation)
    var x = [Double](repeating: 0, count: preparation.columns.count)
    x.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { inputs.write(row..<row + 1, into: base) }
    }
    var average = model.coefficients[0].standardized
    var values = [Double](repeating: 0, count: preparation.features.count)
    var absent: [(words: String, logOdds: Double)] = []
    for (index, column) in preparation.columns.enumerated() {
      let weight = model.coefficients[index + 1].standardized
      let mean = preparation.style == .plain ? column.mean : 0
      average += weight * mean
      let logOdds = weight * (x[index] - mean)
      if column.missing.isEmpty {
        values[column.feature] += logOdds
      } else {
        absent.append((column.missing.map { preparation.features[$0].name }.joined(separator: ", "), logOdds))
      }
    }
    let words = reasonWords()
    var parts = values.enumerated().filter { $1 != 0 }.map { feature, value in
      ScoreContributions.Part(
        feature: preparation.features[feature].name, words: words.text(feature: feature, row: row),
        logOdds: value)
    }
    parts += absent.filter { $0.logOdds != 0 }.map { names, value in
      ScoreContributions.Part(
        feature: "missing", words: "whether known or not: \(names)", logOdds: value)
    }
    let order = parts.indices.sorted { a, b in
      abs(parts[a].logOdds) != abs(parts[b].logOdds)
        ? abs(parts[a].logOdds) > abs(parts[b].logOdds) : a < b
    }
    return ScoreContributions(average: average, parts: order.map { parts[$0] })
  }
}
