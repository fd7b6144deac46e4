public import Tensors

/// One draw of an interpolant for each row: all an objective needs.
public struct InterpolantSample: Sendable {
  /// t, `[rows]`.
  public var time: Tensor<Double>
  /// I(t, x₀, x₁) (or J(t, x₁)), `[rows, dimension]`.
  public var mean: Tensor<Double>
  /// ∂_t I (or ∂_t J), `[rows, dimension]`.
  public var meanDot: Tensor<Double>
  /// z, `[rows, dimension]`; the base point σ₀z where the latent has the law N(0, C₀).
  public var latent: Tensor<Double>
  /// γ, γ̇ and γγ̇ (or those of α), one for each row.
  public var coefficients: [Coefficient]
  /// x₀, `[rows, dimension]`, where it is a point of its own.
  public var base: Tensor<Double>?
  /// x₁, `[rows, dimension]`.
  public var target: Tensor<Double>
  /// C₀⁻¹ z, `[rows, dimension]`, where the latent has the law N(0, C₀); nil for N(0, Id).
  public var whitenedLatent: Tensor<Double>?
  /// δ of the latent's process, one for each row, where there is one.
  public var processSlopes: [Double]?

  /// Joins what an interpolant of one's own returns.
  ///
  /// - Parameters:
  ///   - time: t, `[rows]`.
  ///   - mean: I, `[rows, dimension]`.
  ///   - meanDot: ∂_t I, `[rows, dimension]`.
  ///   - latent: z, `[rows, dimension]`.
  ///   - coefficients: γ, γ̇ and γγ̇ of each row.
  ///   - base: x₀, where it is a point of its own.
  ///   - target: x₁.
  ///   - whitenedLatent: C₀⁻¹ z, where the latent has the law N(0, C₀).
  ///   - processSlopes: δ of each row, where the latent belongs to a process.
  public init(
    time: Tensor<Double>,
    mean: Tensor<Double>,
    meanDot: Tensor<Double>,
    latent: Tensor<Double>,
    coefficients: [Coefficient],
    base: Tensor<Double>?,
    target: Tensor<Double>,
    whitenedLatent: Tensor<Double>? = nil,
    processSlopes: [Double]? = nil
  ) {
    self.time = time
    self.mean = mean
    self.meanDot = meanDot
    self.latent = latent
    self.coefficients = coefficients
    self.base = base
    self.target = target
    self.whitenedLatent = whitenedLatent
    self.processSlopes = processSlopes
    requireOneShape()
  }

  /// Stops the program where a part has other rows or columns than I: elements of z would be added to others.
  private func requireOneShape() {
    let shape = mean.shape
    require(
      shape.count == 2 && meanDot.shape == shape && target.shape == shape
        && (base?.shape ?? shape) == shape,
      "an interpolant of I of shape \(shape) has ∂_t I of shape \(meanDot.shape), x₀ of \(base?.shape ?? shape) "
        + "and x₁ of \(target.shape)"
    )
    let slopes = processSlopes?.count ?? shape[0]
    require(
      time.count == shape[0] && coefficients.count == shape[0] && slopes == shape[0],
      "an interpolant of \(shape[0]) rows has \(time.count) times, \(coefficients.count) coefficients and "
        + "\(slopes) slopes of its process"
    )
    // With γ = 0 there is no z.
    let hasLatent = coefficients.contains { $0.value != 0 || $0.derivative != 0 }
    require(
      !hasLatent || latent.shape == shape,
      "an interpolant of I of shape \(shape) needs z of that shape, got \(latent.shape)"
    )
    require(
      (whitenedLatent?.shape ?? shape) == shape,
      "an interpolant of I of shape \(shape) needs C₀⁻¹z of that shape, got \(whitenedLatent?.shape ?? [])"
    )
  }

  /// x_t = I + sign · γ z, `[rows, dimension]`.
  ///
  /// - Parameter sign: 1, or −1 for the antithetic partner.
  /// - Returns: `[rows, dimension]`.
  public func points(sign: Double = 1) -> Tensor<Double> {
    combining(mean, latent) { sign * coefficients[$0].value }
  }

  /// ∂_t I + sign · γ̇ z, the target of the velocity at ``points(sign:)`` (2.13).
  public func velocityTarget(sign: Double = 1) -> Tensor<Double> {
    combining(meanDot, latent) { sign * coefficients[$0].derivative }
  }

  /// ∂_t I, the target of the conditional velocity v at ``points(sign:)`` (2.29).
  public func conditionalVelocityTarget() -> Tensor<Double> { meanDot }

  /// −sign · z / γ, the target of the score at ``points(sign:)`` (2.16); −C₀⁻¹z/α for a base
  /// N(0, C₀).
  public func scoreTarget(sign: Double = 1) -> Tensor<Double> {
    combining(nil, whitenedLatent ?? latent) { -sign / coefficients[$0].value }
  }

  /// sign · z, the target of the denoiser at ``points(sign:)`` (2.19).
  public func denoiserTarget(sign: Double = 1) -> Tensor<Double> {
    combining(nil, latent) { _ in sign }
  }

  /// ∂_t I + sign · δ z, the target of b + εs at ``points(sign:)`` (3.14), with δ and ε of the
  /// latent's process.
  public func processDriftTarget(sign: Double = 1) -> Tensor<Double> {
    guard let processSlopes else {
      fatalError("the latent of this interpolant is the law of no process")
    }
    return combining(meanDot, latent) { sign * processSlopes[$0] }
  }

  /// start + weight(row) · z.
  private func combining(
    _ start: Tensor<Double>?,
    _ latent: Tensor<Double>,
    _ weight: (Int) -> Double
  ) -> Tensor<Double> {
    let weights = coefficients.indices.map(weight)
    // 0 · z is left out: with γ = 0 there is no latent at all.
    if let start, weights.allSatisfy({ $0 == 0 }) { return start }
    var result = start ?? Tensor(zeros: latent.shape)
    let dimension = latent.shape[1]
    result.withMutableSpan { result in
      latent.withSpan { latent in
        for (row, own) in weights.enumerated() where own != 0 {
          for component in 0..<dimension {
            let index = row * dimension + component
            result[index] += own * latent[index]
          }
        }
      }
    }
    return result
  }
}
