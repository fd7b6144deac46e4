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
    steps(over: grid, diffusion: diffusion)
      .solve(&nonlinear, from: initial, increments: increments, saving: saving)
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
    steps(over: grid).solve(&nonlinear, from: initial, saving: saving)
  }

  /// The steps of a grid, their weights computed once for many solves.
  ///
  /// - Parameters:
  ///   - grid: the times of the steps, in either direction.
  ///   - diffusion: ε(t), not negative, asked inside the steps; 0 unless given.
  /// - Returns: the steps.
  public func steps(
    over grid: TimeGrid,
    diffusion: (Double) -> Double = { _ in 0 }
  ) -> ExponentialSteps {
    ExponentialSteps(
      grid: grid,
      weights: zip(grid.times, grid.times.dropFirst()).map { time, end in
        ExponentialWeights(linear, diffusion: diffusion, from: time, to: end)
      }
    )
  }

  /// The times at which a step asks for ε.
  package func diffusionTimes(from time: Double, to end: Double) -> [Double] {
    ExponentialPlaces(linear, from: time, to: end).all.map(\.time)
  }
}
