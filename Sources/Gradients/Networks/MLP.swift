public import Tensors

/// A multilayer perceptron of (t, x): embedding, hidden layers, and a linear last layer.
///
/// With hidden widths w₁…w_n it is x ↦ W_{n+1} σ(W_n … σ(W₁ [φ(t), ψ(x)] + c₁) …) + c_{n+1}, time
/// first, as in the paper's code. Weights are stored `[outputs, inputs]`, PyTorch's layout. With
/// ``isResidual`` the hidden layers after the first are h ↦ h + σ(W h + c), for which all hidden
/// widths must be equal.
public struct MLP: Network, Hashable, Codable {
  /// The number of components of a point.
  public let dimension: Int
  /// The widths of the hidden layers; empty for a linear function.
  public let hidden: [Int]
  /// The activation after each hidden layer.
  public let activation: Activation
  /// φ, how the network sees the time.
  public let embedding: TimeEmbedding
  /// ψ, how the network sees a point.
  public let pointEmbedding: PointEmbedding
  /// The law of the starting parameters.
  public let initialization: Initialization
  /// Whether hidden layers after the first add to their input.
  public let isResidual: Bool
  /// The number of fields the last layer returns, such as 2 for b and η_z in one pass.
  public let heads: Int

  /// Describes a perceptron.
  ///
  /// - Parameters:
  ///   - dimension: the number of components of a point, at least 1.
  ///   - hidden: the widths of the hidden layers, each at least 1.
  ///   - activation: the activation after each hidden layer.
  ///   - embedding: how the network sees the time.
  ///   - pointEmbedding: how the network sees a point.
  ///   - initialization: the law of the starting parameters.
  ///   - isResidual: whether hidden layers after the first add to their input.
  ///   - heads: the number of fields the last layer returns, at least 1.
  public init(
    dimension: Int,
    hidden: [Int] = [256, 256, 256, 256],
    activation: Activation = .relu,
    embedding: TimeEmbedding = .plain,
    pointEmbedding: PointEmbedding = .plain,
    initialization: Initialization = .torchLinear,
    isResidual: Bool = false,
    heads: Int = 1
  ) {
    self.dimension = dimension
    self.hidden = hidden
    self.activation = activation
    self.embedding = embedding
    self.pointEmbedding = pointEmbedding
    self.initialization = initialization
    self.isResidual = isResidual
    self.heads = heads
    if let fault { fatalError(fault) }
  }

  /// Why a description makes no network; nil where it does.
  private var fault: String? {
    // Of two such widths a matrix has an address for each element.
    let widths = 1...1 << 24
    if !widths.contains(heads) { return "a network has 1 to 2²⁴ heads, got \(heads)" }
    if !widths.contains(dimension) { return "a network has 1 to 2²⁴ dimensions, got \(dimension)" }
    if !hidden.allSatisfy(widths.contains) {
      return "the hidden widths are 1 to 2²⁴, got \(hidden)"
    }
    if isResidual && Set(hidden).count > 1 {
      return "a residual network needs hidden layers of one width, got \(hidden)"
    }
    if let fault = embedding.fault ?? pointEmbedding.fault { return fault }
    if let wide = sizes.first(where: { !widths.contains($0.inputs) || !widths.contains($0.outputs) }
    ) {
      return
        "a layer of a network has at most 2²⁴ inputs and outputs, got \(wide.inputs) and \(wide.outputs)"
    }
    return nil
  }

  private enum CodingKeys: String, CodingKey {
    case dimension, hidden, activation, embedding, pointEmbedding, initialization, isResidual
    case heads
  }

  /// Reads a description; one head and plain points where it does not say, as before networks had them.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    dimension = try container.decode(Int.self, forKey: .dimension)
    hidden = try container.decode([Int].self, forKey: .hidden)
    activation = try container.decode(Activation.self, forKey: .activation)
    embedding = try container.decode(TimeEmbedding.self, forKey: .embedding)
    pointEmbedding =
      try container.decodeIfPresent(PointEmbedding.self, forKey: .pointEmbedding) ?? .plain
    initialization = try container.decode(Initialization.self, forKey: .initialization)
    isResidual = try container.decode(Bool.self, forKey: .isResidual)
    heads = try container.decodeIfPresent(Int.self, forKey: .heads) ?? 1
    if let fault {
      throw DecodingError.dataCorruptedError(
        forKey: .hidden,
        in: container,
        debugDescription: fault
      )
    }
  }

  /// Inputs and outputs of each layer.
  private var sizes: [(inputs: Int, outputs: Int)] {
    let inputs = embedding.width + pointEmbedding.width(dimension: dimension)
    let widths = [inputs] + hidden + [heads * dimension]
    return zip(widths, widths.dropFirst()).map { ($0, $1) }
  }

  /// `layers.k.weight` `[outputs, inputs]` and `layers.k.bias` `[outputs]` for each layer k.
  public var parameterLayout: [ParameterShape] {
    sizes.enumerated().flatMap { layer, size in
      [
        ParameterShape("layers.\(layer).weight", [size.outputs, size.inputs]),
        ParameterShape("layers.\(layer).bias", [size.outputs]),
      ]
    }
  }

  /// Draws starting values for all parameters by ``initialization``.
  public func initialParameters(seed: UInt64) -> [Tensor<Double>] {
    sizes.enumerated().flatMap { layer, size in
      let block = RandomBlock(
        seed: seed,
        stream: Streams.parameters,
        samples: 0..<size.outputs,
        step: layer << 16
      )
      let drawn = initialization.draw(inputs: size.inputs, outputs: size.outputs, from: block)
      return [drawn.weight, drawn.bias]
    }
  }

  /// Records the network's value.
  public func callAsFunction<Scalar>(
    _ parameters: [Variable<Scalar>],
    time: Variable<Scalar>,
    points: Variable<Scalar>
  ) -> Variable<Scalar> {
    let shapes = parameters.map(\.shape)
    require(
      shapes == parameterLayout.map(\.shape),
      "the network's parameters have the shapes \(parameterLayout.map(\.shape)), got \(shapes)"
    )
    var value = Variable.concatenating([embedding(time), pointEmbedding(points)], along: 1)
    for layer in 0...hidden.count {
      let linear = value.linear(weight: parameters[2 * layer], bias: parameters[2 * layer + 1])
      if layer == hidden.count { return linear }
      let activated = linear.activated(activation)
      value = isResidual && layer > 0 ? value + activated : activated
    }
    return value
  }
}
