package import Gradients
package import Tensors

/// A network of one dimension that is a closed form, for tests of what follows from learned fields.
package protocol ParameterFreeNetwork: Network {}

extension ParameterFreeNetwork {
  package var dimension: Int { 1 }
  package var parameterLayout: [ParameterShape] { [] }
  package func initialParameters(seed: UInt64) -> [Tensor<Double>] { [] }
}

/// The field 1, whose loss is ½ − E[target].
package struct UnitField: ParameterFreeNetwork {
  package init() {}

  package func callAsFunction<Scalar>(
    _ parameters: [Variable<Scalar>],
    time: Variable<Scalar>,
    points: Variable<Scalar>
  ) -> Variable<Scalar> { points * 0 + 1 }
}
