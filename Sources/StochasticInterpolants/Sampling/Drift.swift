internal import Integrators
internal import Tensors

/// What a path follows on a stretch of times.
enum Motion: Sendable {
  /// b: the probability flow ODE (2.32).
  case flow
  /// b ± εs: the SDE (2.33), (2.34).
  case noise(DiffusionFunction)
  /// u with the noise of the latent's process (3.11).
  case process(DiffusionFunction)

  var wanted: Quantities {
    switch self {
    case .flow: .velocity
    case .noise: [.velocity, .score]
    case .process: .drift
    }
  }

  var diffusion: DiffusionFunction? {
    switch self {
    case .flow: nil
    case .noise(let function), .process(let function): function
    }
  }
}

/// The drift b + εs (2.21), with −ε for the backward equation (2.23), of one block of rows.
struct Drift<E: FieldEvaluator>: Dynamics {
  let evaluator: E
  var values: FieldValues
  let motion: Motion
  /// 1 forward, −1 backward.
  let sign: Double

  mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    evaluator.evaluate(time: time, points: state, into: &values)
    switch motion {
    case .flow: derivative.copy(from: values.velocity)
    case .noise(let diffusion):
      derivative.copy(from: values.velocity)
      derivative.add(values.score, scaledBy: sign * diffusion.value(time))
    case .process: derivative.copy(from: values.drift)
    }
  }
}
