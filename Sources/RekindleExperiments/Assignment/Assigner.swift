public import RekindleCore

/// What an experiment says about one unit.
public struct Assignment: Sendable, Hashable {
  public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
    /// Gets nothing from any experiment of the layer.
    case holdout
    /// Belongs to another part of the layer.
    case outsideLayer = "outside_layer"
    /// The ramp has not reached it.
    case notCovered = "not_covered"
    case assigned
  }

  public let status: Status
  /// The index of the arm; −1 unless assigned.
  public let arm: Int32
  /// The index of the ramp's phase that the unit came in with; −1 unless assigned.
  public let phase: Int32
  /// With which the arm was drawn, for a unit of this phase; NaN unless assigned.
  public let probability: Double

  package init(_ status: Status) {
    self.status = status
    arm = -1
    phase = -1
    probability = .nan
  }

  package init(arm: Int32, phase: Int32, probability: Double) {
    status = .assigned
    self.arm = arm
    self.phase = phase
    self.probability = probability
  }
}

/// Hands out the arms of an experiment: a pure function of salt, layer and unit id.
///
/// Four draws, each with a salt of its own, asked in this order:
///
/// ```
/// holdout    u_h < holdout                      salt: the layer's name, or the experiment's salt without one
/// layer      lower ≤ u_l < upper, else outside  salt: the layer's name
/// coverage   phase k: c_{k−1} ≤ u_c < c_k       salt: the experiment's
/// arm        W_{a−1} ≤ u_a < W_a, W the running sums of the weights of phase k
/// ```
/// All experiments of a layer share the first two draws: they hold out the same units and never share one.
/// Coverage and arm are drawn apart, so that a later phase takes units that the earlier ones left, and deals
/// them with its own weights: raising the coverage, or appending an arm that gets weight in a later phase only,
/// moves nobody.
///
/// Nothing here is seeded by time, order or machine; an id is its UTF-8 bytes.
public struct Assigner: Sendable {
  public let experiment: Experiment

  private let holdout: SaltedDraw
  private let layer: SaltedDraw?
  private let coverage: SaltedDraw
  private let arm: SaltedDraw
  private let phases: [PhaseTable]

  /// - Throws: what `Experiment.validate()` throws.
  public init(_ experiment: Experiment) throws(Diagnostic) {
    try experiment.validate()
    self.experiment = experiment
    if let name = experiment.layer?.name {
      holdout = SaltedDraw(.layerHoldout, salt: name)
      layer = SaltedDraw(.layer, salt: name)
    } else {
      holdout = SaltedDraw(.holdout, salt: experiment.salt)
      layer = nil
    }
    coverage = SaltedDraw(.coverage, salt: experiment.salt)
    arm = SaltedDraw(.arm, salt: experiment.salt)
    phases = experiment.ramp.map { PhaseTable(coverage: $0.coverage, weights: experiment.weights(of: $0)) }
  }

  public func assign(_ id: String) -> Assignment {
    var id = id
    return id.withUTF8 { assign(UnsafeRawBufferPointer($0)) }
  }

  /// The assignments of many ids, in their order.
  public func assign(_ ids: [String], workers: Workers = Workers(1)) -> [Assignment] {
    let blockRows = 16_384
    let blocks = (ids.count + blockRows - 1) / blockRows
    let parts = workers.map(blocks: blocks) { block in
      ids[block * blockRows..<min(ids.count, (block + 1) * blockRows)].map { assign($0) }
    }
    return parts.count == 1 ? parts[0] : Array(parts.joined())
  }

  /// Whether a unit takes part, and since when.
  package enum Place: Sendable, Hashable {
    case out(Assignment.Status)
    case phase(Int)
  }

  /// What is known of a unit before its arm is drawn; a batch deals the arms in another way.
  package func place(_ id: String) -> Place {
    var id = id
    return id.withUTF8 { place(UnsafeRawBufferPointer($0)) }
  }

  private func assign(_ bytes: UnsafeRawBufferPointer) -> Assignment {
    switch place(bytes) {
    case .out(let status): return Assignment(status)
    case .phase(let phase):
      let drawn = phases[phase].arm(at: arm(bytes))
      return Assignment(
        arm: Int32(drawn), phase: Int32(phase), probability: phases[phase].weights[drawn])
    }
  }

  private func place(_ bytes: UnsafeRawBufferPointer) -> Place {
    if experiment.holdout > 0, holdout(bytes) < experiment.holdout { return .out(.holdout) }
    if let layer, let range = experiment.layer {
      let position = layer(bytes)
      if position < range.lower || position >= range.upper { return .out(.outsideLayer) }
    }
    let position = coverage(bytes)
    guard let phase = phases.firstIndex(where: { position < $0.coverage }) else { return .out(.notCovered) }
    return .phase(phase)
  }
}

/// One phase of the ramp, ready for looking up.
private struct PhaseTable: Sendable {
  let coverage: Double
  let weights: [Double]
  /// Running sums of the weights. From the last arm with a weight on they are 1, so that rounding leaves no
  /// gap at the end, and an arm appended with weight 0 changes none of the sums before it.
  let bounds: [Double]

  init(coverage: Double, weights: [Double]) {
    self.coverage = coverage
    self.weights = weights
    var sum = 0.0
    var bounds = weights.map { weight in
      sum += weight
      return sum
    }
    let last = weights.lastIndex { $0 > 0 } ?? 0
    for index in last..<bounds.count { bounds[index] = 1 }
    self.bounds = bounds
  }

  func arm(at position: Double) -> Int {
    var index = 0
    while position >= bounds[index] { index += 1 }
    return index
  }
}
