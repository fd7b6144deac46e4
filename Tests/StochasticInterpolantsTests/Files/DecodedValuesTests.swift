import Foundation
import StochasticInterpolants
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
