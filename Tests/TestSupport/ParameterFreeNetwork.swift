package import Gradients
package import Tensors

/// A network of one dimension that is a closed form, for tests of what follows from learned fields.
package protocol ParameterFreeNetwork: Network {}

extension ParameterFreeNetwork {
  package var dimension: Int { 1 }
  package var parameterLayout: [ParameterShape] { [] }
  package func initialParameters(seed: UInt64) -> [Tensor<Double>] { [] }
}
