internal import Integrators
internal import Tensors

/// What paths follow where a diffusion acts and where it does not.
struct MotionPlan: Sendable {
  /// Where the diffusion acts; nil where it does nowhere.
  let times: ClosedRange<Double>?
  let inside: Motion
  let outside: Motion

  /// What is followed on a segment.
  func motion(of segment: Segment) -> Motion { segment.isNoisy ? inside : outside }

  /// The probability flow ODE.
  static let flow = MotionPlan(times: nil, inside: .flow, outside: .flow)
}

extension Sampler {
  /// Which drift and which noise a diffusion stands for with these fields.
  ///
  /// - Parameters:
  ///   - diffusion: ε.
  ///   - direction: that of the drift.
  ///   - used: the times of the run.
  /// - Returns: what is followed where.
  /// - Throws: ``SamplingError`` where the latent's process is not known, or where ε has no times of its own
  ///   and the fields were trained at none of those of the run: it would be left out without a word.
  func motions(
    _ diffusion: Diffusion,
    _ direction: Direction,
    over used: ClosedRange<Double>
  ) throws(SamplingError) -> MotionPlan {
    if diffusion.isZero { return .flow }
    let inside: Motion
    switch diffusion.law {
    // Where no noise acts no score is asked for.
    case .constant(0): inside = .flow
    case .constant(let value): inside = .noise { _ in value }
    case .function(let function): inside = .noise(function)
    case .latent(let value, let ratio):
      let denoiser = Motion.denoiser(value: value, ratio: ratio)
      let times = diffusion.times ?? trainedTimes(of: denoiser).clamped(to: used)
      // s = −η_z/γ holds for a standard latent; with a base N(0, C₀) the score itself is needed.
      // ε/γ is infinite where γ̇ is, as at the end of SBDM; s is finite there.
      let isRegular = ratio(times.lowerBound).isFinite && ratio(times.upperBound).isFinite
      inside =
        isRegular && fields.hasStandardLatent && fields.available.contains(.denoiser)
          && isOverLatent(ratio, of: value, on: times)
        ? denoiser : .noise(value)
    case .process: inside = try processMotion(direction)
    }
    let outside: Motion
    switch diffusion.elsewhere {
    case .flow: outside = .flow
    case .process: outside = try processMotion(direction)
    }
    if let times = diffusion.times {
      return MotionPlan(times: times, inside: inside, outside: outside)
    }
    let trained = trainedTimes(of: inside)
    let isIdle =
      max(trained.lowerBound, used.lowerBound) >= min(trained.upperBound, used.upperBound)
    if isIdle && diffusion.elsewhere == .flow {
      throw .noNoise(used: used, trained: trained)
    }
    return MotionPlan(times: trained, inside: inside, outside: outside)
  }

  /// The times on which the fields of a motion were trained, or [0, 1].
  private func trainedTimes(of motion: Motion) -> ClosedRange<Double> {
    (fields as? any BoundedFields)?.times(of: motion.wanted) ?? 0...1
  }

  /// Whether a ratio is ε/γ with the γ of the fields, where they know theirs: an α over which ε was divided is
  /// the latent of one-sided fields alone.
  private func isOverLatent(
    _ ratio: (Double) -> Double,
    of value: (Double) -> Double,
    on times: ClosedRange<Double>
  ) -> Bool {
    guard let own = fields as? any InterpolantFields else { return true }
    return stride(from: 0.1, to: 1, by: 0.2).allSatisfy { part in
      let time = times.lowerBound + part * (times.upperBound - times.lowerBound)
      return (ratio(time) * own.latent(time)).isClose(to: value(time))
    }
  }

  private func processMotion(_ direction: Direction) throws(SamplingError) -> Motion {
    guard fields.processDiffusion(0.5) != nil else {
      throw .missing(.drift, purpose: "following the latent's process")
    }
    let fields = self.fields
    let function: @Sendable (Double) -> Double = { time in
      guard let own = fields.processDiffusion(time) else {
        fatalError("the latent's process has no diffusion at t = \(time)")
      }
      return own
    }
    return direction == .forward ? .process(function) : .noise(function)
  }

  /// Whether the fields are offered, trained and finite on a segment, and ε a coefficient with a finite
  /// integral, where that can be known beforehand.
  ///
  /// Fields, ε and ε/γ are looked at at the times of the grid and of the method's stages, ε also at the 16
  /// nodes in each part of a step by which it is integrated.
  ///
  /// - Parameters:
  ///   - segment: a stretch of times.
  ///   - motion: what is followed there.
  ///   - nodes: the places in a step at which the method asks the fields.
  ///   - parts: the number of parts of a step; 1 for steps that are given.
  /// - Throws: ``SamplingError`` that says which of them fails, where.
  func checkFields(
    over segment: Segment,
    motion: Motion,
    nodes: [Double],
    parts: Int = 1
  ) throws(SamplingError) {
    let wanted = motion.wanted
    let purpose =
      switch motion {
      case .flow: "the ODE"
      case .noise, .denoiser: "an SDE"
      case .process: "following the latent's process"
      }
    try fields.checkOffered(wanted, over: segment.range, purpose: purpose)
    // The times of the method's stages too: fields are asked there.
    let grid = segment.grid.times
    let times =
      grid
      + zip(grid, grid.dropFirst()).flatMap { start, end in
        nodes.filter { $0 > 0 && $0 < 1 }.map { start + $0 * (end - start) }
      }
    if let diffusion = motion.diffusion {
      for end in [segment.range.lowerBound, segment.range.upperBound]
      where DiffusionIntegral.diverges(diffusion, at: end, of: segment.range) {
        throw .divergentDiffusion(time: end)
      }
    }
    if let fault = motion.fault(on: times) { throw fault }
    if let diffusion = motion.diffusion,
      let fault = DiffusionNodes.fault(of: diffusion, over: grid, parts: parts)
    {
      throw .diffusion(time: fault.time, value: fault.value)
    }
    for time in times { try checkValue(of: wanted, at: time) }
  }

  /// Whether quantities have a value at a time, of networks that were trained there.
  func checkValue(of wanted: Quantities, at time: Double) throws(SamplingError) {
    guard let obstacle = fields.obstacle(to: wanted, at: time) else {
      return try fields.checkTrained(wanted, at: time)
    }
    if wanted.contains(.score), let cause = fields.obstacle(to: .score, at: time) {
      throw .singularScore(time: time, cause: cause)
    }
    throw .singular(obstacle)
  }
}
