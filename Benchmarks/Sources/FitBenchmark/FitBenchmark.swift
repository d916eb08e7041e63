import Foundation
import RekindleCore
import RekindleNumerics

/// Fits a logistic regression to data in memory and prints how long the fit alone took.
///
///     FitBenchmark X.bin y.bin columns lambda threads repeats [coefficients.bin]
///
/// The files are raw little-endian doubles; X is row-major. The intercept and the coefficients are
/// written to the last file, so that the caller can compare objectives.
@main
struct FitBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 7, let columns = Int(arguments[3]), let lambda = Double(arguments[4]),
      let threads = Int(arguments[5]), let repeats = Int(arguments[6])
    else {
      print("usage: FitBenchmark X.bin y.bin columns lambda threads repeats [coefficients.bin]")
      exit(2)
    }
    let y = try doubles(arguments[2])
    let X = Matrix(rows: y.count, columns: columns, storage: try doubles(arguments[1]))
    let before = peakMemory()
    let regression = LogisticRegression(lambda: lambda, standardize: false, workers: Workers(threads))
    for _ in 0..<max(1, repeats) {
      let cpu = cpuSeconds()
      let clock = ContinuousClock()
      let start = clock.now
      let fit = try regression.fit(X: X, y: y)
      let time = clock.now - start
      let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
      print(
        "seconds=\(seconds) cpu=\(cpuSeconds() - cpu) iterations=\(fit.iterations) gradient=\(fit.gradientNorm) objective=\(fit.objective)"
          + " peak_over_data=\(Double(peakMemory()) / Double(before) - 1)")
      if arguments.count > 7 {
        let bytes = ([fit.intercept] + fit.coefficients).withUnsafeBytes { Data($0) }
        try bytes.write(to: URL(fileURLWithPath: arguments[7]))
      }
    }
  }

  /// Read with no second copy of the file in memory, so that the peak is that of the fit.
  static func doubles(_ path: String) throws -> [Double] {
    guard let file = fopen(path, "rb") else { throw CocoaError(.fileNoSuchFile) }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    let count = ftell(file) / 8
    rewind(file)
    return [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = fread(buffer.baseAddress, 8, count, file)
    }
  }

  // Of getrusage, 0 is this process on every system; the named constant has a type of its own on each.
  static func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(0, &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
  }

  /// The highest resident size so far, in kilobytes. Not getrusage's figure on Linux: that begins at
  /// the size of the process that started this one.
  static func peakMemory() -> Int {
    if let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = Int(line.filter(\.isNumber))
    {
      return kilobytes
    }
    var usage = rusage()
    getrusage(0, &usage)
    return usage.ru_maxrss
  }
}
