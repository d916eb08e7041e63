internal import RekindleCore

/// One assignment of a list, step by step.
struct AssignmentRun: Sendable {
  let experiment: Experiment
  let assigner: Assigner
  let list: AssignmentList
  /// Rows of the list, by ascending id.
  let order: [Int]
  let stored: StoredAssignment?
  let workers: Workers

  func result(at moment: Instant, kept: AssignmentMoves?) throws(Diagnostic) -> AssignmentResult {
    let fresh = freshRows()
    var record = AssignmentRecord(experiment)
    if let old = stored?.record {
      record.takeOver(old)
    } else if let stored {
      record.takeOver(stored.table, experiment)
    }
    let ids = fresh.map { list.ids[$0] }
    var dealt = try assign(ids, rows: fresh, &record)
    var tally = AssignmentResult.Tally(listed: list.ids.count, stored: list.ids.count - ids.count)
    tally.added = [Int](repeating: 0, count: experiment.arms.count)
    var rows: [AssignmentTable.NewRow] = []
    for (place, assignment) in dealt.assignments.enumerated() {
      switch assignment.status {
      case .outsideLayer: tally.outsideLayer += 1
      case .notCovered: tally.notCovered += 1
      case .holdout:
        tally.heldOut += 1
        rows.append(
          .init(
            id: ids[place], row: fresh[place], arm: -1, stratum: -1,
            probability: experiment.holdout))
      case .assigned:
        tally.added[Int(assignment.arm)] += 1
        rows.append(
          .init(
            id: ids[place], row: fresh[place], arm: assignment.arm, stratum: dealt.strata[place],
            probability: assignment.probability))
      }
    }
    record.holdout += tally.heldOut
    let added = AssignmentTable(
      of: experiment, rows: rows, strata: dealt.names,
      covariates: experiment.batch?.balance == nil ? [] : list.covariates, at: moment)
    dealt.assignments = []
    let table = stored.map { AssignmentTable.merging($0.table, added) } ?? added
    return AssignmentResult(table: table, record: record, tally: tally, kept: kept)
  }

  /// What the definition as it is would do with stored units, were they assigned anew.
  func moves(of table: AssignmentTable) throws(Diagnostic) -> AssignmentMoves {
    var record = AssignmentRecord(experiment)
    let assignments = try assign(table.customers, rows: rowsInList(of: table), &record).assignments
    let words =
      experiment.arms.map(\.name) + [
        UnitSchema.holdoutArm, "not in the experiment's part of the layer", "not covered by the ramp",
      ]
    let holdout = Int32(experiment.arms.count)
    let codes = assignments.map { assignment -> Int32 in
      switch assignment.status {
      case .assigned: assignment.arm
      case .holdout: holdout
      case .outsideLayer: holdout + 1
      case .notCovered: holdout + 2
      }
    }
    return AssignmentMoves(from: table.arms, to: CodedColumn(codes: codes, dictionary: words))
  }

  private struct Dealt {
    var assignments: [Assignment]
    /// −1: none.
    var strata: [Int32]
    var names: [String]
  }

  /// Rows of the list that are not stored, by ascending id.
  private func freshRows() -> [Int] {
    guard let table = stored?.table else { return order }
    let known = rowsInList(of: table)
    var isStored = [Bool](repeating: false, count: list.ids.count)
    for row in known where row >= 0 { isStored[row] = true }
    return order.filter { !isStored[$0] }
  }

  /// Where each stored unit is in the list; −1 for those that are not on it.
  private func rowsInList(of table: AssignmentTable) -> [Int] {
    var place = 0
    return table.customers.map { id in
      while place < order.count {
        let comparison = IDOrder.compare(list.ids[order[place]], id)
        if comparison == 0 { return order[place] }
        if comparison > 0 { return -1 }
        place += 1
      }
      return -1
    }
  }

  /// - Parameters:
  ///   - ids: ascending.
  ///   - rows: of the list, where strata and covariates are; −1 for ids that are not on it.
  private func assign(
    _ ids: [String], rows: [Int], _ record: inout AssignmentRecord
  ) throws(Diagnostic) -> Dealt {
    experiment.batch == nil ? byHash(ids, &record) : try byBatch(ids, rows, &record)
  }

