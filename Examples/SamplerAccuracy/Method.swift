import Integrators
import StochasticInterpolants

/// What a method is asked for.
struct Draw: Sendable {
  let problem: Problem
  let noise: Noise?
  let spacing: StepSpacing
  var steps: Int
  var count: Int
  let seed: UInt64
}

/// A method that draws samples through given fields.
struct Method: Sendable {
  let name: String
  /// Evaluations of a step.
  let stages: Int
  /// Whether ε acts.
  let isStochastic: Bool
  let draw: @Sendable (Draw) throws -> Samples

  static func flow(_ method: RungeKutta) -> Method {
    Method(name: "ODE, \(method.name)", stages: method.stageCount, isStochastic: false) { own in
      try Sampler(own.problem.fields).ode(
        count: own.count,
        from: own.problem.base,
        method: method,
        steps: own.steps,
        spacing: own.spacing,
        seed: own.seed
      )
    }
  }

  static func noisy<S: StochasticMethod>(_ method: S) -> Method {
    Method(name: S.name, stages: S.stageCount, isStochastic: true) { own in
      try Sampler(own.problem.fields).sde(
        count: own.count,
        from: own.problem.base,
        method: method,
        diffusion: own.noise?.diffusion ?? .constant(0),
        steps: own.steps,
        spacing: own.spacing,
        seed: own.seed
      )
    }
  }

  /// The linear part is that of Gaussians as wide as the modes.
  static let exponential = Method(
    name: "exponential Heun",
    stages: ExponentialHeun.stageCount,
    isStochastic: true
  ) { own in
    try Sampler(own.problem.fields).exponential(
      count: own.count,
      from: own.problem.base,
      linear: .gaussian(
        own.problem.fields.interpolant,
        baseVariance: own.problem.widths.base,
        targetVariance: own.problem.widths.target
      ),
      diffusion: own.noise?.diffusion ?? .constant(0),
      steps: own.steps,
      spacing: own.spacing,
      seed: own.seed
    )
  }

  /// The DDIM step, for a one-sided interpolant.
  static func iteratedDenoiser(_ schedule: some Schedule) -> Method {
    Method(name: "iterated denoiser", stages: 1, isStochastic: false) { own in
      try Sampler(own.problem.fields).iteratedDenoiser(
        count: own.count,
        from: own.problem.base,
        schedule: schedule,
        steps: own.steps,
        spacing: own.spacing,
        targetMean: own.problem.target.mean,
        seed: own.seed
      )
    }
  }

  static let stochastic: [Method] = StochasticMethods.all.map { noisy($0) } + [exponential]

  /// The default of `Sampler.sde`.
  static let usual = noisy(SRA1())

  static let flows: [Method] = [flow(.euler), flow(.heun), flow(.rk4), flow(.dormandPrince)]
}
