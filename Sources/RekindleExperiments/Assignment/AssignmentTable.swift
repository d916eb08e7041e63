public import RekindleCore

/// Who got what: one row a unit that an experiment deals with, in the order of ids.
///
/// Written out its columns are `customer_id, experiment, arm, <factors>, stratum, probability, assigned_at`, and
/// behind them the covariates that a re-randomised deal balanced.
/// Units held out stand under the arm `holdout`, with neither levels nor stratum; units that the experiment
/// does not reach have no row.
public struct AssignmentTable: Sendable {
  public let experiment: String
  /// The names of the factor columns.
  public let factors: [String]
  public private(set) var customers: [String]
  public private(set) var arms: CodedColumn
  /// One a factor.
  public private(set) var levels: [CodedColumn]
  /// What the unit was dealt with: its values of the strata's columns, phase and batch.
  public private(set) var strata: CodedColumn
  /// With which the unit got its arm; of a unit held out, the share held out.
  public private(set) var probabilities: [Double]
  public private(set) var assignedAt: [Instant]
  /// What a re-randomised deal balanced, by name; empty otherwise.
  public let balanced: [String]
  /// One column a name of `balanced`, as it was when the unit was dealt; NaN where missing. An analysis deals
  /// again by these, whatever the log has learnt since.
  public private(set) var covariates: [[Double]]

  public var count: Int { customers.count }

  /// A table without a row.
  init(of experiment: Experiment) {
    self.experiment = experiment.id
    factors = experiment.factors.map(\.name)
    customers = []
    arms = CodedColumn(codes: [], dictionary: [])
    levels = factors.map { _ in CodedColumn(codes: [], dictionary: []) }
    strata = CodedColumn(codes: [], dictionary: [])
    probabilities = []
    assignedAt = []
    balanced = experiment.batch?.balance?.covariates ?? []
    covariates = balanced.map { _ in [] }
  }

  /// A table as it was stored, in any order of rows.
  /// - Parameters:
  ///   - experiment: whose table is wanted.
  ///   - experiments: the column that names the experiment of each row.
  ///   - levels: one column a factor.
  ///   - balanced: the covariates of a re-randomised deal, as far as they are stored.
  ///   - covariates: one column a name of these.
  /// - Throws: `RK0820` and `RK0821` for ids that are missing or stand twice, `RK0823` for rows of another
  ///   experiment, without an arm, or with a probability outside (0, 1].
  public init(
    experiment: String, experiments: CodedColumn, factors: [String] = [], customers: [String],
    arms: CodedColumn, levels: [CodedColumn] = [], strata: CodedColumn, probabilities: [Double],
    assignedAt: [Instant], balanced: [String] = [], covariates: [[Double]] = []
  ) throws(Diagnostic) {
    precondition(
      factors.count == levels.count && balanced.count == covariates.count
        && ([arms.codes.count, strata.codes.count, probabilities.count, assignedAt.count]
          + levels.map(\.codes.count) + covariates.map(\.count) + [experiments.codes.count]).allSatisfy {
            $0 == customers.count
          },
      "columns of different lengths")
    for (row, code) in experiments.codes.enumerated() {
      guard code < 0 || experiments.dictionary[Int(code)] != experiment else { continue }
      let found = code < 0 ? "no experiment" : "experiment \"\(experiments.dictionary[Int(code)])\""
      throw AssignmentTable.unfit(
        "row \(row + 1) of the stored assignment is of \(found), not of \"\(experiment)\"")
    }
    if let row = arms.codes.firstIndex(where: { $0 < 0 }) {
      throw AssignmentTable.unfit("row \(row + 1) of the stored assignment has no arm")
    }
    if let row = probabilities.firstIndex(where: { !($0 > 0 && $0 <= 1) }) {
      throw AssignmentTable.unfit(
        "row \(row + 1) of the stored assignment has the probability \(probabilities[row])")
    }
    let rows = try IDOrder(customers).rows
    self.experiment = experiment
    self.factors = factors
    self.customers = rows.map { customers[$0] }
    self.arms = arms.taking(rows)
    self.levels = levels.map { $0.taking(rows) }
    self.strata = strata.taking(rows)
    self.probabilities = rows.map { probabilities[$0] }
    self.assignedAt = rows.map { assignedAt[$0] }
    self.balanced = balanced
    self.covariates = covariates.map { column in rows.map { column[$0] } }
  }

  private static func unfit(_ message: String) -> Diagnostic {
    Diagnostic("RK0823", message, help: "give the file that the assignment of this experiment wrote")
  }

