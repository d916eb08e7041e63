internal import Foundation
public import RekindleCore

/// How an assignment was drawn: what is kept beside its file, so that an analysis can draw from the same
/// distribution again, and a later assignment knows what was promised.
public struct AssignmentRecord: Sendable, Hashable, Codable {
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Each unit by its own hash.
    case hash
    /// Exact counts within strata.
    case stratified
    /// The same, dealt again until covariates balance.
    case rerandomised
  }

  /// Units that were dealt together, with one set of weights.
  public struct Stratum: Sendable, Hashable, Codable {
    /// As the table's `stratum` column has it.
    public var name: String
    /// 1-based.
    public var phase: Int
    /// 1-based; a list dealt later is another batch.
    public var batch: Int
    /// Of each of the record's arms.
    public var weights: [Double]
    public var counts: [Int]
  }

  /// The deal of one phase's units of one batch.
  public struct Draw: Sendable, Hashable, Codable {
    public var batch: Int
    public var phase: Int
    public var units: Int
    /// How often the cards were dealt.
    public var tries: Int
    /// The balance of the deal that was taken, and what it had to be below; `nil` without re-randomisation.
    public var distance: Double?
    public var threshold: Double?
  }

  /// The version of the form.
  public var form = 1
  public var experiment: String
  /// `Experiment.assignmentFingerprint`.
  public var definition: String
  public var salt: String
  public var method: Method
  /// `nil` for the hash, whose salt is all it has.
  public var seed: UInt64?
  /// That the deals balanced; `acceptance` and `tries` as in `Experiment.Balance`.
  public var covariates: [String]
  public var acceptance: Double?
  public var tries: Int?
  public var arms: [String]
  public var strata: [Stratum]
  public var draws: [Draw]
  /// Units held out.
  public var holdout: Int

  /// The record of an experiment of which nobody is assigned yet.
  public init(_ experiment: Experiment) {
    self.experiment = experiment.id
    definition = experiment.assignmentFingerprint
    salt = experiment.salt
    seed = experiment.batch?.seed
    let balance = experiment.batch?.balance
    method = experiment.batch == nil ? .hash : balance == nil ? .stratified : .rerandomised
    covariates = balance?.covariates ?? []
    acceptance = balance?.acceptance
    tries = balance?.tries
    arms = experiment.arms.map(\.name)
    strata = []
    draws = []
    holdout = 0
  }

  /// - Throws: `RK0825` when the bytes are not a record, or not a sound one.
  public init(json: [UInt8]) throws(Diagnostic) {
    do {
      self = try JSONDecoder().decode(AssignmentRecord.self, from: Data(json))
    } catch {
      throw Diagnostic(
        "RK0825", "the record beside the stored assignment cannot be read", notes: ["\(error)"],
        help: "give the record that the assignment of this experiment wrote")
    }
    guard form == 1 else {
      throw Diagnostic(
        "RK0825",
        "the record beside the stored assignment has form \(form), which this version does not know",
        help: "use the version that wrote it, or a newer one")
    }
    let isSound = strata.allSatisfy { stratum in
      stratum.phase >= 1 && stratum.batch >= 1 && stratum.counts.count == arms.count
        && stratum.weights.count == arms.count && stratum.weights.allSatisfy { $0 >= 0 }
        && abs(stratum.weights.reduce(0, +) - 1) < 1e-6
    }
    guard isSound, acceptance.map({ $0 > 0 && $0 < 1 }) ?? true else {
      throw Diagnostic(
        "RK0825", "the record beside the stored assignment contradicts itself",
        notes: ["arms: " + arms.joined(separator: ", ")],
        help: "give the record as the assignment wrote it")
    }
  }

  /// The same bytes for the same record.
  public func json() throws(Diagnostic) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return try Array(encoder.encode(self)) + [0x0A]
    } catch {
      throw Diagnostic("RK0825", "the record cannot be written", kind: .internalError, notes: ["\(error)"])
    }
  }
}
