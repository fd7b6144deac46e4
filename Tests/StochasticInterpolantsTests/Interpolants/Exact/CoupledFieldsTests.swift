import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Couplings of two mixtures of the plane under test, with interpolants between them.
struct CoupledCase: Sendable, CustomStringConvertible {
  let description: String
  let interpolant: AnyInterpolant
  let isCrossed: Bool

  func coupling() throws -> MixtureCoupling {
    isCrossed ? try crossedCoupling() : try Self.independent()
  }

  /// Every mode of one mixture with every mode of the other: pᵢⱼ = pᵢqⱼ and S = 0.
  static func independent() throws -> MixtureCoupling {
    let (base, target) = (try ExactCase.base(), try ExactCase.target())
    let (i, j) = ([0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2])
    return try MixtureCoupling(
      weights: (0..<6).map { base.weights[i[$0]] * target.weights[j[$0]] },
      baseMeans: base.means.gatheringRows(i),
      targetMeans: target.means.gatheringRows(j),
      baseCovariances: base.covariances.gatheringRows(i),
      targetCovariances: target.covariances.gatheringRows(j),
      crossCovariances: Tensor(zeros: [6, 2, 2])
    )
  }

  static let all: [CoupledCase] = {
    var all: [CoupledCase] = []
    func add(_ name: String, _ interpolant: some Interpolant) {
      for isCrossed in [false, true] {
        all.append(
          CoupledCase(
            description: "\(name), \(isCrossed ? "crossed" : "independent")",
            interpolant: AnyInterpolant(interpolant),
            isCrossed: isCrossed
          )
        )
      }
    }
    add("linear, √(t(1−t))", TwoSidedInterpolant.linear(gamma: BrownianLatent()))
    add("linear, 0", TwoSidedInterpolant.linear(gamma: ZeroLatent()))
    add("trigonometric, t(1−t)", TwoSidedInterpolant.trigonometric(gamma: QuadraticLatent()))
    add("encoding–decoding", TwoSidedInterpolant.encodingDecoding)
    add(
      "SBDM, two-sided",
      TwoSidedInterpolant(schedule: SBDMSchedule(), gamma: BrownianLatent(scale: 0.3))
    )
    return all
  }()
}

@Suite struct CoupledFieldsTests {
  /// The means of products of errors with bounded functions of x are within five standard errors of
  /// 0, at 5 fields · 3 times · 10 functions · 2 components: by chance in one of 6,000 runs.
  @Test(arguments: CoupledCase.all) func everyFieldIsItsRegression(_ own: CoupledCase) throws {
    let count = 40_000
    let block = RandomBlock(seed: 33, samples: 0..<count)
    let coupling = try own.coupling()
    let (x0, x1) = coupling.pairs(block)
    let z = block.inStream(300).normal(columns: 2)
    let fields = MixtureFields(own.interpolant, coupling: coupling)
    let features = RandomBlock(seed: 24, samples: 0..<10).normal(columns: 3)
    for time in [0.1, 0.45, 0.9] {
      let linear = try #require(own.interpolant.linearCoefficients(time))
      let slope = x0 * linear.alpha.derivative + x1 * linear.beta.derivative
      let x = x0 * linear.alpha.value + x1 * linear.beta.value + z * linear.latent.value
      let values = fields(time, x)
      let errors = [
        ("b", slope + z * linear.latent.derivative - values.velocity),
        ("v", slope - values.conditionalVelocity), ("η₀", x0 - values.baseDenoiser),
        ("η₁", x1 - values.targetDenoiser), ("η_z", z - values.denoiser),
      ]
      for feature in 0..<10 {
        let phase =
          x.slice(0..<1, along: 1) * features[feature, 0] + x.slice(1..<2, along: 1)
          * features[feature, 1] + features[feature, 2]
        let weight = phase.applying(.sin)
        for (name, error) in errors {
          // With γ = 0 nothing is known of z, and η_z = 0 is its mean.
          for component in 0..<2 {
            let products = error.slice(component..<component + 1, along: 1) * weight
            let mean = products.mean()
            let variance = products.sumOfSquares / Double(count) - mean * mean
            // Where x determines a vector the products are roundings.
            let distance = abs(mean) / (variance / Double(count) + 1e-24).squareRoot()
            #expect(distance < 5, "\(name) at t = \(time), function \(feature), \(component)")
          }
        }
      }
    }
  }

