internal import RealModule
public import Tensors

/// How far the fields of a model are from the exact ones, on ρ(t) and at each time.
///
/// From the deviations of b and s at the same draws follow the excess losses, the bound on the KL
/// divergence for any ε(t), and the ε(t) for which it is least.
public struct FieldDeviations: Sendable {
  /// The times and draws.
  public let grid: DeviationGrid
  /// |b̂ − b|², (b̂ − b)·(ŝ − s) and |ŝ − s|², each `[cells, draws]`.
  private let velocity: Tensor<Double>
  private let cross: Tensor<Double>
  private let score: Tensor<Double>

  /// Compares fields on draws of x_t.
  ///
  /// - Parameters:
  ///   - model: b̂ and ŝ.
  ///   - exact: b and s.
  ///   - grid: the times and the number of draws.
  ///   - path: the law of x_t.
  ///   - workers: the threads.
  /// - Throws: ``SamplingError`` where b or s is not offered, or singular or not trained at a time.
  public init(
    of model: some Fields,
    from exact: some Fields,
    on grid: DeviationGrid,
    along path: some InterpolantPath,
    workers: Workers = .shared
  ) throws(SamplingError) {
    let found = try grid.measure(model, exact, [.velocity, .score], path, workers) { own, other in
      let (b, s) = (own.velocity - other.velocity, own.score - other.score)
      return [(b * b), (b * s), (s * s)].map { $0.sum(along: 1) }
    }
    self.grid = grid
    (velocity, cross, score) = (found[0], found[1], found[2])
  }

  /// L_b[b̂] − min L_b.
  public var velocityLoss: ExcessLoss { ExcessLoss(measured: grid.integral(of: velocity * 0.5)) }

  /// L_s[ŝ] − min L_s.
  public var scoreLoss: ExcessLoss { ExcessLoss(measured: grid.integral(of: score * 0.5)) }

  /// ∫ (1/4ε) E|b̂_F − b_F|² dt with b_F = b + εs: the bound (2.42) on KL(ρ(1) ‖ ρ̂(1)) of the forward SDE.
  ///
  /// For a constant ε it is the lemma's bound, for any ε(t) > 0 Girsanov's: the KL divergence of the laws
  /// of the paths, of which that at t = 1 is at most as large. It keeps the correlation of both errors
  /// and is therefore at most the bound from the two losses apart. On a grid of times t₀…t₁ other than
  /// [0, 1] it bounds what they add, KL(ρ(t₁) ‖ ρ̂(t₁)) − KL(ρ(t₀) ‖ ρ̂(t₀)), and not KL(ρ(1) ‖ ρ̂(1)).
  ///
  /// - Parameter diffusion: ε(t), positive on the grid's times.
  /// - Returns: the bound, in nats.
  public func driftBound(_ diffusion: (Double) -> Double) -> Estimate {
    let rows = grid.times.enumerated().map { cell, time -> Tensor<Double> in
      let epsilon = Self.positive(diffusion(time), at: time)
      func row(_ tensor: Tensor<Double>) -> Tensor<Double> { tensor.slice(cell..<cell + 1) }
      return row(velocity) * (0.25 / epsilon) + row(cross) * 0.5 + row(score) * (0.25 * epsilon)
    }
    return grid.integral(of: .concatenating(rows))
  }

  /// The constant ε of the least bound, √(∫E|b̂ − b|²/∫E|ŝ − s|²) (2.49): larger than 1 where the score
  /// is known better than the velocity.
  public var optimalDiffusion: Double {
    LikelihoodBounds.optimalDiffusion(velocity: velocityLoss, score: scoreLoss)
  }

  /// ε*(t) = √(E|b̂ − b|²/E|ŝ − s|²) at the grid's times, where the integrand of ``driftBound(_:)`` is least
  /// at each time.
  public var optimalDiffusions: [Double] {
    zip(grid.means(of: velocity), grid.means(of: score)).map { ($0.value / $1.value).squareRoot() }
  }

  static func positive(_ diffusion: Double, at time: Double) -> Double {
    require(
      diffusion > 0 && diffusion.isFinite,
      "a bound on the KL divergence needs a finite ε > 0, got \(diffusion) at t = \(time)"
    )
    return diffusion
  }
}
