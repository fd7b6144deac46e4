internal import Integrators
internal import Tensors

/// What a path follows on a stretch of times.
enum Motion: Sendable {
  /// b: the probability flow ODE (2.32).
  case flow
  /// b ± εs: the SDE (2.33), (2.34).
  case noise(@Sendable (Double) -> Double)
  /// b ∓ (ε/γ) η_z, the same with a score that is infinite where γ = 0.
  case denoiser(
    value: @Sendable (Double) -> Double,
    ratio: @Sendable (Double) -> Double
  )
  /// u with the noise of the latent's process (3.11).
  case process(@Sendable (Double) -> Double)

  var wanted: Quantities {
    switch self {
    case .flow: .velocity
    case .noise: [.velocity, .score]
    case .denoiser: [.velocity, .denoiser]
    case .process: .drift
    }
  }

  /// ε.
  var diffusion: (@Sendable (Double) -> Double)? {
    switch self {
    case .flow: nil
    case .noise(let value), .process(let value), .denoiser(let value, _): value
    }
  }

  /// What is wrong at the first of some times at which ε, or ε/γ, is no coefficient.
  func fault(on times: [Double]) -> SamplingError? {
    for time in times {
      if let value = diffusion?(time), !(value >= 0 && value.isFinite) {
        return .diffusion(time: time, value: value)
      }
      if case .denoiser(_, let ratio) = self, !ratio(time).isFinite {
        return .diffusionOverLatent(time: time, value: ratio(time))
      }
    }
    return nil
  }
}

/// The drift b + εs (2.21), with −ε for the backward equation (2.23), of one block of rows.
struct Drift<E: FieldEvaluator>: RowwiseDynamics {
  let evaluator: E
  var values: FieldValues
  let motion: Motion
  /// 1 forward, −1 backward.
  let sign: Double
  /// The number of rows of a block.
  let rows: Int

  /// - Parameters:
  ///   - fields: what the motion asks.
  ///   - motion: what is followed.
  ///   - rows: the number of rows of a block.
  ///   - sign: 1 forward, −1 backward.
  init<F: Fields>(_ fields: F, _ motion: Motion, rows: Int, sign: Double) where F.Evaluator == E {
    self.init(
      fields.makeEvaluator(motion.wanted, rows: rows),
      FieldValues(motion.wanted, rows: rows, dimension: fields.dimension),
      motion,
      rows: rows,
      sign: sign
    )
  }

  /// - Parameters:
  ///   - evaluator: made for what the motion asks.
  ///   - values: memory for what it writes.
  ///   - motion: what is followed.
  ///   - rows: the number of rows of a block.
  ///   - sign: 1 forward, −1 backward.
  init(_ evaluator: E, _ values: FieldValues, _ motion: Motion, rows: Int, sign: Double) {
    self.evaluator = evaluator
    self.values = values
    self.motion = motion
    self.rows = rows
    self.sign = sign
  }

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
      derivative.add(values.score, scaledBy: sign * diffusion(time))
    case .denoiser(_, let ratio):
      derivative.copy(from: values.velocity)
      derivative.add(values.denoiser, scaledBy: -sign * ratio(time))
    case .process: derivative.copy(from: values.drift)
    }
  }

  mutating func evaluate(
    times: Tensor<Double>,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    evaluator.evaluate(times: times, points: state, into: &values)
    func column(_ value: (Double) -> Double) -> Tensor<Double> {
      Tensor(times.elements.map { sign * value($0) }, shape: [times.count, 1])
    }
    switch motion {
    case .flow: derivative.copy(from: values.velocity)
    case .noise(let diffusion):
      derivative = values.velocity + values.score * column(diffusion)
    case .denoiser(_, let ratio):
      derivative = values.velocity - values.denoiser * column(ratio)
    case .process: derivative.copy(from: values.drift)
    }
  }
}
