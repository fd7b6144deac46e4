public import Tensors

/// The law from which a layer's parameters are drawn, by the name PyTorch or JAX gives it.
public enum Initialization: String, Sendable, Hashable, Codable, CaseIterable {
  /// `torch.nn.Linear`'s default: weight and bias uniform on ±1/√inputs.
  case torchLinear
  /// Kaiming uniform for ReLU: weight uniform on ±√(6/inputs), bias 0 (He et al. 2015).
  case kaimingUniform
  /// Kaiming normal for ReLU: weight of variance 2/inputs, bias 0.
  case kaimingNormal
  /// Xavier (Glorot) uniform: weight uniform on ±√(6/(inputs + outputs)), bias 0.
  case xavierUniform
  /// Xavier (Glorot) normal: weight of variance 2/(inputs + outputs), bias 0.
  case xavierNormal
  /// LeCun normal, Flax's default: weight of variance 1/inputs, normal cut at two standard
  /// deviations, bias 0.
  case lecunNormal
  /// Everything 0; a last layer so made starts as the zero field.
  case zeros

  /// Draws a layer's weight `[outputs, inputs]` and bias `[outputs]`.
  ///
  /// - Parameters:
  ///   - inputs: the layer's number of inputs, at least 1.
  ///   - outputs: its number of outputs, as many as the block has rows.
  ///   - block: the address of the draws; row o of the weight is sample `first + o`.
  /// - Returns: the weight and the bias.
  public func draw(inputs: Int, outputs: Int, from block: RandomBlock) -> (
    weight: Tensor<Double>, bias: Tensor<Double>
  ) {
    require(
      inputs >= 1 && outputs == block.count,
      "a layer has at least one input and draws a row for each output, got \(inputs) inputs, \(outputs) "
        + "outputs and \(block.count) rows"
    )
    let fanIn = Double(inputs)
    let fanBoth = Double(inputs + outputs)
    let zeroBias = Tensor<Double>(zeros: [outputs])
    func uniform(_ bound: Double, columns: Int, part: Int) -> Tensor<Double> {
      block.part(part).uniform(columns: columns).affine(scale: 2 * bound, offset: -bound)
    }
    switch self {
    case .torchLinear:
      let bound = 1 / fanIn.squareRoot()
      return (
        uniform(bound, columns: inputs, part: 0),
        uniform(bound, columns: 1, part: 1).reshaped([outputs])
      )
    case .kaimingUniform:
      return (uniform((6 / fanIn).squareRoot(), columns: inputs, part: 0), zeroBias)
    case .kaimingNormal:
      return (block.normal(columns: inputs) * (2 / fanIn).squareRoot(), zeroBias)
    case .xavierUniform:
      return (uniform((6 / fanBoth).squareRoot(), columns: inputs, part: 0), zeroBias)
    case .xavierNormal:
      return (block.normal(columns: inputs) * (2 / fanBoth).squareRoot(), zeroBias)
    case .lecunNormal:
      // A standard normal cut at ±2 has standard deviation 0.87962566103423978.
      let scale = (1 / fanIn).squareRoot() / 0.87962566103423978
      let cut = Self.truncatedNormal(block, columns: inputs)
      return (cut * scale, zeroBias)
    case .zeros:
      return (Tensor(zeros: [outputs, inputs]), zeroBias)
    }
  }

  /// Standard normal numbers within ±2, by redrawing what falls outside.
  private static func truncatedNormal(_ block: RandomBlock, columns: Int) -> Tensor<Double> {
    var result = block.normal(columns: columns)
    var attempt = block
    while result.elements.contains(where: { abs($0) > 2 }) {
      attempt.step += 1
      let fresh = attempt.normal(columns: columns)
      result = Tensor.select(
        Tensor.elementwise(.greater, result * result, Tensor(4)),
        fresh,
        result
      )
    }
    return result
  }
}
