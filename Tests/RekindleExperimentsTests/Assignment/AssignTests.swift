internal import RekindleCore
internal import RekindleExperiments
internal import RekindleNumerics
internal import Testing

extension AssignmentTable {
  /// Every row as one line, as a file would have it.
  var lines: [String] {
    (0..<count).map { row in
      var cells = [customers[row], experiment, arm(row)]
      cells += levels.map { $0.codes[row] < 0 ? "" : $0.dictionary[Int($0.codes[row])] }
      cells += [stratum(row) ?? "", "\(probabilities[row])", "\(assignedAt[row].microseconds)"]
      return cells.joined(separator: ",")
    }
  }
}

/// The code of the diagnostic that a piece of work throws.
func thrownCode(_ work: () throws -> Void) -> String? {
  do { try work() } catch { return (error as? Diagnostic)?.code }
  return nil
}

@Suite struct AssignTests {
  static let monday = Instant(seconds: 1_700_000_000)
  static let friday = Instant(seconds: 1_700_400_000)

  static func campaign(
    weights: [Double] = [0.5, 0.5], holdout: Double = 0.1, ramp: [Experiment.Phase] = [.init(coverage: 0.6)]
  ) -> Experiment {
    AssignerTests.experiment("campaign", weights: weights, holdout: holdout, ramp: ramp)
  }

  @Test func theTableHasTheRowsOfThoseWhoTakePart() throws {
    let factors: [Experiment.Factor] = [
      .init("coupon", levels: ["200-50", "300-80"]), .init("slot", levels: ["weekday_20", "weekend_12"]),
    ]
    let arms = try Experiment.Arm.factorial(factors)
    let experiment = Experiment(
      id: "seed", arms: arms, factors: factors, control: arms[0].name, holdout: 0.2,
      ramp: [.init(coverage: 0.5)])
    let ids = AssignerTests.ids(1000).reversed().map { $0 }
    let result = try experiment.assign(AssignmentList(ids: ids), at: Self.monday)
    let assigner = try Assigner(experiment)
    let expected = ids.sorted().compactMap { id -> String? in
      let assignment = assigner.assign(id)
      switch assignment.status {
      case .holdout: return "\(id),seed,holdout,,,,0.2,\(Self.monday.microseconds)"
      case .assigned:
        let arm = arms[Int(assignment.arm)]
        let levels = zip(factors, arm.levels).map { $0.levels[$1] }.joined(separator: ",")
        return "\(id),seed,\(arm.name),\(levels),phase 1,0.25,\(Self.monday.microseconds)"
      default: return nil
      }
    }
    #expect(result.table.lines == expected)
    #expect(result.table.factors == ["coupon", "slot"])
    let tally = result.tally
    #expect(tally.listed == 1000 && tally.stored == 0 && tally.outsideLayer == 0)
    #expect(tally.added.reduce(0, +) + tally.heldOut == result.table.count)
    #expect(tally.notCovered == 1000 - result.table.count)
    #expect(result.record.holdout == tally.heldOut)
    #expect(result.record.strata.map(\.counts) == [tally.added])
    #expect(result.record.method == .hash)
    #expect(result.kept == nil)
  }

  @Test func theSameListAgainChangesNothing() throws {
    let experiment = Self.campaign()
    let ids = AssignerTests.ids(2000)
    let first = try experiment.assign(AssignmentList(ids: ids), at: Self.monday)
    var stream = RandomStream(seed: 4)
    var shuffled = ids
    stream.shuffle(&shuffled)
    let again = try experiment.assign(
      AssignmentList(ids: shuffled), stored: .init(table: first.table, record: first.record), at: Self.friday,
      workers: Workers(3))
    #expect(again.table.lines == first.table.lines)
    #expect(again.record == first.record)
    #expect(again.tally.added == [0, 0] && again.tally.heldOut == 0)
    #expect(again.tally.stored == first.table.count)
    // Also without the record, where every stored unit is put to the definition again.
    let unrecorded = try experiment.assign(
      AssignmentList(ids: ids), stored: .init(table: first.table), at: Self.friday)
    #expect(unrecorded.table.lines == first.table.lines)
    #expect(unrecorded.record == first.record)
  }

