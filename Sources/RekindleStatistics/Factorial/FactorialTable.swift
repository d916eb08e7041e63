/// Which coupon, which hour, which style, and whether they depend on each other: the effects of a
/// factorial experiment in one table.
///
/// Terms stand by their number of factors, then in the order of the factors. What the cells cannot tell is
/// in ``refused``, never in ``terms``.
public struct FactorialTable: Sendable, Hashable {
  public let factors: [FactorialModel.Factor]
  public let confidence: Double
  public let terms: [Term]
  /// Those with units, by their levels.
  public let cells: [Cell]
  public let refused: [Refusal]
  public let findings: [Finding]

  /// A main effect or an interaction as a whole.
  public struct Term: Sendable, Hashable {
    /// Ascending indices of factors; one for a main effect.
    public let factors: [Int]
    /// `coupon × slot`.
    public let name: String
    /// One for each combination of levels other than the references; one for factors of two levels.
    public let effects: [Effect]
    /// Of all its effects being 0: Welch and James' F, with the cells' own variances.
    public let statistic: Double
    public let numeratorDegrees: Double
    /// Infinite where the cells' variances count as known.
    public let denominatorDegrees: Double
    public let pValue: Double
    /// On the logit scale, of shares only: twice the fall of the log-likelihood when the term alone is
    /// left out of the model; `nil` where there is no fit.
    public let likelihoodRatio: LikelihoodRatio?
  }

  /// One number of a term.
  public struct Effect: Sendable, Hashable {
    /// `coupon 300-80 × slot weekend_12`, each against its factor's reference.
    public let name: String
    /// For each factor of the term, the level that is set against the reference.
    public let levels: [Int]
    /// In the unit of the outcome; a difference of shares for a share.
    public let estimate: Double
    public let standardError: Double
    /// Satterthwaite's; `nil` for the normal distribution.
    public let degreesOfFreedom: Double?
    public let statistic: Double
    public let pValue: Double
    public let interval: Interval
    /// Terms outside the model that this number also holds, because cells are missing: it is this effect
    /// only if they are 0.
    public let carries: [String]
    /// The coefficient of the same contrast on the logit scale.
    public let logit: Logit?
  }

  /// A coefficient of the logistic regression on the model's columns.
  public struct Logit: Sendable, Hashable {
    /// A difference of log odds (of differences, for an interaction).
    public let coefficient: Double
    public let standardError: Double
    public let statistic: Double
    /// By Wald's test.
    public let pValue: Double
  }

  public struct LikelihoodRatio: Sendable, Hashable {
    public let statistic: Double
    public let degrees: Int
    public let pValue: Double
  }

  public struct Cell: Sendable, Hashable {
    /// `300-80/weekend_12/rational`.
    public let name: String
    public let levels: [Int]
    public let count: Int
    public let value: Double
    public let standardError: Double
    /// Wilson's for a share, t otherwise.
    public let interval: Interval
  }

  /// A term that was asked for and cannot be had.
  public struct Refusal: Sendable, Hashable {
    public let factors: [Int]
    public let name: String
    /// What it cannot be told from.
    public let aliasedWith: [String]
    /// One sentence.
    public let message: String
  }

  public enum Finding: Sendable, Hashable {
    /// A combination of levels without a unit.
    case emptyCell(String)
    /// A cell of one unit: its variance is unknown, and with it that of every effect it is part of.
    case oneUnit(String)
    /// No variance in any cell: nothing can be tested.
    case noVariance
    /// In these cells nobody or everybody converted, and no finite logit coefficient is best; the
    /// differences of shares stand.
    case separation([String])
    /// The logistic regression failed otherwise; the message of the failure.
    case noLogit(String)
    /// Effects are read as if the terms named in their `carries` were 0.
    case assumes([String])

    public var message: String {
      switch self {
      case .emptyCell(let cell): "no unit in the cell \(cell)"
      case .oneUnit(let cell): "one unit in the cell \(cell): its variance is unknown"
      case .noVariance: "the outcome does not vary within any cell, so no effect can be tested"
      case .separation(let cells):
        "nobody or everybody converted in \(cells.joined(separator: ", ")): no logit coefficients"
      case .noLogit(let reason): "no logit coefficients: \(reason)"
      case .assumes(let terms):
        "cells are missing, so the effects are read as if \(terms.joined(separator: ", ")) were 0"
      }
    }
  }
}
