internal import RekindleTables

/// Says in words what the numbers of a design mean for its questions.
struct DesignReview {
  let experiment: Experiment
  let input: DesignInput
  let report: DesignReport

  func findings() -> [DesignFinding] {
    noEffect() + notKnown() + tooFewUnits() + interactions() + otherRows() + aliases() + rareEvents()
      + duration() + tuning()
  }

  private var noun: String { experiment.unit + "s" }

  private var leadingKind: PlannedComparison.Kind { experiment.factors.isEmpty ? .arm : .mainEffect }

  private var primaries: [PlannedComparison] { report.comparisons.filter { $0.role == .primary } }

  private func percent(_ share: Double) -> String { fixed(share * 100, digits: 1) + " %" }

  private func noEffect() -> [DesignFinding] {
    guard experiment.plan.effect == nil else { return [] }
    return [
      DesignFinding(
        name: "no_effect_stated", severity: .note,
        text:
          "no smallest effect worth finding is stated, so nothing says how many \(noun) are needed: state one under plan.effect"
      )
    ]
  }

  private func notKnown() -> [DesignFinding] {
    experiment.metrics.filter { input.baselines[$0.name] == nil }.map {
      DesignFinding(
        name: "no_baseline", severity: .note,
        text: "the \($0.role.rawValue) metric \"\($0.name)\" has no baseline and is not planned for")
    }
  }

  private func tooFewUnits() -> [DesignFinding] {
    experiment.metrics.filter { $0.role == .primary }.flatMap { metric -> [DesignFinding] in
      let rows = primaries.filter { $0.metric == metric.name && $0.kind == leadingKind }
      let impossible = rows.filter { !$0.effect.isNaN && $0.units == nil }
      if let row = impossible.first {
        return [
          DesignFinding(
            name: "effect_impossible", severity: .unanswerable,
            text:
              "an effect of \(shortest(row.effect)) on \"\(metric.name)\" cannot be: its baseline is \(shortest(row.baseline))"
          )
        ]
      }
      guard let atHand = report.unitsAtHand,
        let row = rows.max(by: { ($0.units ?? 0) < ($1.units ?? 0) }), let units = row.units,
        units > atHand
      else { return [] }
      let found =
        row.detectable.isNaN
        ? "no effect at all"
        : "a lift of \(percent(row.detectableLift)) (\(fixed(row.detectable, digits: 4)))"
      return [
        DesignFinding(
          name: "too_few_units", severity: .unanswerable,
          text:
            "\"\(metric.name)\", \(row.name) against \(row.reference): needs \(units) \(noun), \(atHand) are at hand; they find \(found) with a power of \(percent(report.power))"
        )
      ]
    }
  }

  /// Rows beside the leading ones that the units at hand do not answer either.
  private func otherRows() -> [DesignFinding] {
    guard let atHand = report.unitsAtHand else { return [] }
    let others = report.comparisons.filter { row in
      !(row.role == .primary && (row.kind == leadingKind || row.kind == .interaction))
        && (row.units ?? 0) > atHand
    }
    var seen: Set<String> = []
    return others.filter { seen.insert("\($0.metric) \($0.kind)").inserted }.map { first in
      let most = others.filter { $0.metric == first.metric && $0.kind == first.kind }.compactMap(\.units)
        .max()
      return DesignFinding(
        name: "too_few_for_others", severity: .warning,
        text:
          "\"\(first.metric)\", \(first.name) against \(first.reference): needs \(most ?? 0) \(noun), \(atHand) are at hand"
      )
    }
  }

  /// An interaction of the size of a main effect needs several times its units.
  private func interactions() -> [DesignFinding] {
    experiment.metrics.filter { $0.role == .primary }.compactMap { metric in
      let rows = primaries.filter { $0.metric == metric.name }
      guard let main = rows.filter({ $0.kind == .mainEffect }).compactMap(\.units).max(),
        let interaction = rows.filter({ $0.kind == .interaction }).compactMap(\.units).max()
      else { return nil }
      if let atHand = report.unitsAtHand {
        guard interaction > atHand, main <= atHand else { return nil }
        return DesignFinding(
          name: "interactions_too_small", severity: .warning,
          text:
            "\"\(metric.name)\": interactions need \(times(interaction, atHand)) times the \(noun) you have (\(interaction), \(atHand) are at hand): run it as main effects only"
        )
      }
      return DesignFinding(
        name: "interactions_cost", severity: .note,
        text:
          "\"\(metric.name)\": an interaction as large as the effect needs \(interaction) \(noun), \(times(interaction, main)) times those of the main effects (\(main))"
      )
    }
  }

  private func times(_ a: Int, _ b: Int) -> String {
    let ratio = Double(a) / Double(b)
    let text = fixed(ratio, digits: 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private func aliases() -> [DesignFinding] {
    let rows = primaries.filter { $0.metric == primaries.first?.metric && $0.kind != .arm }
    return rows.enumerated().compactMap { place, row in
      // Each set of aliases once: by the first of them.
      let later = rows[(place + 1)...].map(\.name)
      guard !row.aliases.isEmpty, row.aliases.allSatisfy(later.contains) else { return nil }
      return DesignFinding(
        name: "aliased", severity: .warning,
        text: "the design cannot tell \(row.name) from \(row.aliases.joined(separator: ", "))")
    }
  }

  private func rareEvents() -> [DesignFinding] {
    experiment.metrics.filter { $0.role == .primary && $0.kind == .proportion }.compactMap { metric in
      guard let baseline = input.baselines[metric.name],
        let row = primaries.filter({ $0.metric == metric.name && $0.kind == leadingKind })
          .max(by: { ($0.units ?? 0) < ($1.units ?? 0) }),
        let units = [row.units, report.unitsAtHand].compactMap({ $0 }).min()
      else { return nil }
      let least = experiment.arms.map(\.weight).filter { $0 > 0 }.min() ?? 1
      let expected = Double(units) * least * min(baseline.value, 1 - baseline.value)
      guard expected < 10 else { return nil }
      return DesignFinding(
        name: "rare_events", severity: .warning,
        text:
          "\"\(metric.name)\": only \(fixed(expected, digits: 1)) events are expected in the smallest arm, too few for the normal approximation of this plan"
      )
    }
  }

  private func duration() -> [DesignFinding] {
    guard let duration = report.duration else { return [] }
    var findings: [DesignFinding] = []
    if duration.enrolmentDays < 7 {
      findings.append(
        DesignFinding(
          name: "less_than_a_week", severity: .note,
          text:
            "the \(noun) are there after \(shownCount(duration.enrolmentDays, "day")); let it run a whole week, for weekdays differ"
        ))
    }
    if duration.totalDays > 56 {
      findings.append(
        DesignFinding(
          name: "long", severity: .warning,
          text:
            "it takes \(shownCount(duration.totalDays, "day")): look for a larger effect, fewer arms, or covariates that explain more"
        ))
    }
    return findings
  }

  private func tuning() -> [DesignFinding] {
    guard case .alwaysValid(let tunedAt) = experiment.plan.looking, tunedAt == nil,
      let row = primaries.filter({ $0.kind == .arm }).max(by: { ($0.units ?? 0) < ($1.units ?? 0) }),
      row.units != nil
    else { return [] }
    let pair = zip(experiment.arms, row.armUnits)
      .filter { $0.0.name == row.name || $0.0.name == row.reference }.reduce(0) { $0 + $1.1 }
    return [
      DesignFinding(
        name: "not_tuned", severity: .note,
        text:
          "the always-valid interval is not tuned: with tuned_at \(pair) it is narrowest when the planned \(noun) of two arms are in"
      )
    ]
  }
}
