import Foundation
import Integrators
import Tensors

/// A scalar equation with a known solution, forward and backward.
struct OrdinaryProblem: Sendable {
  let field: @Sendable (Double, Double) -> Double
  let solution: @Sendable (Double) -> Double

  /// dx/dt = −x² cos t, x = 1/(2 + sin t).
  static let riccati = OrdinaryProblem(
    field: { time, x in -x * x * cos(time) },
    solution: { 1 / (2 + sin($0)) }
  )

  /// dx/dt = −2t x², x = 1/(1 + t²).
  static let rational = OrdinaryProblem(
    field: { time, x in -2 * time * x * x },
    solution: { 1 / (1 + $0 * $0) }
  )

  /// dx/dt = 3x(1 − x) cos t, x = 1/(1 + e^{−3 sin t}).
  static let logistic = OrdinaryProblem(
    field: { time, x in 3 * x * (1 - x) * cos(time) },
    solution: { 1 / (1 + exp(-3 * sin($0))) }
  )

  /// The error at the end of `steps` equal steps.
  func error(_ method: RungeKutta, from start: Double, to end: Double, steps: Int) -> Double {
    var dynamics = ClosureDynamics { time, state in
      Tensor([field(time, state.scalar)], shape: [1, 1])
    }
    let state = method.solve(
      &dynamics,
      from: Tensor([solution(start)], shape: [1, 1]),
      over: TimeGrid(from: start, to: end, steps: steps)
    ).state
    return abs(state.scalar - solution(end))
  }
}

/// Six numbers that follow dx/dt = −x² cos t, x(t) = 1/(c + sin t), each with its own c.
enum SixSolutions {
  static let constants = [1.6, 2.0, 2.5, 3.0, 4.0, 1.8]

  static func solution(_ time: Double) -> Tensor<Double> {
    Tensor(constants.map { 1 / ($0 + sin(time)) }, shape: [3, 2])
  }

  static func dynamics() -> ClosureDynamics {
    ClosureDynamics { time, state in state * state * -cos(time) }
  }

  static func slope(_ times: Tensor<Double>, _ state: Tensor<Double>) -> Tensor<Double> {
    let cosines = Tensor(times.elements.map { -cos($0) }, shape: [times.count, 1])
    return state * state * cosines
  }

  static func rowwise() -> RowwiseClosureDynamics { RowwiseClosureDynamics(slope) }

  /// How wrong one of the numbers may be: all are below 1/0.6, and an error grows at most by
  /// x(T)²/x(t)² ≤ (2.6/0.6)².
  static func bound(_ tolerance: ErrorTolerance, steps: Int) -> Double {
    tolerance.bound(steps: steps, largest: 1 / 0.6, growth: pow(2.6 / 0.6, 2))
  }
}

extension ErrorTolerance {
  /// How wrong a solution may be after some accepted steps.
  ///
  /// Each accepted estimate is at most √d (A + R max|x|) in one of d components, and the error of
  /// the solution of higher order is smaller.
  ///
  /// - Parameters:
  ///   - steps: how many.
  ///   - components: d.
  ///   - largest: max|x|.
  ///   - growth: by how much an error has grown where the solution is looked at, at most.
  /// - Returns: the bound.
  func bound(steps: Int, components: Int = 2, largest: Double, growth: Double) -> Double {
    Double(steps) * Double(components).squareRoot() * (absolute + relative * largest) * growth
  }
}
