public import RekindleStatistics

/// What an experiment needs, what it can find, and what it cannot: a plan, before anyone is assigned.
///
/// "Lift" is relative to the baseline, "effect" absolute. Numbers of units are of the whole experiment, every
/// arm together, unless an arm is named.
public struct DesignReport: Sendable, Hashable {
  public var experiment: String
  /// The arms' names, in the experiment's order.
  public var arms: [String]
  public var alpha: Double
  public var power: Double
  /// Units that can be assigned: after holdout, layer and coverage; `nil`: not known.
  public var unitsAtHand: Int?
  public var comparisons: [PlannedComparison]
  /// Of the primary metrics' comparisons.
  public var curve: [PowerPoint]
  public var looks: [PlannedLook]
  public var duration: PlannedDuration?
  public var findings: [DesignFinding]

  /// Whether every primary question can be answered with the units at hand.
  public var isFeasible: Bool { !findings.contains { $0.severity == .unanswerable } }
}

/// What one comparison of one metric needs.
public struct PlannedComparison: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// An arm against the control.
    case arm
    /// A factor's level against its first, averaged over the other factors.
    case mainEffect = "main_effect"
    /// How much the effect of one factor differs between levels of another.
    case interaction
  }

  public var metric: String
  public var role: Metric.Role
  public var kind: Kind
  /// The arm, or `coupon 300-80`, or `coupon 300-80 × slot weekend_12`.
  public var name: String
  /// What it is set against.
  public var reference: String
  /// Effects that the design cannot tell from this one.
  public var aliases: [String]
  public var baseline: Double
  /// After the correction for the other comparisons of its family.
  public var alpha: Double
  public var alternative: Alternative
  /// The effect that is to be found, or the margin that is to be excluded; NaN where none is stated.
  public var effect: Double
  public var lift: Double
  /// `nil` where no effect is stated.
  public var units: Int?
  /// In the order of the experiment's arms.
  public var armUnits: [Int]
  /// How many times more units than one look at the end.
  public var inflation: Double
  /// With the units at hand, of the stated effect; NaN where one is not known.
  public var powerAtHand: Double
  /// The smallest effect found with the plan's power by the units at hand; NaN where there is none.
  public var detectable: Double
  public var detectableLift: Double
  /// Days of new units until there are enough; `nil` where it cannot be said.
  public var days: Int?
}

/// A point of the power curve.
public struct PowerPoint: Sendable, Hashable {
  public var metric: String
  public var comparison: String
  public var units: Int
  public var effect: Double
  public var lift: Double
  public var power: Double
}

/// A look into the running experiment.
public struct PlannedLook: Sendable, Hashable {
  public var number: Int
  /// Of the planned units.
  public var share: Double
  public var units: Int?
  /// From the start.
  public var day: Int?
  /// Stop for an effect at this estimate / standard error.
  public var criticalValue: Double
  public var nominalLevel: Double
  /// α spent so far; NaN where looking is not rationed.
  public var alphaSpent: Double
  /// Stop for want of an effect below it; NaN without such a bound.
  public var futility: Double
  /// The chance to have found the planned effect by this look.
  public var powerSoFar: Double
}

/// How long it takes.
public struct PlannedDuration: Sendable, Hashable {
  /// Until the last unit that is needed has come.
  public var enrolmentDays: Int
  /// The same in whole weeks, for weekdays differ.
  public var recommendedDays: Int
  /// From the last unit until its metrics are final.
  public var maturationDays: Int

  public var totalDays: Int { recommendedDays + maturationDays }
}

/// What a person should know before starting, in a sentence.
public struct DesignFinding: Sendable, Hashable {
  public enum Severity: String, Sendable, Hashable, Codable {
    case note, warning
    /// The design cannot answer its question.
    case unanswerable
  }

  /// A stable name: `too_few_units`, `interactions_too_small`.
  public var name: String
  public var severity: Severity
  public var text: String
}
