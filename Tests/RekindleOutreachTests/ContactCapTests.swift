import RekindleCore
import RekindleOutreach
import Testing

@Suite("The frequency cap")
struct ContactCapTests {
  private let day = GeneratedShop.day

  private func cap(_ max: Int = 3, zone: String = "UTC") throws -> ContactCap {
    ContactCap(.init(max: max, days: 7), calendar: try CivilCalendar(timeZone: zone))
  }

  @Test("Three in the week before block until the first of them is more than seven days old")
  func before() throws {
    let others: [Int64] = [1 * day, 2 * day, 3 * day]
    #expect(try cap().earliest(from: 7 * day, others: others[...]) == 8 * day + 1)
    #expect(try cap().earliest(from: 8 * day, others: others[...]) == 8 * day + 1)
    #expect(try cap().earliest(from: 8 * day + 1, others: others[...]) == 8 * day + 1)
    #expect(try cap().earliest(from: 4 * day, others: others[..<2]) == 4 * day)
  }

  @Test("Scheduled ones ahead count as those behind, and a window may lie on both sides")
  func around() throws {
    let ahead: [Int64] = [10 * day, 11 * day, 12 * day]
    #expect(try cap().earliest(from: 4 * day, others: ahead[...]) == 4 * day)
    #expect(try cap().earliest(from: 6 * day, others: ahead[...]) == 17 * day + 1)
    let both: [Int64] = [5 * day, 9 * day, 11 * day]
    #expect(try cap().earliest(from: 8 * day, others: both[...]) == 12 * day + 1)
    // Each side alone would be too few to block.
    #expect(try cap().earliest(from: 8 * day, others: [5 * day, 9 * day, 13 * day]) == 8 * day)
  }

  @Test("At a clock change the longer week counts")
  func clockChange() throws {
    let cap = try cap(1, zone: "Europe/Berlin")
    // Seven calendar days over the fall change are 169 hours; over the spring change 168 hours are longer.
    for (text, hours) in [("2025-10-25T12:00", 169), ("2025-03-29T12:00", 168), ("2025-06-01T12:00", 168)] {
      let sent = GeneratedShop.instant(text, cap.calendar).microseconds
      let end = sent + Int64(hours) * GeneratedShop.hour
      #expect(cap.reach(of: sent) == end)
      #expect(cap.earliest(from: end, others: [sent]) == end + 1)
    }
  }

  @Test("The answer is the first time at which nobody has too many", arguments: 0..<300)
  func exhaustive(seed: Int) throws {
    var random = Generator(UInt64(seed))
    let cap = try cap(1 + random.below(3))
    let others = (0..<random.below(7)).map { _ in Int64(random.below(20)) * day / 2 }.sorted()
    func isFree(_ time: Int64) -> Bool {
      let all = others + [time]
      return all.allSatisfy { first in
        let last = first + 7 * day
        return time < first || time > last || all.count { $0 >= first && $0 <= last } <= cap.max
      }
    }
    var time = Int64(random.below(12)) * day / 2
    let start = time
    while let next = cap.earliest(from: time, others: others[...]), next != time { time = next }
    #expect(isFree(time))
    for half in 0..<40 {
      let earlier = start + Int64(half) * day / 2
      if earlier < time { #expect(!isFree(earlier)) }
    }
  }
}
