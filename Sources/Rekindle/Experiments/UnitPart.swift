internal import RekindleCore
internal import RekindleEvents
internal import RekindleExperiments

/// Some units of a file, and when each of them was assigned and exposed: what was known of them at one
/// moment or another can be cut out of it.
struct UnitPart: Sendable {
  /// Without days, ages and exposures, which depend on the moment.
  var units: UnitBatch
  /// Empty where the file has none.
  var ids: ByteStrings
  /// `Instant.distantPast`: never; `nil` where the file does not say.
  var exposed: [Instant]?
  var assigned: [Instant]?

  /// When each unit met the treatment as far as is known: when it was exposed, or else assigned.
  var exposures: [Instant]? {
    guard let exposed else { return assigned }
    guard let assigned, let held = units.arms.dictionary.firstIndex(of: UnitSchema.holdoutArm) else {
      return exposed
    }
    // Who is held out meets nothing, and is looked at from when he was.
    let holdout = Int32(held)
    return exposed.indices.map { row in
      units.arms.codes[row] == holdout && exposed[row] == .distantPast ? assigned[row] : exposed[row]
    }
  }

  /// The units as they were known at a moment.
  /// - Parameter end: whoever was assigned from then on is not there, whoever was exposed from then on was not
  ///   yet. `nil`: what is in the file is all there is, and every outcome is final.
  func seen(until end: Instant?, _ calendar: CivilCalendar) -> UnitBatch {
    var seen = units
    if let end, let assigned {
      for row in assigned.indices where assigned[row] >= end { seen.arms.codes[row] = -1 }
    }
    guard let exposures else { return seen }
    let known = exposures.map { $0 < end ?? .distantFuture ? $0 : .distantPast }
    seen.days = known.map { $0 == .distantPast ? UnitBatch.missingDay : calendar.day(of: $0) }
    if exposed != nil { seen.exposed = known.map { $0 != .distantPast } }
    if let end {
      seen.ages = known.map { $0 == .distantPast ? .nan : calendar.age(from: $0, to: end) }
    }
    return seen
  }
}

extension CivilCalendar {
  /// Days from one moment to a later one. Whole calendar days are exact: it is at least n where the same
  /// wall clock n days later is not after the end.
  fileprivate func age(from start: Instant, to end: Instant) -> Double {
    var whole = Int(day(of: end) - day(of: start))
    if adding(days: whole, to: start) > end { whole -= 1 }
    let rest = end.days(since: adding(days: whole, to: start))
    return Double(whole) + min(max(0, rest), 0.999)
  }
}
