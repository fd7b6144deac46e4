import Integrators
import Tensors
import Testing

/// Noise on the leading components of a state, the others integrals along the path.
@Suite struct LeadingNoiseTests {
  @Test func noiseActsOnTheLeadingComponentsOnly() {
    // dX = √2 dW in two components, dI = t dt: I is ½ at t = 1, without noise, and X that of the two
    // components alone.
    let rows = 50
    let increments = BrownianIncrements(RandomBlock(seed: 4, samples: 0..<rows))
    let grid = TimeGrid(from: 0, to: 1, steps: 8)
    func end(_ components: Int, noisy: Int?) -> Tensor<Double> {
      var dynamics = ClosureDynamics { time, state in
        let column = Tensor(repeating: time, shape: [rows, 1])
        let still = Tensor<Double>(zeros: [rows, 2])
        return components == 2 ? still : .concatenating([still, column], along: 1)
      }
      return SRA1().solve(
        &dynamics,
        from: Tensor(zeros: [rows, components]),
        over: grid,
        noise: .constant(1),
        increments: increments,
        noisyComponents: noisy
      ).state
    }
    let joined = end(3, noisy: 2)
    #expect(joined.slice(0..<2, along: 1) == end(2, noisy: nil))
    // SRA1 integrates a linear function of time exactly.
    let integrals = joined.slice(2..<3, along: 1).elements
    #expect(integrals.allSatisfy { abs($0 - 0.5) < 1e-14 })
  }
}
