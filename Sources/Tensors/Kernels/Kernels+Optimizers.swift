internal import CKernels

/// The updates of optimisers.
extension Kernels {
  /// The constants of one Adam update; see ``Kernels/adam(_:gradient:parameter:first:second:)``.
  package struct AdamStep: Sendable {
    package var gradientScale = 1.0
    package var l2 = 0.0
    package var beta1 = 0.9
    package var beta2 = 0.999
    package var decay = 0.0
    package var step = 1e-3
    package var inverseRootCorrection2 = 1.0
    package var epsilon = 1e-8
    package init() {}
  }

  /// One Adam or AdamW update in one pass.
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func adam<S>(
    _ step: AdamStep,
    gradient: Buffer<S>,
    parameter: Buffer<S>,
    first: Buffer<S>,
    second: Buffer<S>
  ) {
    var constants = ck_adam(
      gradient_scale: step.gradientScale,
      l2: step.l2,
      beta1: step.beta1,
      beta2: step.beta2,
      decay: step.decay,
      step: step.step,
      inverse_root_correction2: step.inverseRootCorrection2,
      epsilon: step.epsilon
    )
    if S.self == Float.self {
      table.adam_f32(
        gradient.count,
        &constants,
        f32(gradient),
        f32(parameter),
        f32(first),
        f32(second)
      )
    } else {
      table.adam_f64(
        gradient.count,
        &constants,
        f64(gradient),
        f64(parameter),
        f64(first),
        f64(second)
      )
    }
  }

  /// The constants of one step of gradient descent with momentum.
  package struct SGDStep: Sendable {
    package var gradientScale = 1.0
    package var l2 = 0.0
    package var momentum = 0.0
    package var dampening = 0.0
    package var rate = 1e-2
    package var isNesterov = false
    package init() {}
  }

  /// One step of gradient descent with momentum, in one pass.
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func sgd<S>(
    _ step: SGDStep,
    gradient: Buffer<S>,
    parameter: Buffer<S>,
    momentum: Buffer<S>
  ) {
    var constants = ck_sgd(
      gradient_scale: step.gradientScale,
      l2: step.l2,
      momentum: step.momentum,
      dampening: step.dampening,
      rate: step.rate,
      nesterov: step.isNesterov ? 1 : 0
    )
    if S.self == Float.self {
      table.sgd_f32(gradient.count, &constants, f32(gradient), f32(parameter), f32(momentum))
    } else {
      table.sgd_f64(gradient.count, &constants, f64(gradient), f64(parameter), f64(momentum))
    }
  }
}
