import Gradients
import Tensors

/// A network of one dimension that is a closed form, for tests of what follows from learned fields.
protocol ParameterFreeNetwork: Network {}

extension ParameterFreeNetwork {
  var dimension: Int { 1 }
  var parameterLayout: [ParameterShape] { [] }
  func initialParameters(seed: UInt64) -> [Tensor<Double>] { [] }
}
