import Foundation
import Integrators
import Tensors

/// A nonlinear, nonautonomous problem with a known solution, forward and backward:
/// dx/dt = −x² cos t, x(t) = 1/(c + sin t), with another c in each component of each row.
enum OrdinaryProblem {
  static let constants = [1.6, 2.0, 2.5, 3.0, 4.0, 1.8]

  static func solution(_ time: Double) -> Tensor<Double> {
    Tensor(constants.map { 1 / ($0 + sin(time)) }, shape: [3, 2])
  }

  static func dynamics() -> ClosureDynamics {
    ClosureDynamics { time, state in state * state * -cos(time) }
  }

  /// The largest error at the end of `steps` equal steps.
  static func error(_ method: RungeKutta, from start: Double, to end: Double, steps: Int) -> Double
  {
    var dynamics = dynamics()
    let grid = TimeGrid(from: start, to: end, steps: steps)
    let state = method.solve(&dynamics, from: solution(start), over: grid).state
    return zip(state.elements, solution(end).elements).map { abs($0 - $1) }.max() ?? .nan
  }
}
