public import Tensors

extension LikelihoodBounds {
  /// KL(ρ(1) ‖ ρ̂(1)) itself where the score of ρ̂(t) is known, (2.41); for ε = 0 that of the flow, (2.39).
  ///
  /// ∫ E[(∇log ρ̂ − s) · (b̂_F − b_F) − ε |∇log ρ̂ − s|²] dt over x_t, with b_F = b + εs. ρ̂(0) = ρ₀. On a grid of
  /// times t₀…t₁ other than [0, 1] it is KL(ρ(t₁) ‖ ρ̂(t₁)) − KL(ρ(t₀) ‖ ρ̂(t₀)).
  ///
  /// - Parameters:
  ///   - model: b̂ and ŝ of the SDE that makes ρ̂.
  ///   - law: ∇log ρ̂(t) as its score, which is ŝ only for fields that belong together.
  ///   - exact: b and s.
  ///   - diffusion: ε, constant and not negative.
  ///   - grid: the times and the number of draws.
  ///   - path: the law of x_t.
  ///   - workers: the threads.
  /// - Returns: the divergence, in nats.
  /// - Throws: ``SamplingError`` where a field is not offered, or singular or not trained at a time.
  public static func klDivergence(
    of model: some Fields,
    law: some Fields,
    from exact: some Fields,
    diffusion: Double,
    on grid: DeviationGrid,
    along path: some InterpolantPath,
    workers: Workers = .shared
  ) throws(SamplingError) -> Estimate {
    require(
      diffusion >= 0 && diffusion.isFinite,
      "ε of the lemma is finite and not negative, got \(diffusion)"
    )
    // Draws are addressed, so both comparisons see the same points.
    let drifts = try grid.measure(model, exact, [.velocity, .score], path, workers) { own, other in
      let difference =
        own.velocity - other.velocity + (own.score - other.score) * diffusion
      return [difference]
    }
    let scores = try grid.measure(law, exact, .score, path, workers) { own, other in
      [own.score - other.score]
    }
    let products = scores[0] * (drifts[0] - scores[0] * diffusion)
    let shape = [grid.cells, grid.draws, path.dimension]
    return grid.integral(of: products.reshaped(shape).sum(along: 2))
  }
}
