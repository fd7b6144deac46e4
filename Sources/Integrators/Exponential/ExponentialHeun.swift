public import Tensors

/// An exponential method for dX = (a(t) X + N(t, X)) dt + √(2ε(t)) dW that takes a(t) exactly.
///
/// With the propagator E = exp ∫ a, the weights w₁, w₂ of ∫ G (1 − u) ds and ∫ G u ds,
/// G(s) = exp ∫_s^{t+h} a and u = (s − t)/h, and noise ΔM of variance ∫ G² 2ε ds:
///
/// X̂ = E X + (w₁ + w₂) N(t, X) + ΔM, X ← E X + w₁ N(t, X) + w₂ N(t + h, X̂) + ΔM.
///
/// It is the exponential Runge–Kutta method ETD2RK of Cox and Matthews (J. Comput. Phys. 176, 2002) for
/// a coefficient that varies, with the noise of the exact Ornstein–Uhlenbeck process in predictor and
/// step. Weak order 2, and order 2 for ε = 0; exact in law for N = 0 and, without noise, for an N that is
/// linear in t alone, however long the step. Paths on two grids are not coupled: the noise of a step
/// is weighted with its own propagator.
public struct ExponentialHeun: Sendable {
  /// `"exponential Heun"`.
  public static let name = "exponential Heun"
  /// Two.
  public static let weakOrder = 2.0
  /// Two.
  public static let stageCount = 2

  /// a(t).
  public let linear: LinearCoefficient

  /// The method for a linear part.
  public init(linear: LinearCoefficient) { self.linear = linear }

  /// Solves dX = (a(t) X + N(t, X)) dt + √(2ε(t)) dW over a fixed grid.
  ///
  /// - Parameters:
  ///   - nonlinear: N.
  ///   - initial: X at the grid's first time, `[rows, components]`.
  ///   - grid: the times of the steps; decreasing times solve the backward equation.
  ///   - diffusion: ε(t), not negative, asked inside the steps.
  ///   - increments: the Brownian path of each row.
  ///   - saving: times at which the state is kept; each must be a time of the grid.
  /// - Returns: the last state, the kept ones and how the integration ended.
  public func solve(
    _ nonlinear: inout some Dynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    diffusion: (Double) -> Double,
    increments: BrownianIncrements,
    saving: [Double] = []
  ) -> Solution {
    increments.require(rowsOf: initial)
    let normals = NormalReserve(
      increments.block,
      components: initial.shape[1],
      stepCount: grid.stepCount
    )
    return follow(&nonlinear, from: initial, over: grid, diffusion, saving, normals)
  }

  /// Solves dx/dt = a(t) x + N(t, x) over a fixed grid.
  ///
  /// - Parameters:
  ///   - nonlinear: N.
  ///   - initial: x at the grid's first time, `[rows, components]`.
  ///   - grid: the times of the steps; decreasing times integrate backward.
  ///   - saving: times at which the state is kept; each must be a time of the grid.
  /// - Returns: the last state, the kept ones and how the integration ended.
  public func solve(
    _ nonlinear: inout some Dynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    saving: [Double] = []
  ) -> Solution {
    follow(&nonlinear, from: initial, over: grid, { _ in 0 }, saving, nil)
  }

  private func follow(
    _ nonlinear: inout some Dynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    _ diffusion: (Double) -> Double,
    _ saving: [Double],
    _ normals: NormalReserve?
  ) -> Solution {
    let savedPositions = grid.positions(of: saving)
    var solution = Solution(state: initial, at: grid.start)
    var evaluation = CheckedEvaluation()
    var normals = normals
    var first = Tensor<Double>(zeros: initial.shape)
    var (second, moved, predicted, noise) = (first, first, first, first)
    solution.keep(at: 0, positions: savedPositions)
    for step in 0..<grid.stepCount {
      let (time, end) = (grid.times[step], grid.times[step + 1])
      let weights = ExponentialWeights(linear, diffusion: diffusion, from: time, to: end)
      var failure = evaluation.evaluate(
        &nonlinear,
        time: time,
        state: solution.state,
        into: &first
      )
      if failure == nil {
        moved.copy(from: solution.state)
        moved.scale(by: weights.propagator)
        if normals != nil {
          normals?.write(step: step, scaledBy: weights.variance.squareRoot(), into: &noise)
          moved.add(noise, scaledBy: 1)
        }
        predicted.copy(from: moved)
        predicted.add(first, scaledBy: weights.first + weights.second)
        failure = evaluation.evaluate(&nonlinear, time: end, state: predicted, into: &second)
      }
      solution.evaluations = evaluation.evaluations
      if let failure {
        solution.outcome = failure
        return solution
      }
      moved.add(first, scaledBy: weights.first)
      moved.add(second, scaledBy: weights.second)
      // The old state's memory takes the next step.
      swap(&solution.state, &moved)
      if let bad = solution.state.firstNonFinite {
        solution.overflowed(at: end, position: bad)
        return solution
      }
      solution.finishStep(step, at: end, positions: savedPositions)
    }
    return solution
  }
}
