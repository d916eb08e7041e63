import RekindleBehaviour
import RekindleChurn
import RekindleCore
import RekindleEvents

/// Numbers in [0, 1) that are the same on every run: SplitMix64.
struct Numbers {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return Double((z ^ z >> 31) >> 11) / 9_007_199_254_740_992
  }
}

func day(_ text: String) -> Instant {
  Instant(seconds: Int64(CivilDate(text)?.daysSinceEpoch ?? 0) * 86_400)
}

func definition(
  _ name: String, _ transform: FeatureDefinition.Transform = .identity, unit: String? = nil,
  reason: String? = nil
) -> FeatureDefinition {
  FeatureDefinition(
    name: name, expression: Expression(.aggregate(Aggregate(.daysSinceLast, "purchase"))), unit: unit,
    reason: reason, transform: transform)
}

func table(_ columns: [(String, FeatureValues)], customers: [String]? = nil, times: [Instant]? = nil)
  -> FeatureTable
{
  let count =
    switch columns[0].1 {
    case .number(let values), .flag(let values): values.count
    case .category(let codes, _): codes.count
    }
  return FeatureTable(
    customers: customers ?? (0..<count).map { "c\($0)" },
    times: times ?? [Instant](repeating: day("2024-01-01"), count: count),
    columns: columns.map { FeatureColumn(name: $0.0, values: $0.1) })
}

/// The code of what a call throws.
func code(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return (error as? Diagnostic)?.code ?? "another error"
  }
}

let windows = TrainingWindows(
  activity: "purchase", horizonDays: 90,
  eligible: Expression(.flag(true)), label: Expression(.flag(true)), logEnd: day("2024-06-01"),
  training: [.init(date: "2024-01-01", asOf: day("2024-01-01"), rows: 1, events: 1)],
  test: .init(date: "2024-03-01", asOf: day("2024-03-01"), rows: 1, events: 1))

/// Rows of customers whose churn follows logit p = −0.5 + 1.2 a − 0.8 b; `days` falls on every fifth row
/// out of sight.
func rows(_ count: Int, seed: UInt64, at time: String) -> LabelledRows {
  var numbers = Numbers(seed: seed)
  var a: [Double] = []
  var b: [Double] = []
  var days: [Double] = []
  var outcomes: [Bool] = []
  for index in 0..<count {
    a.append(numbers.next() * 4 - 2)
    b.append(numbers.next() * 4 - 2)
    days.append(index % 5 == 0 ? .nan : (numbers.next() * 60).rounded())
    let eta = -0.5 + 1.2 * a[index] - 0.8 * b[index]
    outcomes.append(numbers.next() < 1 / (1 + exponential(-eta)))
  }
  return LabelledRows(
    table: table(
      [("a", .number(a)), ("b", .number(b)), ("days", .number(days))],
      times: [Instant](repeating: day(time), count: count)),
    outcomes: outcomes)
}

/// e^x by its series after halving: enough for making data, and no library's rounding.
private func exponential(_ x: Double) -> Double {
  var term = 1.0
  var sum = 1.0
  for k in 1..<30 {
    term *= x / 32 / Double(k)
    sum += term
  }
  for _ in 0..<5 { sum *= sum }
  return sum
}
