import Foundation
import StochasticInterpolants
import Tensors
import Testing

@Suite("Standardisation")
struct StandardizationTests {
  /// Columns of scale 0.001 and 1,000 that correlate, one far from 0 and one constant.
  private static let points: Tensor<Double> = {
    let z = StandardGaussian(dimension: 4).sample(count: 5_000, seed: 1)
    let mixing = Tensor<Double>(rows: [
      [0.001, 500, 0, 0], [0, 1_000, 0, 0], [0.0005, 0, 2, 0], [0, 0, 0, 0],
    ])
    return Tensor.product(z, mixing) + Tensor([0, -3, 1e6, 0.1])
  }()

  /// 0.3 and 0.1 + 0.2 are neighbours; a thousandth of a millionth beside 0.3 is a scale.
  @Test func aColumnThatIsConstantButForRoundingIsConstant() throws {
    let rows = (0..<100).map { [Double($0), $0 % 2 == 0 ? 0.3 : 0.1 + 0.2] }
    for method in [Standardization.Method.scale, .whitening] {
      let map = try Standardization.fitted(to: Tensor(rows: rows), method: method)
      #expect(map.scales[1] == 1)
    }
    let apart = rows.map { [$0[0], $0[1] + ($0[0] < 50 ? 1e-9 : 0)] }
    let map = try Standardization.fitted(to: Tensor(rows: apart), method: .scale)
    // Half the distance, to roundings of 0.3 beside it.
    #expect(abs(map.scales[1] - 0.5e-9) < 4 * 0.3.ulp)
  }

  @Test(
    "columns of any scale get mean 0 and variance 1, a constant one zeros",
    arguments: [
      Standardization.Method.scale, .whitening,
    ]
  )
  func standardised(_ method: Standardization.Method) throws {
    let map = try Standardization.fitted(to: Self.points, method: method)
    #expect(map.scales[3] == 1 && map.mean[3] == 0.1)
    let result = map.apply(Self.points)
    // The means of columns of size 10⁶ carry rounding errors of 10⁶ · 2⁻⁵³ / 2 per value.
    let mean = result.mean(along: 0)
    #expect(mean.applying(.absolute).max() < 1e-9)
    let covariance = Tensor.product(result, result, transposingFirst: true) / 5_000.0
    var expected = Tensor<Double>(identity: 4)
    expected[3, 3] = 0
    if method == .whitening {
      #expect(covariance.isApproximatelyEqual(to: expected, absoluteTolerance: 1e-9))
    } else {
      for column in 0..<4 {
        #expect((covariance[column, column] - expected[column, column]).magnitude < 1e-9)
      }
      #expect(covariance[0, 1].magnitude > 0.1)
    }
    #expect(result.slice(3..<4, along: 1).applying(.absolute).max() == 0)
  }

  @Test("undo is the inverse, row by row", arguments: Standardization.Method.allCases)
  func roundTrip(_ method: Standardization.Method) throws {
    let map = try Standardization.fitted(to: Self.points, method: method)
    let fresh = Self.points.slice(0..<2_500) * 1.7
    let there = map.apply(fresh)
    let back = map.undo(there)
    let error = (back - fresh) / Tensor(map.scales)
    // Values of 10⁶ against a scale of 2 leave 10⁶ · 2⁻⁵³ / 2 = 10⁻¹⁰ relative to the scale.
    #expect(error.applying(.absolute).max() < 1e-8)
    for row in [0, 1_023, 1_024, 2_499] {
      #expect(map.apply(fresh.slice(row..<row + 1)) == there.slice(row..<row + 1))
      #expect(map.undo(there.slice(row..<row + 1)) == back.slice(row..<row + 1))
    }
  }

