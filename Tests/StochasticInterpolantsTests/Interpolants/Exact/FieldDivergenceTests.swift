import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// A central difference of fourth order with a bound of its own error.
struct BoundedDifference {
  let value: Tensor<Double>
  /// The difference of the results with steps h and 2h, in which the h⁴ terms stand 15 times.
  let error: Tensor<Double>

  /// The derivative at 0 of a function of a shift.
  static func first(step: Double, _ function: (Double) throws -> Tensor<Double>) rethrows -> Self {
    let values = try [-4, -2, -1, 1, 2, 4].map { try function(step * $0) }
    func difference(_ one: Int, _ two: Int, _ step: Double) -> Tensor<Double> {
      (values[5 - one] - values[one]) * (2 / (3 * step))
        - (values[5 - two] - values[two]) * (1 / (12 * step))
    }
    let (fine, coarse) = (difference(2, 1, step), difference(1, 0, 2 * step))
    return Self(value: fine, error: fine - coarse)
  }

  /// The second derivative at 0.
  static func second(step: Double, _ function: (Double) throws -> Tensor<Double>) rethrows -> Self {
    let centre = try function(0)
    let sums = try [1, 2, 4].map { try function(step * $0) + function(-step * $0) }
    func difference(_ one: Int, _ two: Int, _ step: Double) -> Tensor<Double> {
      (sums[one] * 16 - sums[two] - centre * 30) * (1 / (12 * step * step))
    }
    let (fine, coarse) = (difference(0, 1, step), difference(1, 2, 2 * step))
    return Self(value: fine, error: fine - coarse)
  }
}

@Suite struct FieldDivergenceTests {
  static let shifts = [Tensor<Double>([1, 0]), Tensor<Double>([0, 1])]

  /// The trace of the Jacobian by differences and the sum of the parts' errors.
  static func trace(
    at points: Tensor<Double>,
    _ field: (Tensor<Double>) throws -> Tensor<Double>
  ) rethrows -> (value: Tensor<Double>, error: Tensor<Double>) {
    var value = Tensor<Double>(zeros: [points.shape[0], 1])
    var error = value
    for component in 0..<2 {
      let own = try BoundedDifference.first(step: 2e-3) { shift in
        try field(points + shifts[component] * shift)
          .slice(component..<component + 1, along: 1)
      }
      value += own.value
      error += Tensor(own.error.elements.map(abs), shape: error.shape)
    }
    return (value.reshaped([points.shape[0]]), error.reshaped([points.shape[0]]))
  }

  static func check(
    _ fields: MixtureFields<AnyInterpolant>,
    _ times: [Double]
  ) throws {
    let points = MixtureFieldsTests.points
    for time in times {
      for field in VectorField.allCases where fields.available.contains(field.quantity) {
        let found = try fields.divergence(of: field, at: time, points)
        let exact = trace(at: points) {
          fields(time, $0, wanted: field.quantity)[field.quantity]
        }
        // Beyond the differences' own bound: values of at most 100 with roundings of 10⁻¹³ over
        // steps of 2·10⁻³.
        let over = excess(found, exact.value, exact.error)
        #expect(over < 1e-9, "\(field) at t = \(time): \(over)")
        let bound = worst(exact.error)
        #expect(bound < 2e-4, "\(field) at t = \(time): the differences are good to \(bound) only")
        if field == .velocity || field == .score {
          let own = fields(time, points, wanted: [.divergence, .scoreDivergence])
          let quantity = field == .velocity ? own.divergence : own.scoreDivergence
          #expect(quantity == found)
        }
      }
    }
  }

  @Test(arguments: ExactCase.all) func divergencesAreTraces(_ own: ExactCase) throws {
    try Self.check(try own.fields(), [0, 0.3, 0.7, 1])
  }

  @Test(arguments: CoupledCase.all) func divergencesOfCoupledFieldsAreTraces(
    _ own: CoupledCase
  ) throws {
    // SBDM's α̇ is infinite at t = 1.
    try Self.check(MixtureFields(own.interpolant, coupling: try own.coupling()), [0, 0.3, 0.7])
  }

  @Test(arguments: CoupledCase.all) func momentsAreThoseOfDraws(_ own: CoupledCase) throws {
    let count = 100_000
    let block = RandomBlock(seed: 35, samples: 0..<count)
    let coupling = try own.coupling()
    let (x0, x1) = coupling.pairs(block)
    let z = block.inStream(300).normal(columns: 2)
    let fields = MixtureFields(own.interpolant, coupling: coupling)
    for time in [0.25, 0.8] {
      let linear = try #require(own.interpolant.linearCoefficients(time))
      let x = x0 * linear.alpha.value + x1 * linear.beta.value + z * linear.latent.value
      let centred = x - fields.mean(time)
      let covariance = fields.covariance(time)
      // Each mean within five of its own standard errors.
      func check(_ products: Tensor<Double>, _ expected: Double, _ what: String) {
        let mean = products.mean()
        let variance = products.sumOfSquares / Double(count) - mean * mean
        let distance = abs(mean - expected) / (variance / Double(count)).squareRoot()
        #expect(distance < 5, "\(what) at t = \(time): \(mean) for \(expected)")
      }
      for row in 0..<2 {
        let first = centred.slice(row..<row + 1, along: 1)
        check(first, 0, "mean \(row)")
        for column in 0...row {
          let second = centred.slice(column..<column + 1, along: 1)
          check(first * second, covariance[row, column], "covariance (\(row), \(column))")
        }
      }
    }
  }

  @Test func momentsAtTheEndsAreThoseOfTheEnds() throws {
    let coupling = try crossedCoupling()
    let fields = MixtureFields(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      coupling: coupling
    )
    for (time, end) in [(0, coupling.base), (1.0, coupling.target)] {
      #expect(worst(fields.mean(time) - end.mean) < 1e-15)
      #expect(worst(fields.covariance(time) - end.covariance) < 4e-15)
    }
  }
}
