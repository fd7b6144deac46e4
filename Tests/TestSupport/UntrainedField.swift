package import Gradients
package import StochasticInterpolants
import Tensors

extension LearnedField {
  /// A network with its starting parameters, for tests of what does not depend on what was learned.
  package static func untrained(
    _ kinds: [VectorField],
    _ network: MLP,
    seed: UInt64,
    times: ClosedRange<Double> = 0...1
  ) -> LearnedField {
    LearnedField(
      kinds: kinds,
      network: network,
      parameters: network.initialParameters(seed: seed).map { Tensor<Float>($0) },
      times: times
    )
  }
}
