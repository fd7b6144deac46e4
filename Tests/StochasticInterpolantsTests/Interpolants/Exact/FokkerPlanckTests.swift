import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// ρ, b and s are tied together by differences alone, without the closed forms of ∇·b and ∇·s.
@Suite struct FokkerPlanckTests {
  @Test(arguments: ExactCase.all) func forwardEquationHolds(_ own: ExactCase) throws {
    // ∂_tρ + ∇·((b + εs)ρ) = εΔρ (2.20). The differences bring bounds of their own errors; ρ < 1 and
    // b ρ < 30 with roundings of 10⁻¹⁵, 30 of them, over the square of 10⁻² leave 10⁻⁹.
    let fields = try own.fields()
    let points = MixtureFieldsTests.points
    let epsilon = 0.7
    func density(_ time: Double, _ points: Tensor<Double>) -> Tensor<Double> {
      fields(time, points, wanted: .logDensity).logDensity.applying(.exp)
    }
    for time in [0.2, 0.35, 0.61, 0.8] {
      let slope = BoundedDifference.first(step: 5e-4) { density(time + $0, points) }
      let flux = FieldDivergenceTests.trace(at: points) { points in
        let values = fields(time, points, wanted: [.velocity, .score, .logDensity])
        let density = values.logDensity.applying(.exp).reshaped([points.shape[0], 1])
        return (values.velocity + values.score * epsilon) * density
      }
      var laplacian = Tensor<Double>(zeros: [points.shape[0]])
      var bound = flux.error + Tensor(slope.error.elements.map(abs))
      for shift in FieldDivergenceTests.shifts {
        let own = BoundedDifference.second(step: 1e-2) { density(time, points + shift * $0) }
        laplacian += own.value
        bound += Tensor(own.error.elements.map { epsilon * abs($0) })
      }
      let over = excess(slope.value + flux.value, laplacian * epsilon, bound)
      #expect(over < 1e-9, "t = \(time): \(over)")
      // The bound is no excuse: ε s ρ alone, left out, would be of order 0.1.
      #expect(worst(bound) < 2e-3, "t = \(time): the differences are good to \(worst(bound)) only")
    }
  }

  @Test(arguments: ExactCase.all) func forwardEquationHoldsWithTheClosedForms(
    _ own: ExactCase
  ) throws {
    // Divided by ρ: ∂_t log ρ + ∇·b_F + b_F·s − ε(∇·s + |s|²) with ∇·b_F = ∇·b + ε∇·s.
    let fields = try own.fields()
    let points = MixtureFieldsTests.points
    for time in [0.2, 0.35, 0.61, 0.8] {
      let slope = BoundedDifference.first(step: 2e-4) {
        fields(time + $0, points, wanted: .logDensity).logDensity
      }
      let values = fields(time, points)
      for epsilon in [0.3, 5] {
        let drift = values.velocity + values.score * epsilon
        let divergence = values.divergence + values.scoreDivergence * epsilon
        let square = (values.score * values.score).sum(along: 1)
        let diffusion = (values.scoreDivergence + square) * epsilon
        let sum = slope.value + divergence + (drift * values.score).sum(along: 1)
        // Roundings of log ρ < 100 over the step, and of the terms, below 10⁴.
        let over = excess(sum, diffusion, slope.error)
        #expect(over < 1e-9, "t = \(time), ε = \(epsilon): \(over)")
      }
      // Far below the terms, which are of order 1.
      #expect(worst(slope.error) < 1e-5)
    }
  }

  @Test(arguments: ExactCase.all) func theScoreIsTheDenoiserOverGamma(_ own: ExactCase) throws {
    let fields = try own.fields()
    for time in [1e-6, 0.2, 0.5, 0.9, 1 - 1e-6] {
      let gamma = own.interpolant.latent(time).value
      let values = fields(time, MixtureFieldsTests.points)
      if gamma == 0 {
        #expect(worst(values.denoiser) == 0)
      } else {
        // A product and a quotient are rounded.
        let error = values.denoiser * (-1 / gamma) - values.score
        #expect(worst(error) <= 4 * .ulpOfOne * worst(values.score))
      }
    }
  }
}
