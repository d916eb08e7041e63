internal import COpenBLAS
internal import CKernels
internal import RekindleCore

/// What one pass over the rows computes at θ: the objective, its gradient and, where asked, its
/// second derivative.
struct LogisticSweep: Sendable {
  /// The matrix that is wanted beside the gradient.
  ///
  /// The second derivative only shapes steps, whose outcome the gradient (always double) judges, so
  /// single precision does where speed counts.
  enum Gram: Sendable {
    case none
    /// The second derivative of J, in single or double precision.
    case single, double
    /// (1/Σw) Σ wᵢ (pᵢ − yᵢ)² (1, zᵢ)(1, zᵢ)': the mean outer product of the scores.
    case scores
  }

  /// J(θ).
  let objective: Double
  /// (1/Σw) Σ w ℓ.
  let loss: Double
  /// ∂J/∂θ, intercept first.
  let gradient: [Double]
  /// What was asked for, (p + 1) × (p + 1), lower triangle set; of a second derivative with the
  /// penalty in it.
  let gram: Matrix?
}

/// The partial sums of one chunk of rows.
private struct ChunkSums: Sendable {
  var loss = 0.0
  var residual = 0.0
  var weight = 0.0
  var gradient: [Double]
  /// Upper triangle of the Gram matrix, `stride` wide.
  var single: [Float] = []
  var double: [Double] = []
}

extension LogisticProblem {
  /// One pass at θ over all rows (`thinning` 1) or over a sample of them, whose means then stand for
  /// the means over all.
  func sweep(at theta: [Double], thinning: Int, gram: LogisticSweep.Gram) -> LogisticSweep {
    LinearAlgebra.prepare()
    let p = columns
    let stride = (p + 1 + 7) / 8 * 8
    let blocks = RowBlocks(rows: X.rows, thinning: thinning)
    var beta = [Double](repeating: 0, count: centre.count)
    for j in 0..<p { beta[j] = theta[j + 1] / scale[j] }
    let inverseScale = scale.map { 1 / $0 }
    let coefficients = beta
    var theta0 = theta[0]
    if !centresValues {
      for j in 0..<p { theta0 -= centre[j] * beta[j] }
    }
    let start = theta0
    let parts: [ChunkSums] = withColumns { data in
      specification.workers.map(blocks: blocks.chunks) { chunk in
        var sums = ChunkSums(gradient: [Double](repeating: 0, count: centre.count))
        var work = ChunkWork(columns: p, padded: centre.count, stride: stride, gram: gram, sums: &sums)
        let longest = gram == .none ? RowBlocks.longestRun : RowBlocks.gramRows
        blocks.forEachRun(chunk: chunk, longest: longest) { run in
          work.add(
            run, of: data, theta0: start, beta: coefficients, centre: centre, centresValues: centresValues,
            inverseScale: inverseScale,
            into: &sums)
        }
        work.finish(into: &sums)
        return sums
      }
    }
    return reduce(parts, theta: theta, stride: stride, gram: gram)
  }

  /// Adds the parts in the order of the rows, and the penalty.
  private func reduce(
    _ parts: [ChunkSums], theta: [Double], stride: Int, gram: LogisticSweep.Gram
  ) -> LogisticSweep {
    let p = columns
    var loss = 0.0
    var residual = 0.0
    var weight = 0.0
    var gradient = [Double](repeating: 0, count: p + 1)
    for part in parts {
      loss += part.loss
      residual += part.residual
      weight += part.weight
      for j in 0..<p { gradient[j + 1] += part.gradient[j] }
    }
    loss /= weight
    gradient[0] = residual / weight
    var objective = loss
    for j in 0..<p {
      if !centresValues { gradient[j + 1] -= centre[j] * residual }
      gradient[j + 1] = gradient[j + 1] / scale[j] / weight + penalty[j] * theta[j + 1]
      objective += 0.5 * penalty[j] * theta[j + 1] * theta[j + 1]
    }
    guard gram != .none else {
      return LogisticSweep(objective: objective, loss: loss, gradient: gradient, gram: nil)
    }
    // The parts hold the upper triangle; Cholesky reads the lower.
    var upper = [Double](repeating: 0, count: stride * stride)
    upper.withUnsafeMutableBufferPointer { sum in
      for part in parts {
        if gram == .single {
          part.single.withUnsafeBufferPointer { s in for k in s.indices { sum[k] += Double(s[k]) } }
        } else {
          part.double.withUnsafeBufferPointer { s in for k in s.indices { sum[k] += s[k] } }
        }
      }
    }
    var H = Matrix(rows: p + 1, columns: p + 1)
    for i in 0...p {
      for j in 0...i { H[i, j] = upper[j * stride + i] / weight }
    }
    if gram != .scores {
      for j in 0..<p { H[j + 1, j + 1] += penalty[j] }
    }
    return LogisticSweep(objective: objective, loss: loss, gradient: gradient, gram: H)
  }

