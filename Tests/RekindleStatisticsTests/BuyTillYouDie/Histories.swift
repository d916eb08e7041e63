import RekindleNumerics
import RekindleStatistics

func weeks(_ repeats: Double, _ lastAge: Double, _ age: Double) -> RepeatHistory {
  RepeatHistory(repeats: repeats, lastAge: lastAge, age: age, unit: .week)
}

/// Equal to a relative tolerance.
func close(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool { abs(a - b) <= tolerance * abs(b) }

/// Histories that a model made, known for 200 to 600 days; `whole` counts them in whole days.
func simulated(_ truth: MBGNBD, customers: Int, seed: UInt64, whole: Bool = false) -> [RepeatHistory] {
  var random = RandomStream(seed: seed)
  return (0..<customers).map { _ -> RepeatHistory in
    let rate = random.gamma(shape: truth.r) / truth.alpha
    let (a, b) = (random.gamma(shape: truth.a), random.gamma(shape: truth.b))
    let leaving = a / (a + b)
    let age = (200 + 400 * random.uniform()).rounded()
    var (time, last, x) = (0.0, 0.0, 0.0)
    while random.uniform() >= leaving {
      time += -logarithm(1 - random.uniform()) / rate
      if whole { time = time.rounded(.up) }
      if time > age { break }
      last = time
      x += 1
    }
    return RepeatHistory(repeats: x, lastAge: last, age: age, unit: .day)
  }
}
