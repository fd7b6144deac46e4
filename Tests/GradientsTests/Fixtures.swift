import Foundation
import Tensors
import Testing

/// The reference numbers of Tests/Fixtures/generate.py.
enum Fixtures {
  static func load<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    let url = try #require(
      Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Resources")
    )
    return try JSONDecoder().decode(Content.self, from: Data(contentsOf: url))
  }
}

/// PyTorch's numbers for a small network.
struct NetworkFixture: Decodable {
  struct Layer: Decodable {
    let weight: [[Double]]
    let bias: [Double]

    var tensors: [Tensor<Double>] { [Tensor(rows: weight), Tensor(bias)] }
  }

  let layers: [Layer]
  let inputs: [[Double]]
  let outputs: [[Double]]
  let loss: Double
  let lossGradients: [Layer]
  let lossInputGradient: [[Double]]
  let jacobianOfFirstRow: [[Double]]
  let direction: [[Double]]
  let jacobianVectorProduct: [[Double]]
  let jacobianVectorLoss: Double
  let jacobianVectorLossGradients: [Layer]
}

/// PyTorch's values and derivatives of the activations.
struct ActivationFixture: Decodable {
  struct Function: Decodable {
    let value: [Double]
    let first: [Double]
    let second: [Double]
  }

  let points: [Double]
  let functions: [String: Function]
}

/// PyTorch's optimisers, clipping, schedules and averages.
struct OptimizerFixture: Decodable {
  struct Case: Decodable {
    let name: String
    let optimizer: String
    let settings: Settings
    let amplification: Double
    let parameters: [[Double]]
  }

  struct Settings: Decodable {
    let learningRate: Double
    let momentum: Double?
    let dampening: Double?
    let nesterov: Bool?
    let weightDecay: Double
    let beta1: Double?
    let beta2: Double?
    let epsilon: Double?
  }

  struct Clipping: Decodable {
    let gradients: [[Double]]
    let maxNorm: Double
    let totalNorm: Double
    let clipped: [[Double]]
  }

  struct Schedule: Decodable {
    let name: String
    let settings: [String: Double]
    let rates: [Double]
  }

  struct Average: Decodable {
    let decay: Double
    let values: [[Double]]
    let averages: [[Double]]
  }

  let start: [Double]
  let quartic: [Double]
  let frequency: [Double]
  let optimizers: [Case]
  let clipping: [Clipping]
  let schedules: [Schedule]
  let averages: [Average]
}