  /// Half of the list now and the rest later is the whole at once, but for the moment.
  @Test func newUnitsAreAddedBesideTheStored() throws {
    let experiment = Self.campaign()
    let ids = AssignerTests.ids(2000)
    let early = ids.enumerated().filter { $0.offset % 3 != 0 }.map(\.element)
    let first = try experiment.assign(AssignmentList(ids: early), at: Self.monday)
    let late = ids.enumerated().filter { $0.offset % 3 == 0 || $0.offset % 5 == 0 }.map(\.element)
    let second = try experiment.assign(
      AssignmentList(ids: late), stored: .init(table: first.table, record: first.record), at: Self.friday)
    let whole = try experiment.assign(AssignmentList(ids: ids), at: Self.monday)
    let friday = ",\(Self.friday.microseconds)"
    #expect(
      second.table.lines.map {
        $0.hasSuffix(friday) ? String($0.dropLast(friday.count)) + ",\(Self.monday.microseconds)" : $0
      }
        == whole.table.lines)
    #expect(second.record == whole.record)
    let before = Set(first.table.lines)
    #expect(second.table.lines.count { before.contains($0) } == before.count)
  }

  @Test func aRampMovesNobodyAndNeedsNoLeave() throws {
    let ids = AssignerTests.ids(3000)
    let small = try Self.campaign(ramp: [.init(coverage: 0.1)]).assign(
      AssignmentList(ids: ids), at: Self.monday)
    let wider = Self.campaign(ramp: [.init(coverage: 0.1), .init(coverage: 0.5)])
    let second = try wider.assign(
      AssignmentList(ids: ids), stored: .init(table: small.table, record: small.record), at: Self.friday)
    var third = Self.campaign(
      weights: [0.4, 0.3, 0.3],
      ramp: [.init(coverage: 0.1, weights: [0.5, 0.5]), .init(coverage: 0.5, weights: [0.5, 0.5]), .init()])
    let last = try third.assign(
      AssignmentList(ids: ids), stored: .init(table: second.table, record: second.record), at: Self.friday)
    let lines = Set(last.table.lines)
    #expect(Set(small.table.lines).isSubset(of: second.table.lines))
    #expect(second.table.lines.allSatisfy { lines.contains($0) })
    #expect(last.record.strata.map(\.name) == ["phase 1", "phase 2", "phase 3"])
    #expect(last.record.strata.map(\.weights) == [[0.5, 0.5, 0], [0.5, 0.5, 0], [0.4, 0.3, 0.3]])
    #expect(last.kept == nil)
    // The same ramp without the earlier weights would move some of the first two phases to the new arm.
    third.ramp = [.init(coverage: 0.1), .init(coverage: 0.5), .init()]
    #expect(
      thrownCode {
        _ = try third.assign(
          AssignmentList(ids: ids), stored: .init(table: second.table, record: second.record), at: Self.friday
        )
      } == "RK0822")
  }

  @Test func aChangeThatWouldMoveIsRefusedWithTheCount() throws {
    let ids = AssignerTests.ids(4000)
    let first = try Self.campaign(ramp: [.init()]).assign(AssignmentList(ids: ids), at: Self.monday)
    let changed = Self.campaign(weights: [0.7, 0.3], holdout: 0.05, ramp: [.init()])
    let stored = StoredAssignment(table: first.table, record: first.record)
    let assigner = try Assigner(changed)
    let movers = (0..<first.table.count).count { row in
      let now = assigner.assign(first.table.customers[row])
      return (now.arm < 0 ? "holdout" : "arm\(now.arm)") != first.table.arm(row)
    }
    #expect(movers > 500)
    #expect {
      try changed.assign(AssignmentList(ids: ids), stored: stored, at: Self.friday)
    } throws: { error in
      guard let diagnostic = error as? Diagnostic else { return false }
      return diagnostic.code == "RK0822" && diagnostic.kind == .userError
        && diagnostic.message.contains("\(movers) of \(first.table.count) ")
        && diagnostic.notes.first?.hasPrefix("arm1 → arm0: ") == true
    }

    // Kept on request: those who are there stay, and the new get the new weights in a stratum of their own.
    let more = ids + AssignerTests.ids(4000, prefix: "N")
    let kept = try changed.assign(
      AssignmentList(ids: more), stored: stored, at: Self.friday, policy: .keepStored)
    #expect(kept.kept?.count == movers)
    let lines = Set(kept.table.lines)
    #expect(first.table.lines.allSatisfy { lines.contains($0) })
    #expect(kept.record.strata.map(\.name) == ["phase 1", "phase 1/batch 2"])
    #expect(kept.record.strata.map(\.weights) == [[0.5, 0.5], [0.7, 0.3]])
    let counts = kept.record.strata.map { $0.counts.reduce(0, +) }
    #expect(counts.reduce(0, +) + kept.record.holdout == kept.table.count)
    // What was agreed to once is not asked again.
    let again = try changed.assign(
      AssignmentList(ids: more), stored: .init(table: kept.table, record: kept.record), at: Self.friday)
    #expect(again.table.lines == kept.table.lines)
    #expect(again.record == kept.record)
  }

  @Test func anArmThatIsNoMoreIsAMove() throws {
    let ids = AssignerTests.ids(500)
    let first = try Self.campaign(weights: [0.4, 0.3, 0.3], ramp: [.init()]).assign(
      AssignmentList(ids: ids), at: Self.monday)
    let changed = Self.campaign(weights: [0.4, 0.6], ramp: [.init()])
    let stored = StoredAssignment(table: first.table, record: first.record)
    #expect(
      thrownCode { _ = try changed.assign(AssignmentList(ids: ids), stored: stored, at: Self.friday) }
        == "RK0822")
    let kept = try changed.assign(
      AssignmentList(ids: ids), stored: stored, at: Self.friday, policy: .keepStored)
    #expect(kept.table.lines == first.table.lines)
    #expect(kept.record.arms == ["arm0", "arm1", "arm2"])
    #expect(kept.record.strata.first?.counts == first.record.strata.first?.counts)
  }

  @Test func badListsAndFilesAreRefused() throws {
    let experiment = Self.campaign()
    #expect(thrownCode { _ = try experiment.assign(.init(ids: ["a", ""]), at: Self.monday) } == "RK0820")
    let blank = #expect(throws: Diagnostic.self) {
      try experiment.assign(.init(ids: ["a", "", "b", " \t", "c"]), at: Self.monday)
    }
    #expect(blank?.message == "2 of 5 rows have no id" && blank?.notes == ["rows: 2, 4"])
    #expect(
      thrownCode { _ = try experiment.assign(.init(ids: ["b", "a", "b"]), at: Self.monday) } == "RK0821")
    let empty = try experiment.assign(.init(ids: []), at: Self.monday)
    #expect(empty.table.count == 0 && empty.record.strata.isEmpty)

    func table(
      experiments: [String?] = ["campaign", "campaign"], ids: [String] = ["b", "a"],
      arms: [String?] = ["arm0", "arm1"], probabilities: [Double] = [0.5, 0.5]
    ) throws -> AssignmentTable {
      try AssignmentTable(
        experiment: "campaign", experiments: CodedColumn(experiments), customers: ids,
        arms: CodedColumn(arms),
        strata: CodedColumn(["phase 1", nil]), probabilities: probabilities,
        assignedAt: [Self.monday, Self.friday])
    }
    #expect(try table().customers == ["a", "b"])
    #expect(try table().lines.map { $0.split(separator: ",")[2] } == ["arm1", "arm0"])
    #expect(thrownCode { _ = try table(experiments: ["campaign", "other"]) } == "RK0823")
    #expect(thrownCode { _ = try table(experiments: ["campaign", nil]) } == "RK0823")
    #expect(thrownCode { _ = try table(arms: ["arm0", nil]) } == "RK0823")
    #expect(thrownCode { _ = try table(probabilities: [0.5, 0]) } == "RK0823")
    #expect(thrownCode { _ = try table(probabilities: [0.5, .nan]) } == "RK0823")
    #expect(thrownCode { _ = try table(ids: ["a", "a"]) } == "RK0821")
    let other = AssignerTests.experiment("other")
    #expect(
      thrownCode {
        _ = try other.assign(.init(ids: ["a"]), stored: .init(table: try table()), at: Self.friday)
      }
        == "RK0823")
  }

  /// Ids in the order of their bytes, which is nobody's language.
  @Test func rowsAreInTheOrderOfBytes() throws {
    let ids = [
      "b", "B", "é", "e\u{301}", "客户", "a-very-long-identifier-2", "a-very-long-identifier-10", "ab",
    ]
    let experiment = AssignerTests.experiment("order")
    let table = try experiment.assign(.init(ids: ids), at: Self.monday).table
    #expect(
      table.customers.map { Array($0.utf8) }
        == ids.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
  }

  @Test func theFingerprintIsOfWhatAssigns() {
    let base = Self.campaign()
    func changed(_ change: (inout Experiment) -> Void) -> Bool {
      var other = base
      change(&other)
      return other.assignmentFingerprint != base.assignmentFingerprint
    }
    #expect(base.assignmentFingerprint.count == 16)
    #expect(changed { $0.salt = "x" })
    #expect(changed { $0.holdout = 0.2 })
    #expect(changed { $0.layer = .init(name: "l") })
    #expect(changed { $0.arms[1].weight = 0.4 })
    #expect(changed { $0.arms[1].name = "y" })
    #expect(changed { $0.ramp.append(.init()) })
    #expect(changed { $0.batch = .init() })
    #expect(!changed { $0.metrics = [Metric("m", kind: .mean)] })
    #expect(!changed { $0.plan.alpha = 0.1 })
    #expect(!changed { $0.end = CivilDate("2025-01-01") })
    #expect(!changed { $0.ramp[0].weights = [0.5, 0.5] })
  }
}
