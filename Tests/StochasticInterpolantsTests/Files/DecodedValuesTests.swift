import Foundation
import StochasticInterpolants
import Tensors
import Testing

/// Values that are decoded are what an initialiser would have taken.
@Suite struct DecodedValuesTests {
  private func decode<Value: Codable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  private func expectsItself<Value: Codable & Equatable>(_ value: Value) throws {
    #expect(try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value)) == value)
  }

  @Test func whatWasEncodedIsRead() throws {
    try expectsItself(BrownianLatent(scale: 2))
    try expectsItself(SigmoidLatent(scale: 5))
    try expectsItself(FollmerLatent(scale: 0.5))
    try expectsItself(SlicedWasserstein(directionCount: 7, directions: .even))
    // Sums of thousands of bins have rounded.
    for bins in [1, 3, 256, 10_000] {
      try expectsItself(TimeDensity(on: 0.1...0.9, bins: bins) { 1 / ($0 + 0.01) })
    }
  }

  @Test func aCovarianceThatIsNotSymmetricIsRefused() throws {
    let covariance = Tensor<Double>(rows: [[1, 0.5], [0.25, 1]])
    let problem = LinearAlgebraError.notSymmetric(row: 1, column: 0, element: 0.25, mirrored: 0.5)
    #expect(throws: problem) { try Gaussian(mean: Tensor([0, 0]), covariance: covariance) }
    #expect(throws: GaussianMixtureError.covariance(mode: 0, problem)) {
      try GaussianMixture(
        weights: [1],
        means: Tensor(zeros: [1, 2]),
        covariances: covariance.reshaped([1, 2, 2])
      )
    }
    let gaussian = try Gaussian(
      mean: Tensor([0, 0]),
      covariance: Tensor(rows: [[1, 0.5], [0.5, 1]])
    )
    let text = String(decoding: try JSONEncoder().encode(gaussian), as: UTF8.self)
    let changed = text.replacing("1,0.5,0.5,1", with: "1,0.5,0.25,1")
    #expect(changed != text)
    #expect(throws: problem) { try decode(Gaussian.self, changed) }
    // To the rounding of Float it is, as other tools write it: refused, and not a trap.
    let nearly = text.replacing("1,0.5,0.5,1", with: "1,0.5,0.50000001,1")
    #expect(throws: LinearAlgebraError.self) { try decode(Gaussian.self, nearly) }
  }

  @Test func whatNoInitialiserTakesIsRefused() {
    for scale in ["-1", "0"] {
      let text = "{\"scale\": \(scale)}"
      #expect(throws: DecodingError.self) { try decode(BrownianLatent.self, text) }
      #expect(throws: DecodingError.self) { try decode(SigmoidLatent.self, text) }
      #expect(throws: DecodingError.self) { try decode(FollmerLatent.self, text) }
    }
    #expect(throws: DecodingError.self) {
      try decode(SlicedWasserstein.self, "{\"directionCount\": 0, \"directions\": {\"even\": {}}}")
    }
    for law in [
      "[0, 1], \"probabilities\": []", "[0, 1], \"probabilities\": [0.5, 0.4]",
      "[0, 1], \"probabilities\": [1.5, -0.5]", "[0, 2], \"probabilities\": [1]",
      "[0.5, 0.5], \"probabilities\": [1]",
    ] {
      #expect(throws: DecodingError.self, "\(law)") {
        try decode(TimeDensity.self, "{\"times\": \(law)}")
      }
    }
  }
}
