import Foundation
import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Fields and trainings with products of bfloat16.
@Suite struct RoundedFieldsTests {
  static let network = MLP(dimension: 2, hidden: [64, 64, 64], activation: .silu)

  static let fields = LearnedFields(
    interpolant: OneSidedInterpolant.linear,
    fields: [(VectorField.velocity, 1), (.score, 2)].map { kind, seed in
      LearnedField.untrained([kind], network, seed: UInt64(seed))
    }
  )

  /// How far two evaluations are apart, one with rounded factors, by what each layer adds and passes on.
  ///
  /// Rounding the factors of a hidden layer changes Σ|w||h| by 2 · 2⁻⁹, and by as much less than that as the product
  /// of both. Sums of n terms and the bias err by n + 2 roundings of 2⁻²⁴ in each of the two, the activation by
  /// less than 8 of its input. |w| passes on the error before it, as does SiLU, whose slope is below 1.1.
  private static func bound(_ parameters: [Tensor<Float>], _ x: Tensor<Float>) -> Tensor<Double> {
    func magnitude(_ x: Tensor<Float>) -> Tensor<Double> { Tensor<Double>(x).map(abs) }
    var value = x
    var error = Tensor<Double>(zeros: x.shape)
    for layer in 0..<4 {
      let (weight, bias) = (parameters[2 * layer], parameters[2 * layer + 1])
      let roundingOfFactors = layer == 1 || layer == 2 ? 0x1p-8 + 0x1p-16 : 0
      let size = Tensor.product(
        magnitude(value) + error,
        magnitude(weight),
        transposingSecond: true
      )
      let row = bias.reshaped([1, weight.shape[0]])
      let terms = Double(weight.shape[1] + 2 + 8)
      let passed = Tensor.product(error, magnitude(weight), transposingSecond: true)
      let next =
        passed + size * roundingOfFactors
        + (size + magnitude(row).broadcast(to: size.shape)) * (2 * terms * 0x1p-24)
      let linear =
        Tensor.product(value, weight, transposingSecond: true) + row.broadcast(to: size.shape)
      value = layer == 3 ? linear : linear.map { $0 / (1 + Float(exp(-Double($0)))) }
      error = layer == 3 ? next : next * 1.1
    }
    return error
  }

  @Test func fieldsAreWithinTheErrorOfRoundedFactors() {
    let points = RandomBlock(seed: 3, samples: 0..<128).normal(columns: 2)
    let rounded = Self.fields.with(products: .bfloat16)
    #expect(rounded.products == .bfloat16)
    #expect(rounded.with(products: .full).products == .full)
    func values(_ fields: LearnedFields<OneSidedInterpolant<LinearSchedule>>) -> FieldValues {
      let wanted: Quantities = [.velocity, .divergence]
      var values = FieldValues(wanted, rows: 128, dimension: 2)
      fields.makeEvaluator(wanted, rows: 128).evaluate(time: 0.3, points: points, into: &values)
      return values
    }
    let (first, second) = (values(rounded), values(Self.fields))
    let joined = Tensor.concatenating(
      [Tensor<Float>(repeating: 0.3, shape: [128, 1]), Tensor<Float>(points)],
      along: 1
    )
    let bound = Self.bound(Self.fields.fields[0].parameters, joined)
    let difference = (first[.velocity] - second[.velocity]).map(abs)
    #expect(zip(difference.elements, bound.elements).allSatisfy { $0 <= $1 })
    // The bound says something beside values of order one, and something was rounded.
    #expect(bound.elements.max() ?? 1 < 0.25)
    #expect(difference.elements.max() ?? 0 > 1e-6)
    #expect(first[.divergence] != second[.divergence])
  }

  @Test func samplesAreEqualBitsForOneAndTwoWorkers() throws {
    func draw(_ workers: Int) throws -> Tensor<Double> {
      try Sampler(Self.fields.with(products: .bfloat16), workers: Workers(count: workers)).sde(
        count: 300,
        from: StandardGaussian(dimension: 2),
        method: StochasticHeun(),
        diffusion: .constant(0.5),
        steps: 5,
        times: 0.001...0.999,
        seed: 1
      ).points
    }
    #expect(try draw(1) == draw(2))
  }

  private static func trained(_ products: ProductPrecision, workers: Int) throws -> Bridge<
    OneSidedInterpolant<LinearSchedule>
  > {
    var training = try Training(
      .linear,
      target: EightGaussians(),
      objectives: [.velocity(network), .score(network, times: 0.001...0.999)],
      configuration: TrainingConfiguration(rows: 1_030, steps: 5, seed: 3, products: products),
      workers: Workers(count: workers)
    )
    while try training.next() != nil {}
    return training.model
  }

  @Test func trainingIsEqualBitsForOneAndTwoWorkers() throws {
    let one = try Self.trained(.bfloat16, workers: 1).fields.fields.map(\.parameters)
    #expect(try Self.trained(.bfloat16, workers: 2).fields.fields.map(\.parameters) == one)
    #expect(try Self.trained(.full, workers: 2).fields.fields.map(\.parameters) != one)
  }

  @Test func bridgesKeepAllElse() throws {
    let bridge = try Self.trained(.bfloat16, workers: 2)
    #expect(bridge.fields.products == .full)
    let other = bridge.with(products: .bfloat16)
    #expect(other.fields.products == .bfloat16)
    #expect(other.fields.targetMean == bridge.fields.targetMean)
    #expect(other.fields.fields.map(\.parameters) == bridge.fields.fields.map(\.parameters))
    #expect(
      try other.sample(count: 10, steps: 4).points != bridge.sample(count: 10, steps: 4).points
    )
  }

  @Test func configurationsAreReadWithAndWithoutPrecision() throws {
    let configuration = TrainingConfiguration(rows: 5, steps: 7, products: .bfloat16)
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: data) == configuration)
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains("\"products\":\"bfloat16\""))
    var object = try #require(
      try JSONSerialization.jsonObject(with: data) as? [String: any Sendable]
    )
    object["products"] = nil
    let before = try JSONDecoder().decode(
      TrainingConfiguration.self,
      from: JSONSerialization.data(withJSONObject: object)
    )
    #expect(before.products == .full)
    #expect(before.rows == 5)
    object["products"] = "float8"
    let unknown = try JSONSerialization.data(withJSONObject: object)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(TrainingConfiguration.self, from: unknown)
    }
  }
}

extension Tensor {
  fileprivate func map(_ transform: (Scalar) -> Scalar) -> Tensor {
    Tensor(elements.map(transform), shape: shape)
  }
}
