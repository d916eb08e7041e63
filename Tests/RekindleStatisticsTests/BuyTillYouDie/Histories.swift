import RekindleStatistics

func weeks(_ repeats: Double, _ lastAge: Double, _ age: Double) -> RepeatHistory {
  RepeatHistory(repeats: repeats, lastAge: lastAge, age: age, unit: .week)
}

/// Equal to a relative tolerance.
func close(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool { abs(a - b) <= tolerance * abs(b) }
