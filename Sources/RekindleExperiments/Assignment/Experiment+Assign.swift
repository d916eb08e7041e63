public import RekindleCore

/// Units to be assigned.
public struct AssignmentList: Sendable {
  public var ids: [String]
  /// Of a batch: one column a name of `Experiment.strata`.
  public var strata: [CodedColumn]
  /// Of a balanced batch: one column a name of `Experiment.Balance.covariates`, NaN where missing.
  public var covariates: [[Double]]

  public init(ids: [String], strata: [CodedColumn] = [], covariates: [[Double]] = []) {
    self.ids = ids
    self.strata = strata
    self.covariates = covariates
  }
}

/// An assignment as it was stored, with its record where there is one.
public struct StoredAssignment: Sendable {
  public var table: AssignmentTable
  public var record: AssignmentRecord?

  public init(table: AssignmentTable, record: AssignmentRecord? = nil) {
    self.table = table
    self.record = record
  }
}

/// What to do about stored units that the definition would now assign otherwise. They stay in any case.
public enum MovePolicy: Sendable, Hashable {
  /// Refuse, and tell how many.
  case refuse
  /// Go on with those that are new.
  case keepStored
}

public struct AssignmentResult: Sendable {
  /// All units, stored and new.
  public let table: AssignmentTable
  public let record: AssignmentRecord
  public let tally: Tally
  /// Stored units that stayed although the definition would move them; `nil` where it has not changed.
  public let kept: AssignmentMoves?

  /// What became of the units of the list.
  public struct Tally: Sendable, Hashable {
    public var listed = 0
    /// Were stored.
    public var stored = 0
    /// Of the rest, by arm.
    public var added: [Int] = []
    public var heldOut = 0
    public var outsideLayer = 0
    public var notCovered = 0
  }
}

extension Experiment {
  /// Assigns the units of a list, those that are stored excepted.
  ///
  /// Who is stored keeps arm, probability and moment; who is new is assigned by the definition as it is, in a
  /// batch of their own where the experiment deals batches. The same list again adds nobody and gives the same
  /// table. Rows are in the order of ids, whatever the order of the list.
  ///
  /// A definition that has changed since (its fingerprint is not the record's, or there is no record) is first
  /// put to all stored units. Were they assigned anew, some might get another arm or none: that is refused with
  /// their number, or, where they are to be kept, told.
  /// - Parameter moment: the `assigned_at` of the new.
  /// - Throws: what `validate()` throws; `RK0820` for empty ids, `RK0821` for ids that stand twice, `RK0822` for
  ///   stored units that would move, `RK0823` for the table of another experiment, `RK0824` for strata of one
  ///   name, `RK0825` for a stored batch without its record, `RK0826` and `RK0827` for what cannot be balanced.
  public func assign(
    _ list: AssignmentList, stored: StoredAssignment? = nil, at moment: Instant,
    policy: MovePolicy = .refuse, workers: Workers = Workers(1)
  ) throws(Diagnostic) -> AssignmentResult {
    let assigner = try Assigner(self)
    if batch != nil {
      precondition(
        list.strata.count == strata.count && list.covariates.count == (batch?.balance?.covariates.count ?? 0),
        "a column for every stratum and covariate")
    }
    if let stored { try check(stored) }
    let order = try IDOrder(list.ids)
    let run = AssignmentRun(
      experiment: self, assigner: assigner, list: list, order: order.rows, stored: stored, workers: workers)

    var kept: AssignmentMoves?
    if let stored, stored.record?.definition != assignmentFingerprint {
      let moves = try run.moves(of: stored.table)
      if moves.count > 0 {
        guard policy == .keepStored else { throw moves.refusal(self) }
        kept = moves
      }
    }
    return try run.result(at: moment, kept: kept)
  }

  private func check(_ stored: StoredAssignment) throws(Diagnostic) {
    guard stored.table.experiment == id, (stored.record?.experiment ?? id) == id else {
      let found = stored.table.experiment == id ? stored.record?.experiment ?? id : stored.table.experiment
      throw Diagnostic(
        "RK0823", "the stored assignment is of experiment \"\(found)\", not of \"\(id)\"",
        help: "give the file that the assignment of this experiment wrote")
    }
    guard batch == nil || stored.record != nil else {
      throw Diagnostic(
        "RK0825", "the stored assignment of a batch has no record beside it",
        help: "give the record that was written with it: it says how the units were dealt")
    }
  }
}
