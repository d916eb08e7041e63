import RekindleNumerics
import Testing

@Suite struct QuasiNewtonTests {
  /// A curved valley: 100 (y − x²)² + (1 − x)².
  @Test func findsTheEndOfRosenbrocksValley() throws {
    let outcome = QuasiNewton().minimise(from: [-1.2, 1]) { x in
      let (u, v) = (x[1] - x[0] * x[0], 1 - x[0])
      return .init(value: 100 * u * u + v * v, gradient: [-400 * u * x[0] - 2 * v, 200 * u])
    }
    guard case .minimum(let minimum) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(abs(minimum.position[0] - 1) < 1e-9 && abs(minimum.position[1] - 1) < 1e-9)
    #expect(abs(minimum.hessian[0, 0] - 802) < 1e-3)
    #expect(abs(minimum.hessian[0, 1] + 400) < 1e-3)
  }

  /// e^−x has no minimum, and its gradient vanishes all the same.
  @Test func aWayToInfinityIsNoMinimum() {
    let outcome = QuasiNewton().minimise(from: [0]) { x in
      let e = exponential(-x[0])
      return .init(value: e, gradient: [-e])
    }
    guard case .failed = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test func aPlateauIsNoMinimum() {
    let outcome = QuasiNewton().minimise(from: [3, 1]) { x in
      .init(value: x[0] * x[0], gradient: [2 * x[0], 0])
    }
    guard case .failed(_, let reason) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(reason.contains("flat"))
  }

  @Test func stepsBackFromWhereThereIsNoValue() {
    // −ln x + x: no value below 0, minimum at 1.
    let outcome = QuasiNewton().minimise(from: [9]) { x in
      x[0] > 0
        ? .init(value: x[0] - logarithm(x[0]), gradient: [1 - 1 / x[0]])
        : .init(value: .nan, gradient: [.nan])
    }
    guard case .minimum(let minimum) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(abs(minimum.position[0] - 1) < 1e-9)
  }
}
