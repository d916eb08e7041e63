// Times the elastic-net path (100 λ, l1_ratio ½) and its cross-validation on made-up data, and
// writes what `path.R` needs to run glmnet on the same data and to compare the solutions.
//
//     PathBenchmark <folder> [rows] [columns] [folds] [threads] [tolerance]

import Foundation
import RekindleCore
import RekindleNumerics

/// SplitMix64, two uniforms to a normal: any language can repeat it.
struct Stream {
  var state: UInt64

  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }

  mutating func normal() -> Double {
    (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  /// By inversion; the mean is kept below 500.
  mutating func poisson(_ mean: Double) -> Double {
    var left = uniform()
    var term = exp(-min(mean, 500))
    var value = 0.0
    while left > term, term > 0 || value < mean {
      left -= term
      value += 1
      term *= min(mean, 500) / value
    }
    return value
  }
}

func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func write(_ values: [Double], to path: String) throws {
  try values.withUnsafeBytes { try Data($0).write(to: URL(filePath: path)) }
}

let arguments = CommandLine.arguments
let folder = arguments.count > 1 ? arguments[1] : "."
let sizes = arguments.dropFirst(2).map { Int($0) ?? 0 }
let n = sizes.count > 0 ? sizes[0] : 200_000
let p = sizes.count > 1 ? sizes[1] : 45
let folds = sizes.count > 2 ? sizes[2] : 5
let threads = sizes.count > 3 ? sizes[3] : 1

// As a shop's features are: for each of p / 5 things that customers do, the logarithm of the counts in
// five nested windows of days; a customer's rates go together. A third of the columns matter.
let windows = [7.0, 30, 90, 180, 365]
var stream = Stream(state: 1)
var x = Matrix(rows: n, columns: p)
var y = [Double](repeating: 0, count: n)
let beta = (0..<p).map { $0 % 3 == 0 ? 0.4 * stream.normal() : 0 }
for i in 0..<n {
  let activity = stream.normal()
  var rate = 0.0
  var count = 0.0
  var eta = -0.5
  for j in 0..<p {
    if j % 5 == 0 {
      rate = exp(0.6 * activity + 0.8 * stream.normal() - 1) / 30
      count = 0
    }
    count += stream.poisson(rate * (windows[j % 5] - (j % 5 == 0 ? 0 : windows[j % 5 - 1])))
    x[i, j] = log1p(count)
    eta += (x[i, j] - 1) * beta[j]
  }
  y[i] = stream.uniform() < 1 / (1 + exp(-eta)) ? 1 : 0
}
try write(x.storage, to: folder + "/x.bin")
try write(y, to: folder + "/y.bin")

let tolerance = arguments.count > 6 ? Double(arguments[6]) ?? 1e-6 : 1e-6
let path = ElasticNetPath(l1Ratio: 0.5, tolerance: tolerance, workers: Workers(threads))
var before = cpuSeconds()
let alone = try path.fit(X: x, y: y)
let pathSeconds = cpuSeconds() - before
before = cpuSeconds()
let validated = try CrossValidation(path, folds: Folds(ofRow: (0..<n).map { $0 % folds })).fit(X: x, y: y)
let validationSeconds = cpuSeconds() - before

try write(alone.lambdas, to: folder + "/lambda.bin")
try write(
  alone.lambdas.indices.flatMap { index in
    [alone.intercepts[index]] + (0..<p).map { alone.coefficients[index, $0] }
  }, to: folder + "/coefficients.bin")
let whole = validated.fit
print("rows \(n) columns \(p) folds \(folds) threads \(threads)")
print("ours path_cpu \(pathSeconds) lambdas \(alone.lambdas.count)")
print("ours path_passes gradients \(alone.gradientPasses) hessians \(alone.hessianPasses)")
print("ours cv_cpu \(validationSeconds) lambdas \(whole.lambdas.count)")
print("ours cv_passes gradients \(whole.gradientPasses) hessians \(whole.hessianPasses)")
print("ours largest_violation \(alone.violations.max() ?? .nan)")
let best = validated.bestIndex
print("ours lambda_min \(validated.lambdaMin) lambda_1se \(validated.lambdaOneStandardError)")
print("ours cvm_min \(validated.means[best])")