  @Test("log |det A| is what a change of variables needs")
  func determinant() throws {
    let points = Self.points.slice(0..<3, along: 1)
    let count = Double(points.shape[0])
    let normal = StandardGaussian(dimension: 3)
    for method in [Standardization.Method.scale, .whitening] {
      let map = try Standardization.fitted(to: points, method: method)
      // If y is standard normal, x = m + A y is normal with covariance A Aᵀ: the points' own with
      // whitening, its diagonal with scales.
      let mean = Tensor(map.mean)
      let centred = points - mean
      var covariance = Tensor.product(centred, centred, transposingFirst: true) / count
      if method == .scale { covariance = covariance * Tensor<Double>(identity: 3) }
      let expected = try Gaussian(mean: mean, covariance: covariance).logDensity(points)
      let values = normal.logDensity(map.apply(points)) - map.logAbsDeterminant
      #expect((values - expected).applying(.absolute).max() < 1e-7)
    }
    #expect(Standardization.identity(dimension: 3).logAbsDeterminant == 0)
  }

  @Test("gradients go by the transposed map", arguments: Standardization.Method.allCases)
  func gradients(_ method: Standardization.Method) throws {
    let points = Self.points.slice(0..<3, along: 1)
    let map = try Standardization.fitted(to: points, method: method)
    let block = RandomBlock(seed: 9, samples: 0..<5)
    let (g, v) = (block.normal(columns: 3), block.part(1).normal(columns: 3))
    let mean = Tensor(map.mean, shape: [1, 3]).broadcast(to: [5, 3])
    // Aᵀg · v = g · Av and A⁻ᵀg · v = g · A⁻¹v; Av is what undo adds to m. Scales of 10³ and 10⁶ against
    // 10⁻³ leave roundings of 10⁶ ulp(1) in m + Av − m, times 10³ in A⁻¹.
    func product(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Tensor<Double> {
      (a * b).sum(along: 1)
    }
    let forward = product(map.apply(gradients: g), v)
    let backward = product(map.undo(gradients: g), v)
    let image = map.undo(v) - mean
    let preimage = map.apply(mean + v)
    #expect(forward.isApproximatelyEqual(to: product(g, image), absoluteTolerance: 1e-8))
    #expect(backward.isApproximatelyEqual(to: product(g, preimage), absoluteTolerance: 1e-6))
    let back = map.undo(gradients: map.apply(gradients: g))
    #expect(back.isApproximatelyEqual(to: g, absoluteTolerance: 1e-8))
  }

  @Test("directions without variance keep their scale")
  func degenerate() throws {
    let z = StandardGaussian(dimension: 1).sample(count: 200, seed: 2)
    let doubled = Tensor.concatenating([z, z * 1_000], along: 1)
    let map = try Standardization.fitted(to: doubled, method: .whitening)
    let result = map.apply(doubled)
    #expect(result.firstNonFinite == nil && map.logAbsDeterminant.isFinite)
    // Values up to 3,000, rotated twice: 3,000 ulp(1) for each of two products of two terms.
    #expect(map.undo(result).isApproximatelyEqual(to: doubled, absoluteTolerance: 3e-12))
    let row = try Standardization.fitted(to: doubled.slice(0..<1), method: .whitening)
    #expect(row.scales == [1, 1] && row.logAbsDeterminant == 0)
    #expect(throws: PointsError.tooWide(column: 0)) {
      try Standardization.fitted(to: Tensor(rows: [[1.7e308], [-1.7e308]]))
    }
    let large = try Standardization.fitted(to: Tensor(rows: [[1e200], [-1e200]]))
    #expect((large.scales[0] / 1e200 - 1).magnitude < 1e-15)
  }

  @Test(
    "it survives JSON, and a scale of zero is refused",
    arguments: Standardization.Method.allCases
  )
  func coding(_ method: Standardization.Method) throws {
    let map = try Standardization.fitted(to: Self.points, method: method)
    let data = try JSONEncoder().encode(map)
    let copy = try JSONDecoder().decode(Standardization.self, from: data)
    #expect(copy == map)
    #expect(copy.apply(Self.points) == map.apply(Self.points))
    let broken = #"{"method": "scale", "mean": [0, 0], "scales": [1, 0]}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Standardization.self, from: Data(broken.utf8))
    }
    let missing = #"{"method": "whitening", "mean": [0], "scales": [1]}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Standardization.self, from: Data(missing.utf8))
    }
  }
}
