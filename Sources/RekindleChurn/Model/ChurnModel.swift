public import RekindleBehaviour
public import RekindleCore

/// A fitted churn model: everything that scoring, reading and checking it needs, in one value and
/// one readable JSON document.
///
///     logit P(churn) = β₀ + Σ βⱼ xⱼ
///
/// `xⱼ` the columns of `preparation`; β on that scale in `Coefficient.standardized`, on the scale of
/// the transformed features in `Coefficient.estimate`.
public struct ChurnModel: Sendable, Hashable, Codable {
  /// The version of the document that this code writes and reads.
  public static let currentFormat = 1

  public var format = ChurnModel.currentFormat
  /// Features of the model and those that their formulas and reasons refer to.
  public var features: [FeatureDefinition]
  /// By the text of the whole call; `nil` where no training row had a value.
  public var constants: [String: Double?]
  /// The IANA name of the calendar in which days were counted.
  public var timeZone: String
  public var windows: TrainingWindows
  public var specification: TrainingSpecification
  public var preparation: Preparation
  public var fit: FitSummary
  /// The intercept first, then a coefficient a column of `preparation`.
  public var coefficients: [Coefficient]
  /// Of the standardised coefficients, intercept first; clustered by customer.
  public var covariance: CovarianceMatrix
  public var evaluation: ModelEvaluation
  public var drift: DriftReference
  /// Kinds and attributes that the formulas read, with their types.
  public var schema: [SchemaKind]
  public var bands: RiskBands
  /// The word for money in reasons; `nil`: none.
  public var currency: String?
  /// Of the training rows: features, labels, customers and dates.
  public var inputFingerprint: String
  /// CRC-32 of this document with an empty checksum: against damage, not against an adversary.
  public var checksum = ""

  /// The frozen constants as the evaluator takes them.
  public var populationConstants: PopulationConstants { constants.mapValues { $0 ?? .nan } }
}

/// One coefficient with its inference, named as statistics tables name it.
public struct Coefficient: Sendable, Hashable, Codable {
  public var term: String
  /// On the scale of the transformed feature.
  public var estimate: Double
  /// On the scale of the design column.
  public var standardized: Double
  /// Clustered by customer, on the scale of `estimate`; `nil` for an aliased column, whose
  /// coefficient is 0.
  public var standardError: Double?
  /// From the information matrix alone.
  public var standardErrorPlain: Double?
  /// Heteroskedasticity-consistent, HC0, rows taken as independent.
  public var standardErrorHC0: Double?
  public var z: Double?
  public var pValue: Double?
  public var low: Double?
  public var high: Double?
  /// e^estimate; `nil` for the intercept, an aliased column, and where it is not finite.
  public var oddsRatio: Double?

  enum CodingKeys: String, CodingKey {
    case term, estimate, standardized
    case standardError = "std_error"
    case standardErrorPlain = "std_error_plain"
    case standardErrorHC0 = "std_error_hc0"
    case z
    case pValue = "p_value"
    case low = "conf_low"
    case high = "conf_high"
    case oddsRatio = "odds_ratio"
  }
}

/// How the fit went.
public struct FitSummary: Sendable, Hashable, Codable {
  /// The strength that was used; 0 when not penalised.
  public var lambda: Double
  public var l1Ratio: Double
  public var rows: Int
  public var customers: Int
  public var events: Int
  public var logLikelihood: Double
  public var nullLogLikelihood: Double
  public var iterations: Int
  /// ∞-norm of the gradient of the mean penalised loss at the solution.
  public var gradientNorm: Double
  /// Columns that are linear combinations of those before them; their coefficient is 0.
  public var aliased: [String]
  /// Validation loss at each λ tried, when λ was chosen.
  public var validation: [LambdaTrial]
  /// What was decided and why, in words.
  public var notes: [String]
}

/// Mean log loss on held-out customers at one λ.
public struct LambdaTrial: Sendable, Hashable, Codable {
  public var lambda: Double
  public var meanLoss: Double
  /// Standard error over the folds.
  public var standardError: Double
}

/// The windows that the model learnt from and was tested on.
public struct TrainingWindows: Sendable, Hashable, Codable {
  public struct Window: Sendable, Hashable, Codable {
    /// `YYYY-MM-DD` in the model's time zone; the moment is that day's first.
    public var date: String
    public var asOf: Instant
    public var rows: Int
    public var events: Int

    public init(date: String, asOf: Instant, rows: Int, events: Int) {
      self.date = date
      self.asOf = asOf
      self.rows = rows
      self.events = events
    }
  }

  public var activity: String
  public var horizonDays: Int
  public var eligible: Expression
  public var label: Expression
  public var logEnd: Instant
  public var training: [Window]
  public var test: Window

  public init(
    activity: String, horizonDays: Int, eligible: Expression, label: Expression, logEnd: Instant,
    training: [Window], test: Window
  ) {
    self.activity = activity
    self.horizonDays = horizonDays
    self.eligible = eligible
    self.label = label
    self.logEnd = logEnd
    self.training = training
    self.test = test
  }
}

/// What the model is worth, beside the simplest rival.
public struct ModelEvaluation: Sendable, Hashable, Codable {
  /// On the last window, which the fit never saw.
  public var outOfTime: Evaluation
  public var inSample: Evaluation
  /// Absent when there is no recency feature.
  public var recency: RecencyBaseline?
}

/// Days since the last activity alone.
public struct RecencyBaseline: Sendable, Hashable, Codable {
  public var feature: String
  /// Customers ranked by it, nothing fitted.
  public var ranking: AreaUnderCurve
  /// An unpenalised logistic regression on it alone, out of time; `nil` where it has no finite
  /// solution, as on few customers whom recency tells apart.
  public var logistic: Evaluation?
  /// The model's area minus the ranking's, paired.
  public var difference: AreaDifference
}

/// Where scores begin to be called medium and high.
public struct RiskBands: Sendable, Hashable, Codable {
  public var high: Double
  public var medium: Double

  public init(high: Double = 0.6, medium: Double = 0.3) {
    self.high = high
    self.medium = medium
  }

  public func band(_ probability: Double) -> RiskBand {
    probability >= high ? .high : probability >= medium ? .medium : .low
  }
}

public enum RiskBand: String, Sendable, Hashable, Codable, CaseIterable {
  case high, medium, low
}

/// A kind of event that the model's formulas read.
public struct SchemaKind: Sendable, Hashable, Codable {
  public struct Attribute: Sendable, Hashable, Codable {
    public var name: String
    public var type: String

    public init(name: String, type: String) {
      self.name = name
      self.type = type
    }
  }

  public var kind: String
  public var attributes: [Attribute]

  public init(kind: String, attributes: [Attribute]) {
    self.kind = kind
    self.attributes = attributes
  }
}
