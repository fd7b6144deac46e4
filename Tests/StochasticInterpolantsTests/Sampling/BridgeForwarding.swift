import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport

/// A bridge, a sampler of its fields, and another value than the default for every option: what the one
/// hands on the other is asked for too.
enum BridgeForwarding {
  static let bridge = Bridge(
    fields: LearnedFields(
      interpolant: OneSidedInterpolant.linear,
      fields: [
        .untrained(
          [.velocity, .score],
          MLP(dimension: 2, hidden: [16, 16], activation: .silu, heads: 2),
          seed: 4
        )
      ]
    ),
    base: StandardGaussian(dimension: 2)
  )
  static let sampler = Sampler(bridge.fields)
  static let start = GaussianMixture(
    isotropic: Tensor(rows: [[1, 0], [0, 2]]),
    standardDeviation: 0.5
  )
  static let times = 0.1...0.8
  static let tolerance = ErrorTolerance(absolute: 1e-5, relative: 1e-5)
  static let limits = StepLimits(initialStep: 0.01, maximumStep: 0.2)
  static let diffusion = Diffusion.constant(0.4, on: 0.2...0.7)
}
