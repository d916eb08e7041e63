import RekindleCore
import RekindleEvents
import RekindleLifecycle
import Testing

@Suite struct CategoryAssociationTests {
  /// Every count, again by the plainest loops over the events.
  @Test func agreesWithADirectCount() throws {
    let log = Shop.generated(customers: 300, seed: 9)
    let moment = day("2025-09-01")
    let found = try CategoryAssociation(of: log, at: moment, minimumSupport: 1, shrinkage: 0)
    let stream = try #require(log.stream("purchase"))
    guard case .category(let codes, let names) = stream.attribute("category")?.column else {
      Issue.record("a category")
      return
    }
    var steps = 0
    var from: [String: Int] = [:]
    var to = from
    var both = from
    for customer in log.customers.indices {
      var days: [(day: Int32, names: Set<String>)] = []
      for event in Int(stream.offsets[customer])..<Int(stream.offsets[customer + 1])
      where stream.times[event] < moment {
        let day = log.calendar.day(of: stream.times[event])
        if days.last?.day != day { days.append((day, [])) }
        days[days.count - 1].names.insert(names[Int(codes[event])])
      }
      for (earlier, later) in zip(days, days.dropFirst()) {
        steps += 1
        for a in earlier.names { from[a, default: 0] += 1 }
        for b in later.names { to[b, default: 0] += 1 }
        for a in earlier.names { for b in later.names { both["\(a) \(b)", default: 0] += 1 } }
      }
    }
    #expect(found.steps == steps)
    #expect(found.pairs.count == both.count)
    for pair in found.pairs {
      let (a, b) = (found.categories[pair.from], found.categories[pair.to])
      let count = both["\(a) \(b)"] ?? 0
      #expect(pair.support == count)
      let probability = Double(count) / Double(from[a] ?? 0)
      #expect(abs(pair.probability - probability) < 1e-14)
      #expect(abs(pair.lift - probability / (Double(to[b] ?? 0) / Double(steps))) < 1e-12)
    }
  }

  @Test func rarePairsAreDrawnToTheUsual() throws {
    let log = Shop.generated(customers: 300, seed: 9)
    let moment = day("2025-09-01")
    let plain = try CategoryAssociation(of: log, at: moment, minimumSupport: 1, shrinkage: 0)
    let drawn = try CategoryAssociation(of: log, at: moment, minimumSupport: 1, shrinkage: 50)
    for pair in plain.pairs {
      let other = try #require(drawn.pairs.first { $0.from == pair.from && $0.to == pair.to })
      #expect(abs(other.lift - 1) <= abs(pair.lift - 1) + 1e-12)
      #expect(other.medianLag == pair.medianLag)
    }
    #expect(try CategoryAssociation(of: log, at: moment, minimumSupport: 1_000_000).pairs.isEmpty)
  }
}
