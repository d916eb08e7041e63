import RekindleBehaviour
import RekindleCore
import RekindleEvents
import Testing

/// The fast evaluator and the slow one say the same, to the last bit, on random expressions over
/// random histories.
@Suite struct AgreementTests {
  /// Expressions a history; together with the histories 10,000.
  private static let expressionCount = 20

  @Test(arguments: 0..<10)
  func tenThousandRandomExpressionsAgree(_ part: Int) throws {
    var present = 0
    var total = 0
    for history in 0..<50 {
      let values = try compare(seed: UInt64(part * 50 + history))
      present += values.count { !$0.isNaN }
      total += values.count
    }
    // Agreement on nothing but missing values would say little. The generator gives about a third
    // that are there (short windows and nested arithmetic lose the rest); the bound, set below what
    // was measured, is to notice if it stops doing so.
    #expect(Double(present) / Double(total) > 0.25, "\(present) of \(total) values are there")
  }

  /// - Returns: all values of the slow evaluator.
  private func compare(seed: UInt64) throws -> [Double] {
    var histories = RandomHistories(seed: seed &* 7919 &+ 13)
    let (log, moments) = try histories.next()
    let looksAhead = seed % 4 == 0
    var random = RandomExpressions(seed: seed &* 104_729 &+ 7, looksAhead: looksAhead, hasContext: true)
    let definitions = (0..<Self.expressionCount).map {
      FeatureDefinition(name: "f\($0)", expression: random.next())
    }
    let inputs = ["score": moments.indices.map { $0 % 5 == 0 ? Double.nan : Double($0) / 3 }]
    let evaluator = Evaluator(log: log, workers: Workers(1 + Int(seed % 2)))
    var reference = ReferenceEvaluator(log: log)
    reference.inputs = inputs
    let slowConstants = reference.populationConstants(of: definitions.map(\.expression), at: moments)
    reference.constants = slowConstants
    let constants = try evaluator.populationConstants(of: definitions, at: moments)
    for (text, slow) in slowConstants.sorted(by: { $0.key < $1.key }) {
      #expect(agree(constants[text], slow), "history \(seed): \(text)")
    }
    let table = try evaluator.table(
      of: definitions, at: moments, constants: slowConstants, inputs: inputs)
    var all: [Double] = []
    for definition in definitions {
      guard let column = table.column(definition.name) else {
        Issue.record("history \(seed): no column for \(definition.expression)")
        continue
      }
      let fast: [Double]
      switch column.values {
      case .number(let values), .flag(let values): fast = values
      case .category: fast = []
      }
      let slow = reference.values(of: definition.expression, at: moments).map(\.double)
      all += slow
      guard let row = moments.indices.first(where: { !agree($0 < fast.count ? fast[$0] : nil, slow[$0]) })
      else {
        continue
      }
      Issue.record(
        """
        history \(seed), row \(row), zone \(log.calendar.identifier), customer \(moments[row].customer) at \
        \(moments[row].time.microseconds): \(definition.expression)
        fast \(row < fast.count ? fast[row] : .nan), slow \(slow[row])
        """)
    }
    return all
  }

  /// The same number, or both missing; 0 and −0 are the same number.
  private func agree(_ fast: Double?, _ slow: Double) -> Bool {
    guard let fast else { return false }
    return fast == slow || (fast.isNaN && slow.isNaN)
  }
}
