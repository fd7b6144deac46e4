public import Gradients
public import Tensors

/// A network with its parameters and what its heads were trained to be.
public struct LearnedField: Sendable {
  /// Which field each head is.
  public let kinds: [VectorField]
  /// The network.
  public let network: any Network
  /// Its parameters, in the order of its layout.
  public let parameters: [Tensor<Float>]
  /// The times on which it was trained.
  public let times: ClosedRange<Double>

  /// Joins a network and its parameters.
  ///
  /// - Parameters:
  ///   - kinds: which field each head was trained to be.
  ///   - network: the network.
  ///   - parameters: of the shapes of the network's layout.
  ///   - times: the times on which it was trained.
  public init(
    kinds: [VectorField],
    network: some Network,
    parameters: [Tensor<Float>],
    times: ClosedRange<Double>
  ) {
    let shapes = parameters.map(\.shape)
    require(
      shapes == network.parameterLayout.map(\.shape),
      "the network's parameters have the shapes \(network.parameterLayout.map(\.shape)), got "
        + "\(shapes)"
    )
    require(
      kinds.count == network.heads,
      "a network of \(network.heads) heads is as many fields, got \(kinds.map(\.rawValue))"
    )
    self.kinds = kinds
    self.network = network
    self.parameters = parameters
    self.times = times
  }

  /// Joins a network of one head and its parameters.
  ///
  /// - Parameters:
  ///   - kind: which field it was trained to be.
  ///   - network: the network.
  ///   - parameters: of the shapes of the network's layout.
  ///   - times: the times on which it was trained.
  public init(
    kind: VectorField,
    network: some Network,
    parameters: [Tensor<Float>],
    times: ClosedRange<Double>
  ) {
    self.init(kinds: [kind], network: network, parameters: parameters, times: times)
  }

  /// Records the network over a block: all heads, then a derivative of each.
  ///
  /// Of each, as any may serve at a time where the conversion from the others is singular.
  ///
  /// - Parameters:
  ///   - rows: the number of rows of a block.
  ///   - derivative: what is wanted beside the heads.
  ///   - covariance: C₀ of a base N(0, C₀): scores are multiplied by it, which makes the conversions
  ///     those of N(0, Id).
  ///   - products: what factors of products between layers are rounded to.
  /// - Returns: outputs `[rows, dimension]` for each head, then those of each derivative.
  func program(
    rows: Int,
    _ derivative: HeadDerivative,
    covariance: Tensor<Double>?,
    products: ProductPrecision
  ) -> Program<Float> {
    func record(_ network: some Network) -> Program<Float> {
      let tape = Tape<Float>()
      let recorded = network.parameterLayout.map { tape.input($0.shape) }
      let time = tape.input([rows, 1])
      let points = tape.input([rows, network.dimension])
      let joined = network(recorded, time: time, points: points)
      let heads = kinds.enumerated().map { head, kind -> Variable<Float> in
        let columns = head * network.dimension..<(head + 1) * network.dimension
        let value = kinds.count == 1 ? joined : joined.slice(columns, along: 1)
        guard kind == .score, let covariance else { return value }
        return Variable.product(value, tape.constant(Tensor<Float>(covariance)))
      }
      let columns = derivative.inputColumns(dimension: network.dimension)
      let further = columns == 0 ? points : tape.input([rows, columns])
      let derived =
        derivative == .none
        ? [] : heads.map { derivative($0, points: points, further: further) }
      return Program(
        heads + derived,
        fixedInputs: recorded.count,
        products: products
      )
    }
    return record(network)
  }
}
