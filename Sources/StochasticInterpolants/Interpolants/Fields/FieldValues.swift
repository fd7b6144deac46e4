public import Tensors

/// The values of the wanted quantities at the rows of a block; memory is reused between calls.
public struct FieldValues: Sendable {
  /// b, `[rows, dimension]`.
  public var velocity: Tensor<Double>
  /// s, `[rows, dimension]`.
  public var score: Tensor<Double>
  /// η_z, `[rows, dimension]`.
  public var denoiser: Tensor<Double>
  /// ∇ · b, `[rows]`.
  public var divergence: Tensor<Double>
  /// v, `[rows, dimension]`.
  public var conditionalVelocity: Tensor<Double>
  /// η₀, `[rows, dimension]`.
  public var baseDenoiser: Tensor<Double>
  /// η₁, `[rows, dimension]`.
  public var targetDenoiser: Tensor<Double>
  /// log ρ, `[rows]`.
  public var logDensity: Tensor<Double>
  /// ∇ · s, `[rows]`.
  public var scoreDivergence: Tensor<Double>
  /// u, `[rows, dimension]`.
  public var drift: Tensor<Double>

  /// Zeros for the wanted quantities, empty tensors for the others.
  ///
  /// - Parameters:
  ///   - wanted: what will be written.
  ///   - rows: the number of rows of a block.
  ///   - dimension: the number of components of a point.
  public init(_ wanted: Quantities, rows: Int, dimension: Int) {
    func zeros(_ quantity: Quantities, _ shape: [Int]) -> Tensor<Double> {
      Tensor(zeros: wanted.contains(quantity) ? shape : [0])
    }
    velocity = zeros(.velocity, [rows, dimension])
    score = zeros(.score, [rows, dimension])
    denoiser = zeros(.denoiser, [rows, dimension])
    divergence = zeros(.divergence, [rows])
    conditionalVelocity = zeros(.conditionalVelocity, [rows, dimension])
    baseDenoiser = zeros(.baseDenoiser, [rows, dimension])
    targetDenoiser = zeros(.targetDenoiser, [rows, dimension])
    logDensity = zeros(.logDensity, [rows])
    scoreDivergence = zeros(.scoreDivergence, [rows])
    drift = zeros(.drift, [rows, dimension])
  }

  /// The values of one quantity.
  ///
  /// - Parameter quantity: exactly one.
  /// - Returns: `[rows, dimension]`, or `[rows]` for divergences and the log-density.
  public subscript(quantity: Quantities) -> Tensor<Double> {
    guard let part = Self.parts.first(where: { $0.quantity == quantity }) else {
      fatalError("the values of one quantity are asked for, got \(quantity)")
    }
    return self[keyPath: part.path]
  }
}

extension FieldValues {
  /// A quantity with its name and where it stands.
  typealias Part = (
    quantity: Quantities, name: String,
    path: any WritableKeyPath<FieldValues, Tensor<Double>> & Sendable
  )

  /// All parts.
  static let parts: [Part] = [
    (.velocity, "velocity", \.velocity), (.score, "score", \.score),
    (.denoiser, "denoiser", \.denoiser),
    (.divergence, "divergence of the velocity", \.divergence),
    (.conditionalVelocity, "conditional velocity", \.conditionalVelocity),
    (.baseDenoiser, "denoiser of x0", \.baseDenoiser),
    (.targetDenoiser, "denoiser of x1", \.targetDenoiser),
    (.logDensity, "log density", \.logDensity),
    (.scoreDivergence, "divergence of the score", \.scoreDivergence),
    (.drift, "drift of the latent's process", \.drift),
  ]

  /// Sets every element to a number.
  mutating func fill(_ number: Double) {
    for part in Self.parts {
      self[keyPath: part.path] = Tensor(repeating: number, shape: self[keyPath: part.path].shape)
    }
  }
}
