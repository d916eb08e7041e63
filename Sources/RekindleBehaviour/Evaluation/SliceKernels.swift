internal import Foundation
internal import RekindleCore

/// One set of events, in time order: a piece of a selection's columns.
struct EventSlice {
  var count: Int
  var times: UnsafePointer<Instant>?
  var days: UnsafePointer<Int32>?
  var column: BlockSelection.Column?
}

/// Summaries of one set of events. Their order of operations is the definition
/// (`AggregateFunction`), to the last bit.
enum SliceKernels {
  // MARK: Numbers

  static func presentCount(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
    var n = 0
    for i in 0..<count { n += values[i].isNaN ? 0 : 1 }
    return Double(n)
  }

  @inline(__always)
  static func sum(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
    var total = 0.0
    for i in 0..<count { total += values[i].isNaN ? 0 : values[i] }
    return finite(total)
  }

  /// The sum over the events after the first day, for each distinct day after it.
  static func repeatMean(
    _ values: UnsafePointer<Double>, _ days: UnsafePointer<Int32>, _ count: Int
  ) -> Double {
    var total = 0.0
    var repeats = 0
    for i in 0..<count where days[i] != days[0] {
      repeats += days[i] == days[i - 1] ? 0 : 1
      total += values[i].isNaN ? 0 : values[i]
    }
    return finite(total / Double(repeats))
  }

  static func minimum(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
    var least = Double.nan
    for i in 0..<count where !(values[i] >= least) && !values[i].isNaN { least = values[i] }
    return least
  }

  static func maximum(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
    var greatest = Double.nan
    for i in 0..<count where !(values[i] <= greatest) && !values[i].isNaN { greatest = values[i] }
    return greatest
  }

  static func deviation(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
    let n = presentCount(values, count)
    guard n >= 2 else { return .nan }
    var total = 0.0
    for i in 0..<count { total += values[i].isNaN ? 0 : values[i] }
    let mean = total / n
    var squares = 0.0
    for i in 0..<count where !values[i].isNaN { squares += (values[i] - mean) * (values[i] - mean) }
    return finite((squares / (n - 1)).squareRoot())
  }

  static func median(_ values: UnsafePointer<Double>, _ count: Int, _ scratch: inout KernelScratch) -> Double
  {
    let sorted = scratch.numbers(count)
    var n = 0
    for i in 0..<count where !values[i].isNaN {
      sorted[n] = values[i]
      n += 1
    }
    return finite(medianSorting(sorted, n))
  }

  /// The median of `n` numbers, which are put in order; missing when there is none.
  static func medianSorting(_ values: UnsafeMutablePointer<Double>, _ n: Int) -> Double {
    guard n > 0 else { return .nan }
    sort(values, n)
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2
  }

  /// Ascending. A handful of numbers is the rule, so they are inserted one by one.
  static func sort<Value: Comparable>(_ values: UnsafeMutablePointer<Value>, _ n: Int) {
    if n > 32 {
      var all = UnsafeMutableBufferPointer(start: values, count: n)
      all.sort()
      return
    }
    guard n > 1 else { return }
    for i in 1..<n {
      let value = values[i]
      var j = i
      while j > 0, values[j - 1] > value {
        values[j] = values[j - 1]
        j -= 1
      }
      values[j] = value
    }
  }

  static func latest(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
    var i = count
    while i > 0 {
      i -= 1
      if !values[i].isNaN { return values[i] }
    }
    return .nan
  }

  static func first(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
    for i in 0..<count where !values[i].isNaN { return values[i] }
    return .nan
  }

  // MARK: Outcomes of a condition

  static func streak(_ outcomes: UnsafePointer<Double>, _ count: Int) -> Double {
    var length = 0
    var i = count
    while i > 0 {
      i -= 1
      if outcomes[i] == 0 { break }
      if outcomes[i] == 1 { length += 1 }
    }
    return Double(length)
  }

  static func share(_ outcomes: UnsafePointer<Double>, _ count: Int) -> Double {
    var met = 0
    var known = 0
    for i in 0..<count {
      met += outcomes[i] == 1 ? 1 : 0
      known += outcomes[i].isNaN ? 0 : 1
    }
    return finite(Double(met) / Double(known))
  }

  // MARK: Codes

  static func presentCount(_ codes: UnsafePointer<Int32>, _ count: Int) -> Double {
    var n = 0
    for i in 0..<count { n += codes[i] < 0 ? 0 : 1 }
    return Double(n)
  }

  static func latest(_ codes: UnsafePointer<Int32>, _ count: Int) -> Double {
    var i = count
    while i > 0 {
      i -= 1
      if codes[i] >= 0 { return Double(codes[i]) }
    }
    return .nan
  }

  static func first(_ codes: UnsafePointer<Int32>, _ count: Int) -> Double {
    for i in 0..<count where codes[i] >= 0 { return Double(codes[i]) }
    return .nan
  }
}