  /// Calls `body` with the addresses of the data, which hold while it runs.
  private func withColumns<Result>(_ body: (RowData) -> Result) -> Result {
    X.storage.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        (weights ?? []).withUnsafeBufferPointer { w in
          (offset ?? []).withUnsafeBufferPointer { o in
            body(
              RowData(
                x: x, y: y, weights: weights == nil ? nil : w, offset: offset == nil ? nil : o))
          }
        }
      }
    }
  }
}

/// The addresses of the rows. Read only, while the arrays behind them are held: safe to share.
private struct RowData: @unchecked Sendable {
  let x: UnsafeBufferPointer<Double>
  let y: UnsafeBufferPointer<Double>
  let weights: UnsafeBufferPointer<Double>?
  let offset: UnsafeBufferPointer<Double>?
}

extension RowBlocks {
  /// The longest run that is handed to the kernel when no Gram matrix is wanted.
  fileprivate static let longestRun = 2048
  /// Rows that go through the kernel and into the Gram matrix together: they stay in the second
  /// level of cache.
  fileprivate static let gramRows = 256
}

/// The scratch arrays of one chunk.
private struct ChunkWork {
  private let columns: Int
  private let stride: Int
  private let gram: LogisticSweep.Gram
  private let level: Int32
  private var tail: [Double]
  private var residual: [Double]
  private var curvature: [Double]
  private var sums: [Double] = [0, 0]
  /// Rows root · (1, z) that wait to enter the Gram matrix.
  private var single: [Float] = []
  private var double: [Double] = []
  private var waiting = 0

  init(columns: Int, padded: Int, stride: Int, gram: LogisticSweep.Gram, sums: inout ChunkSums) {
    self.columns = columns
    self.stride = stride
    self.gram = gram
    level = rk_kernel_level()
    tail = [Double](repeating: 0, count: 8 * padded)
    residual = [Double](repeating: 0, count: RowBlocks.longestRun)
    curvature = residual
    switch gram {
    case .none: break
    case .single:
      single = [Float](repeating: 0, count: RowBlocks.gramRows * stride)
      sums.single = [Float](repeating: 0, count: stride * stride)
    case .double, .scores:
      double = [Double](repeating: 0, count: RowBlocks.gramRows * stride)
      sums.double = [Double](repeating: 0, count: stride * stride)
    }
  }

  mutating func add(
    _ run: Range<Int>, of data: RowData, theta0: Double, beta: [Double], centre: [Double],
    centresValues: Bool,
    inverseScale: [Double], into out: inout ChunkSums
  ) {
    guard let y = data.y.baseAddress else { return }
    let first = run.lowerBound
    let weights = data.weights?.baseAddress.map { $0 + first }
    let offset = data.offset?.baseAddress.map { $0 + first }
    // A matrix without columns has no address; the kernel then reads nothing.
    let x = data.x.baseAddress.map { $0 + first * columns } ?? y
    rk_logistic_rows(
      level, Int64(run.count), Int64(columns), x, Int64(data.x.count - first * columns), beta,
      centresValues ? centre : nil, theta0, y + first, weights, offset, &tail, &residual, &curvature,
      &out.gradient, &sums)
    if let weights {
      for i in 0..<run.count { out.weight += weights[i] }
    } else {
      out.weight += Double(run.count)
    }
    guard gram != .none else { return }
    if waiting + run.count > RowBlocks.gramRows { flush(into: &out) }
    // From here on `curvature` is the root of what weights a row in the Gram matrix.
    if gram == .scores {
      for i in 0..<run.count {
        let weight = weights?[i] ?? 1
        curvature[i] = weight > 0 ? residual[i] / weight.squareRoot() : 0
      }
    } else {
      for i in 0..<run.count { curvature[i] = curvature[i].squareRoot() }
    }
    let place = waiting * stride
    if gram == .single {
      single.withUnsafeMutableBufferPointer { rows in
        guard let base = rows.baseAddress else { return }
        rk_gram_rows_single(
          level, Int64(run.count), Int64(columns), x, centre, inverseScale, curvature, Int64(stride),
          base + place)
      }
    } else {
      double.withUnsafeMutableBufferPointer { rows in
        guard let base = rows.baseAddress else { return }
        rk_gram_rows_double(
          level, Int64(run.count), Int64(columns), x, centre, inverseScale, curvature, Int64(stride),
          base + place)
      }
    }
    waiting += run.count
  }

  private mutating func flush(into out: inout ChunkSums) {
    guard waiting > 0 else { return }
    let rows = Int64(waiting)
    let width = Int64(stride)
    if gram == .single {
      rk_ssyrk_transposed(rows, width, 1, single, width, 1, &out.single, width)
    } else {
      rk_syrk_transposed(rows, width, 1, double, width, 1, &out.double, width)
    }
    waiting = 0
  }

  mutating func finish(into out: inout ChunkSums) {
    flush(into: &out)
    out.loss = sums[0]
    out.residual = sums[1]
  }
}
