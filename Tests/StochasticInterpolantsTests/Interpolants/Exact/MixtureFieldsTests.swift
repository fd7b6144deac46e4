import Foundation
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite struct MixtureFieldsTests {
  static let points = RandomBlock(seed: 21, samples: 0..<40).normal(columns: 2) * 1.5

  @Test(arguments: ExactCase.all) func theEndsAreFinite(_ own: ExactCase) throws {
    let fields = try own.fields()
    for time in [0, 1.0] {
      let values = fields(time, Self.points)
      #expect(values.velocity.firstNonFinite == nil && values.score.firstNonFinite == nil)
      #expect(values.conditionalVelocity.firstNonFinite == nil)
      #expect(values.denoiser.firstNonFinite == nil && values.divergence.firstNonFinite == nil)
      #expect(values.targetDenoiser.firstNonFinite == nil)
      #expect(values.logDensity.firstNonFinite == nil)
    }
    // SiT's path starts near N(0, Id) only; all others end in ρ₁ exactly.
    let exact = try ExactCase.target().logDensity(Self.points)
    let end = fields(1, Self.points).logDensity
    #expect(worst(end - exact) < 1e-12)
  }

  @Test(arguments: ExactCase.all) func transportEquationHolds(_ own: ExactCase) throws {
    // ∂_t log ρ + ∇·b + b·s = 0; differences of fourth order in t, h⁴/30 |∂⁵ log ρ| with a fifth
    // derivative below 10¹⁰, plus the rounding of log ρ, 1e-14/h: below 4e-8.
    let fields = try own.fields()
    let step = 1e-4
    for time in [0.2, 0.35, 0.61, 0.8] {
      let values = fields(time, Self.points)
      func difference(_ step: Double) -> Tensor<Double> {
        fields(time + step, Self.points).logDensity - fields(time - step, Self.points).logDensity
      }
      let slope = difference(step) * (2 / (3 * step)) - difference(2 * step) * (1 / (12 * step))
      let transport = (values.velocity * values.score).sum(along: 1) + values.divergence + slope
      let worst = transport.elements.reduce(0) { max($0, abs($1)) }
      #expect(worst < 4e-8, "t = \(time): \(worst)")
    }
  }

  @Test(arguments: ExactCase.all) func scoreIsTheGradientOfLogDensity(_ own: ExactCase) throws {
    let fields = try own.fields()
    let step = 1e-5
    for time in [0, 0.3, 0.7, 1.0] {
      let values = fields(time, Self.points)
      var trace = Tensor<Double>(zeros: [40])
      for component in 0..<2 {
        let shift = Tensor<Double>([component == 0 ? step : 0, component == 1 ? step : 0])
        let (later, earlier) = (
          fields(time, Self.points + shift), fields(time, Self.points - shift)
        )
        let slope = (later.logDensity - earlier.logDensity) * (0.5 / step)
        let score = values.score.slice(component..<component + 1, along: 1).reshaped([40])
        // h²/6 |∂³ log ρ| + 1e-15 · |log ρ|/h, with |log ρ| < 100 and third derivatives below 10³.
        #expect(worst(slope - score) < 1e-7)
        let second = (later.score - earlier.score) * (0.5 / step)
        trace += second.slice(component..<component + 1, along: 1).reshaped([40])
      }
      #expect(worst(trace - values.scoreDivergence) < 1e-6)
    }
  }

  @Test(arguments: ExactCase.all) func identitiesHoldToRounding(_ own: ExactCase) throws {
    let fields = try own.fields()
    let points = RandomBlock(seed: 22, samples: 0..<1_000).normal(columns: 2) * 2
    for time in [0, 0.13, 0.5, 0.86, 1.0] {
      let values = fields(time, points)
      let linear = try #require(own.interpolant.linearCoefficients(time))
      let base = own.hasBase ? values.baseDenoiser : nil
      let sum = linear.points(
        baseDenoiser: base,
        targetDenoiser: values.targetDenoiser,
        denoiser: values.denoiser
      )
      #expect(worst(sum - points) < 1e-12)
      let b = linear.velocity(
        conditionalVelocity: values.conditionalVelocity,
        score: values.score
      )
      // Rounding of products γγ̇ s and α̇η₀ up to 10³ in size.
      #expect(worst(b - values.velocity) < 1e-10)
      let v = try linear.conditionalVelocity(
        baseDenoiser: base,
        targetDenoiser: values.targetDenoiser,
        time: time
      )
      #expect(worst(v - values.conditionalVelocity) < 1e-10)
      guard linear.latent.derivative.isFinite else { continue }
      let joined = try linear.velocity(
        baseDenoiser: base,
        targetDenoiser: values.targetDenoiser,
        denoiser: values.denoiser,
        time: time
      )
      #expect(worst(joined - values.velocity) < 1e-10)
    }
  }

  @Test func oneSidedConversionsHoldAtAThousandPoints() throws {
    let points = RandomBlock(seed: 25, samples: 0..<1_000).normal(columns: 2) * 2
    let target = try ExactCase.target()
    func check(_ name: String, _ interpolant: OneSidedInterpolant<some Schedule>) throws {
      let fields = MixtureFields(interpolant, target: target)
      // Inside, where nothing is a limit; the ends are tested with the conversions themselves.
      for time in [0.07, 0.3, 0.5, 0.86] {
        let values = fields(time, points)
        let own = OneSidedConversions(interpolant.schedule, at: time)
        let found = [
          try own.denoiser(velocity: values.velocity, points: points) - values.denoiser,
          try own.targetDenoiser(velocity: values.velocity, points: points)
            - values.targetDenoiser,
          try own.score(velocity: values.velocity, points: points) - values.score,
          try own.velocity(score: values.score, points: points) - values.velocity,
          try own.velocity(denoiser: values.denoiser, points: points) - values.velocity,
          try own.targetDenoiser(denoiser: values.denoiser, points: points)
            - values.targetDenoiser,
        ]
        // Fields up to 10² through factors up to 1/(αβ) = 15, each rounded to 10⁻¹⁶ or 10⁻¹³ of C⁻¹.
        for (index, difference) in found.enumerated() {
          #expect(worst(difference) < 1e-9, "\(name), conversion \(index) at t = \(time)")
        }
      }
    }
    try check("linear", .linear)
    try check("trigonometric", .trigonometric)
    try check("SBDM", .sbdm)
    try check("SiT's VP", .sitVariancePreserving)
  }

  @Test(arguments: ExactCase.all) func theVelocityIsTheRegressionOfTheSlope(
    _ own: ExactCase
  ) throws {
    // E[(ẋ − b) φ(t, x)] = 0 for every φ, which the transport equation alone does not say. On the
    // inner times [0.1, 0.9], where ẋ has finite moments.
    let count = 40_000
    let block = RandomBlock(seed: 23, samples: 0..<count)
    let (x0, x1) = (
      try ExactCase.base().sample(block.inStream(100)),
      try ExactCase.target().sample(block.inStream(200))
    )
    let z = block.inStream(300).normal(columns: 2)
    let fields = try own.fields()
    for time in [0.1, 0.45, 0.9] {
      let linear = try #require(own.interpolant.linearCoefficients(time))
      let x = x0 * linear.alpha.value + x1 * linear.beta.value + z * linear.latent.value
      let dot =
        x0 * linear.alpha.derivative + x1 * linear.beta.derivative + z * linear.latent.derivative
      let error = dot - fields(time, x, wanted: .velocity).velocity
      let features = RandomBlock(seed: 24, samples: 0..<10).normal(columns: 3)
      for feature in 0..<10 {
        let phase =
          x.slice(0..<1, along: 1) * features[feature, 0] + x.slice(1..<2, along: 1)
          * features[feature, 1] + features[feature, 2]
        let products = error * phase.applying(.sin)
        for component in 0..<2 {
          let own = products.slice(component..<component + 1, along: 1)
          let mean = own.mean()
          let variance = own.sumOfSquares / Double(count) - mean * mean
          // Where x determines ẋ the products vanish and so does their spread.
          let z = abs(mean) / (variance / Double(count) + 1e-24).squareRoot()
          #expect(z < 5, "t = \(time), feature \(feature), component \(component)")
        }
      }
    }
  }

  @Test func manyDimensionsWithDistantModesAreFiniteAndRight() throws {
    // d = 400, modes 100 apart: near one mode of each end its pair is all there is.
    let dimension = 400
    func mixture(_ sign: Double) -> GaussianMixture {
      GaussianMixture(
        isotropic: Tensor(
          [Double](repeating: 5 * sign, count: dimension)
            + [Double](repeating: -5 * sign, count: dimension),
          shape: [2, dimension]
        ),
        standardDeviation: 1
      )
    }
    let fields = MixtureFields(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      base: mixture(1),
      target: mixture(-1)
    )
    let time = 0.25
    // The pair (first, first): mean 5(1 − 2t) and variance (1−t)² + t² + t(1−t) in each component.
    let mean = 5 * (1 - 2 * time)
    let variance = (1 - time) * (1 - time) + time * time + time * (1 - time)
    let x = Tensor<Double>(repeating: mean + 0.1, shape: [1, dimension])
    let values = fields(time, x)
    let score = -0.1 / variance
    #expect(values.score.elements.allSatisfy { abs($0 - score) < 1e-12 })
    let slope = -(1 - time) + time + (1 - 2 * time) / 2
    let velocity = -10 + slope * 0.1 / variance
    #expect(values.velocity.elements.allSatisfy { abs($0 - velocity) < 1e-11 })
    let logDensity =
      log(0.25) - Double(dimension) * (0.5 * log(2 * .pi * variance) + 0.005 / variance)
    #expect(abs(values.logDensity.scalar - logDensity) < 1e-9)
  }
}
