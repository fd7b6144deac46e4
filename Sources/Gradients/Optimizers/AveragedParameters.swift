internal import RealModule
public import Tensors

/// An exponential moving average of parameters, of which no update has more than its share:
/// aₙ = (1 − d) Σ_k dⁿ⁻ᵏ p_k / (1 − dⁿ).
///
/// Update n moves it by (1 − d)/(1 − dⁿ) of the way to pₙ: of few updates it is nearly the mean, of many the
/// usual average with weights falling as dᵏ. (PyTorch's `AveragedModel` begins with p₁, which keeps
/// dⁿ⁻¹ of it: half after 700 updates with d = 0.999; optax's `ema` divides as here.) Sampling with
/// the average instead of the last parameters smooths over the noise of the last steps. It is rounded to `Scalar`
/// at each update, so that where (1 − d)|pₙ − a| is below half a unit in the last place of a, it stays.
public struct AveragedParameters<Scalar: TensorScalar>: Sendable, Codable {
  /// d, the share of the average that an update keeps, in [0, 1).
  public let decay: Double

  /// The average; empty before the first update.
  public private(set) var parameters: [Tensor<Scalar>] = []

  /// n, the number of updates.
  public private(set) var updates = 0

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
  ///   - updates: n, their number; 0 where `parameters` is empty, and only there.
  public init(decay: Double, parameters: [Tensor<Scalar>], updates: Int) {
    self.init(decay: decay)
    require(
      updates >= 0 && (updates == 0) == parameters.isEmpty,
      "an average of \(parameters.count) parameters is not of \(updates) updates"
    )
    self.parameters = parameters
    self.updates = updates
  }

  /// Reads an average; one of a decay outside [0, 1), or of a number of updates that cannot be, is refused.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    decay = try container.decode(Double.self, forKey: .decay)
    parameters = try container.decode([Tensor<Scalar>].self, forKey: .parameters)
    updates = try container.decode(Int.self, forKey: .updates)
    guard updates >= 0, (updates == 0) == parameters.isEmpty else {
      throw DecodingError.dataCorruptedError(
        forKey: .updates,
        in: container,
        debugDescription:
          "an average of \(parameters.count) parameters is not of \(updates) updates"
      )
    }
    guard (0..<1).contains(decay) else {
      throw DecodingError.dataCorruptedError(
        forKey: .decay,
        in: container,
        debugDescription: "the decay of an average lies in [0, 1), got \(decay)"
      )
    }
  }

  private enum CodingKeys: String, CodingKey { case decay, parameters, updates }

  /// Takes in the parameters after an update.
  public mutating func update(_ current: [Tensor<Scalar>]) {
    require(
      updates == 0 || current.map(\.shape) == parameters.map(\.shape),
      "an average of shapes \(parameters.map(\.shape)) received \(current.map(\.shape))"
    )
    guard let update = beginUpdate() else { return begin(with: current) }
    for index in current.indices { update(index, from: 0, toward: current[index].buffer) }
  }

  /// The first update, which copies the parameters.
  package mutating func begin(with first: [Tensor<Scalar>]) {
    parameters = first
    updates = 1
  }

  /// An update whose parts the caller makes; nil for the first one, which ``begin(with:)`` makes.
  package mutating func beginUpdate() -> Update? {
    if updates == 0 { return nil }
    updates += 1
    return Update(
      weight: (1 - decay) / (1 - Double.pow(decay, updates)),
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