  @Test(arguments: CoupledCase.all) func transportEquationHolds(_ own: CoupledCase) throws {
    // As for independent mixtures: h⁴/30 |∂⁵ log ρ| with a fifth derivative below 10¹⁰ and roundings
    // of log ρ, 1e-14/h, in all below 4e-8.
    let fields = MixtureFields(own.interpolant, coupling: try own.coupling())
    let points = MixtureFieldsTests.points
    let step = 1e-4
    for time in [0.2, 0.35, 0.61, 0.8] {
      let values = fields(time, points)
      func difference(_ step: Double) -> Tensor<Double> {
        fields(time + step, points).logDensity - fields(time - step, points).logDensity
      }
      let slope = difference(step) * (2 / (3 * step)) - difference(2 * step) * (1 / (12 * step))
      let transport = (values.velocity * values.score).sum(along: 1) + values.divergence + slope
      let worst = transport.elements.reduce(0) { max($0, abs($1)) }
      #expect(worst < 4e-8, "t = \(time): \(worst)")
    }
  }

  @Test(arguments: CoupledCase.all) func fieldsAreConsistent(_ own: CoupledCase) throws {
    // αη₀ + βη₁ + γη_z = x and b = v − γγ̇s, to the rounding of a few hundred operations on numbers
    // below 100.
    let fields = MixtureFields(own.interpolant, coupling: try own.coupling())
    let points = MixtureFieldsTests.points
    for time in [0, 0.13, 0.5, 0.86] {
      let values = fields(time, points)
      let linear = try #require(own.interpolant.linearCoefficients(time))
      let sum = linear.points(
        baseDenoiser: values.baseDenoiser,
        targetDenoiser: values.targetDenoiser,
        denoiser: values.denoiser
      )
      #expect(worst(sum - points) < 1e-12)
      let b = linear.velocity(
        conditionalVelocity: values.conditionalVelocity,
        score: values.score
      )
      #expect(worst(b - values.velocity) < 1e-11)
    }
  }

  @Test func listingAllPairsIsIndependence() throws {
    let interpolant = TwoSidedInterpolant.linear(gamma: BrownianLatent())
    let listed = MixtureFields(interpolant, coupling: try CoupledCase.independent())
    let plain = MixtureFields(
      interpolant,
      base: try ExactCase.base(),
      target: try ExactCase.target()
    )
    for time in [0, 0.3, 1] {
      let own = listed(time, MixtureFieldsTests.points)
      let other = plain(time, MixtureFieldsTests.points)
      #expect(worst(own.velocity - other.velocity) < 1e-12)
      #expect(worst(own.logDensity - other.logDensity) < 1e-13)
      #expect(worst(own.baseDenoiser - other.baseDenoiser) < 1e-12)
    }
  }

  @Test func theVelocityIsNotHalfTheSlopeOfTheCovariance() throws {
    // One centred component, C₀ = C₁ = Id and S = [0 s; −s 0]: S + Sᵀ = 0, so C is that of
    // independent ends, but Cov(ẋ, x) = (2t−1) Id + (1−2t)/2 Id + (α̇β − αβ̇) S and α̇β − αβ̇ = −1.
    let s = 0.6
    let identity = Tensor<Double>(identity: 2).reshaped([1, 2, 2])
    let coupling = try MixtureCoupling(
      weights: [1],
      baseMeans: Tensor(zeros: [1, 2]),
      targetMeans: Tensor(zeros: [1, 2]),
      baseCovariances: identity,
      targetCovariances: identity,
      crossCovariances: Tensor([0, s, -s, 0], shape: [1, 2, 2])
    )
    let fields = MixtureFields(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      coupling: coupling
    )
    let time = 0.3
    let variance = 0.7 * 0.7 + 0.3 * 0.3 + 0.7 * 0.3
    let own = fields(time, Tensor(rows: [[1, 2]]))
    let diagonal = (2 * time - 1 + (1 - 2 * time) / 2) / variance
    let exact = [diagonal - 2 * s / variance, 2 * diagonal + s / variance]
    #expect(worst(own.velocity - Tensor(rows: [exact])) < 1e-14)
  }
}
