public import Tensors

/// An exponential moving average of parameters: a ← a + (1 − d)(p − a) after each update.
///
/// The first update copies the parameters. Sampling with the average instead of the last
/// parameters smooths over the noise of the last steps.
public struct AveragedParameters<Scalar: TensorScalar>: Sendable, Codable {
  /// d, the share of the average that an update keeps, in [0, 1).
  public let decay: Double

  /// The average; empty before the first update.
  public private(set) var parameters: [Tensor<Scalar>] = []

  /// An average before its first update.
  ///
  /// - Parameter decay: d, in [0, 1).
  public init(decay: Double) {
    require((0..<1).contains(decay), "the decay of an average lies in [0, 1), got \(decay)")
    self.decay = decay
  }

  /// An average as it was after some updates.
  ///
  /// - Parameters:
  ///   - decay: d, in [0, 1).
  ///   - parameters: the average; empty before the first update.
  public init(decay: Double, parameters: [Tensor<Scalar>]) {
    self.init(decay: decay)
    self.parameters = parameters
  }

  /// Reads an average; one of a decay outside [0, 1) is refused.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    decay = try container.decode(Double.self, forKey: .decay)
    parameters = try container.decode([Tensor<Scalar>].self, forKey: .parameters)
    guard (0..<1).contains(decay) else {
      throw DecodingError.dataCorruptedError(
        forKey: .decay,
        in: container,
        debugDescription: "the decay of an average lies in [0, 1), got \(decay)"
      )
    }
  }

  private enum CodingKeys: String, CodingKey { case decay, parameters }

  /// Takes in the parameters after an update.
  public mutating func update(_ current: [Tensor<Scalar>]) {
    guard let update = beginUpdate() else {
      parameters = current
      return
    }
    require(
      current.map(\.shape) == parameters.map(\.shape),
      "an average of shapes \(parameters.map(\.shape)) received \(current.map(\.shape))"
    )
    for index in current.indices { update(index, from: 0, toward: current[index].buffer) }
  }

  /// An update whose parts the caller makes; nil for the first one, which copies the parameters.
  package mutating func beginUpdate() -> Update? {
    if parameters.isEmpty { return nil }
    return Update(
      weight: 1 - decay,
      parameters: parameters.indices.map { parameters[$0].uniqueBuffer }
    )
  }

  /// An update of which workers make different parts at the same time.
  package struct Update: Sendable {
    fileprivate let weight: Double
    fileprivate let parameters: [Buffer<Scalar>]

    /// Moves a part of one parameter's average, from the element `start` on.
    package func callAsFunction(_ index: Int, from start: Int, toward current: Buffer<Scalar>) {
      Kernels.lerp(
        weight: weight,
        current,
        into: parameters[index].slice(start..<start + current.count)
      )
    }
  }
}