  /// The arm's name.
  public func arm(_ row: Int) -> String { arms.dictionary[Int(arms.codes[row])] }

  /// `nil` for a unit held out.
  public func stratum(_ row: Int) -> String? {
    strata.codes[row] < 0 ? nil : strata.dictionary[Int(strata.codes[row])]
  }

  /// Two tables of disjoint ids as one, in the order of ids. Where both have a factor column its values stay;
  /// the columns are those of `added`.
  static func merging(_ stored: AssignmentTable, _ added: AssignmentTable) -> AssignmentTable {
    // Row r of `stored` is r, row r of `added` is −1 − r.
    var rows: [Int] = []
    rows.reserveCapacity(stored.count + added.count)
    var (a, b) = (0, 0)
    while a < stored.count || b < added.count {
      if b == added.count
        || (a < stored.count && IDOrder.compare(stored.customers[a], added.customers[b]) < 0)
      {
        rows.append(a)
        a += 1
      } else {
        rows.append(-1 - b)
        b += 1
      }
    }
    func pick<Value>(_ first: [Value], _ second: [Value]) -> [Value] {
      rows.map { $0 >= 0 ? first[$0] : second[-1 - $0] }
    }
    func pick(_ first: CodedColumn, _ second: CodedColumn) -> CodedColumn {
      let (own, dictionary) = CodedColumn.unite(second, first)
      return CodedColumn(
        codes: rows.map {
          if $0 < 0 { return second.codes[-1 - $0] }
          return first.codes[$0] < 0 ? -1 : own[Int(first.codes[$0])]
        }, dictionary: dictionary)
    }
    var merged = added
    merged.customers = pick(stored.customers, added.customers)
    merged.arms = pick(stored.arms, added.arms)
    merged.levels = zip(added.factors, added.levels).map { name, column in
      guard let place = stored.factors.firstIndex(of: name) else {
        return pick(
          CodedColumn(codes: [Int32](repeating: -1, count: stored.count), dictionary: []), column)
      }
      return pick(stored.levels[place], column)
    }
    merged.strata = pick(stored.strata, added.strata)
    merged.probabilities = pick(stored.probabilities, added.probabilities)
    merged.assignedAt = pick(stored.assignedAt, added.assignedAt)
    merged.covariates = zip(added.balanced, added.covariates).map { name, column in
      let place = stored.balanced.firstIndex(of: name)
      let before = place.map { stored.covariates[$0] } ?? [Double](repeating: .nan, count: stored.count)
      return pick(before, column)
    }
    return merged
  }
}

extension AssignmentTable {
  /// Units of an experiment that were just assigned.
  /// - Parameter rows: in the order of ids.
  init(
    of experiment: Experiment, rows: [NewRow], strata: [String], covariates: [[Double]], at moment: Instant
  ) {
    self.init(of: experiment)
    customers = rows.map(\.id)
    let holdout = Int32(experiment.arms.count)
    arms = CodedColumn(
      codes: rows.map { $0.arm < 0 ? holdout : $0.arm },
      dictionary: experiment.arms.map(\.name) + [UnitSchema.holdoutArm])
    levels = experiment.factors.indices.map { place in
      CodedColumn(
        codes: rows.map { $0.arm < 0 ? -1 : Int32(experiment.arms[Int($0.arm)].levels[place]) },
        dictionary: experiment.factors[place].levels)
    }
    self.strata = CodedColumn(codes: rows.map(\.stratum), dictionary: strata)
    probabilities = rows.map(\.probability)
    assignedAt = [Instant](repeating: moment, count: rows.count)
    self.covariates = covariates.map { column in rows.map { column[$0.row] } }
  }

  struct NewRow: Sendable {
    var id: String
    /// In the list.
    var row: Int
    /// −1: held out.
    var arm: Int32
    /// −1: none.
    var stratum: Int32
    var probability: Double
  }
}

extension CodedColumn {
  func taking(_ rows: [Int]) -> CodedColumn {
    CodedColumn(codes: rows.map { codes[$0] }, dictionary: dictionary)
  }

  /// A dictionary that holds the words of two, those of the first where they are, and the place in it of each
  /// word of the second.
  static func unite(_ first: CodedColumn, _ second: CodedColumn) -> (places: [Int32], dictionary: [String]) {
    var dictionary = first.dictionary
    var known: [String: Int32] = [:]
    for (place, word) in dictionary.enumerated() { known[word] = Int32(place) }
    let places = second.dictionary.map { word in
      if let place = known[word] { return place }
      let place = Int32(dictionary.count)
      dictionary.append(word)
      known[word] = place
      return place
    }
    return (places, dictionary)
  }
}