  private func byHash(_ ids: [String], _ record: inout AssignmentRecord) -> Dealt {
    let assignments = assigner.assign(ids, workers: workers)
    var counts = [[Int]](
      repeating: [Int](repeating: 0, count: record.arms.count), count: experiment.ramp.count)
    for assignment in assignments where assignment.status == .assigned {
      counts[Int(assignment.phase)][Int(assignment.arm)] += 1
    }
    let names = experiment.ramp.indices.map { phase in
      record.add(
        counts[phase], phase: phase + 1, weights: experiment.weights(of: experiment.ramp[phase]))
    }
    return Dealt(assignments: assignments, strata: assignments.map(\.phase), names: names)
  }

  private func byBatch(
    _ ids: [String], _ rows: [Int], _ record: inout AssignmentRecord
  ) throws(Diagnostic) -> Dealt {
    let batch = (record.strata.map(\.batch).max() ?? 0) + 1
    let places = ids.map { assigner.place($0) }
    var names: [String] = []
    var known: [String: Int32] = [:]
    var phases: [Int] = []
    var members: [[Int]] = []
    var strata = [Int32](repeating: -1, count: ids.count)
    for (unit, place) in places.enumerated() {
      guard case .phase(let phase) = place else { continue }
      let name = stratumName(row: rows[unit], phase: phase + 1, batch: batch)
      let code = known[name] ?? Int32(names.count)
      if code == names.count {
        known[name] = code
        names.append(name)
        phases.append(phase)
        members.append([])
      }
      guard phases[Int(code)] == phase else { throw AssignmentRecord.ambiguous(name) }
      strata[unit] = code
      members[Int(code)].append(unit)
    }
    let sorted = names.indices.sorted {
      phases[$0] != phases[$1]
        ? phases[$0] < phases[$1] : IDOrder.compare(names[$0], names[$1]) < 0
    }
    var added: [AssignmentRecord.Stratum] = []
    for place in sorted {
      guard !record.strata.contains(where: { $0.name == names[place] }) else {
        throw AssignmentRecord.ambiguous(names[place])
      }
      let weights = record.padded(experiment.weights(of: experiment.ramp[phases[place]]))
      added.append(
        .init(
          name: names[place], phase: phases[place] + 1, batch: batch, weights: weights,
          counts: weights.map { _ in 0 }))
    }
    var part = record
    part.strata = added
    let balance = experiment.batch?.balance
    let dealer = try BatchDealer(
      BatchDealer.groups(part, sorted.map { members[$0] }), salt: experiment.salt,
      seed: experiment.batch?.seed ?? 0,
      covariates: list.covariates.map { column in rows.map { $0 < 0 ? .nan : column[$0] } },
      names: balance?.covariates ?? [], acceptance: balance?.acceptance, tries: balance?.tries,
      unitCount: ids.count)
    let (arms, draws) = try dealer(replicate: 0)

    var slot = [Int](repeating: 0, count: names.count)
    for (index, place) in sorted.enumerated() { slot[place] = index }
    let assignments = places.indices.map { unit -> Assignment in
      switch places[unit] {
      case .out(let status): return Assignment(status)
      case .phase(let phase):
        let stratum = slot[Int(strata[unit])]
        added[stratum].counts[Int(arms[unit])] += 1
        return Assignment(
          arm: arms[unit], phase: Int32(phase), probability: added[stratum].weights[Int(arms[unit])])
      }
    }
    record.strata += added
    record.draws += draws
    return Dealt(
      assignments: assignments, strata: strata.map { $0 < 0 ? -1 : Int32(slot[Int($0)]) },
      names: sorted.map { names[$0] })
  }

  /// The unit's values joined by `/`, with the phase from the second on, and the batch from the second on.
  private func stratumName(row: Int, phase: Int, batch: Int) -> String {
    var parts = list.strata.map { column in
      row < 0 || column.codes[row] < 0 ? "missing" : column.dictionary[Int(column.codes[row])]
    }
    if phase > 1 || parts.isEmpty { parts.append("phase \(phase)") }
    if batch > 1 { parts.append("batch \(batch)") }
    return parts.joined(separator: "/")
  }
}
