import Foundation
import Gradients
import StochasticInterpolants
import Tensors
import Testing

/// A written run reads back as the same bridge, and a damaged one is one clear error.
@Suite struct RunDirectoryTests {
  static let network = MLP(dimension: 2, hidden: [8, 8], activation: .silu)

  static let configuration = RunConfiguration(
    dimension: 2,
    interpolant: .oneSided(schedule: .trigonometric),
    base: .gaussian,
    target: "two numbers",
    fields: [
      RunConfiguration.Field(kind: .velocity, times: 0...1, network: network),
      RunConfiguration.Field(kind: .score, times: 0...0.9, network: network),
    ],
    training: TrainingConfiguration(steps: 2),
    standardization: Standardization(mean: [1, 2], scales: [0.5, 100]),
    holdingOut: 0.1
  )

  static let parameters = [1, 2].map { seed in
    network.initialParameters(seed: seed).map { Tensor<Float>($0) }
  }

  static func withRun(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "run-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try RunDirectory.write(
      to: folder,
      configuration: configuration,
      parameters: parameters,
      metrics: []
    )
    try body(folder)
  }

  @Test func whatWasWrittenIsRead() throws {
    try Self.withRun { folder in
      let run = try RunDirectory.read(folder)
      let bridge = Bridge(
        fields: LearnedFields(
          interpolant: OneSidedInterpolant.trigonometric,
          fields: zip(Self.configuration.fields, Self.parameters).map { field, parameters in
            LearnedField(
              kind: field.kind,
              network: field.network,
              parameters: parameters,
              times: field.times[0]...field.times[1]
            )
          }
        ),
        base: StandardGaussian(dimension: 2),
        standardization: Self.configuration.standardization
      )
      let read = try run.bridge.sample(count: 30, diffusion: .constant(0.3), steps: 8, seed: 2)
      let own = try bridge.sample(count: 30, diffusion: .constant(0.3), steps: 8, seed: 2)
      #expect(read.points == own.points)
      #expect(run.configuration.training == Self.configuration.training)
      let readLog = try run.bridge.logDensity(own.points, steps: 4)
      let ownLog = try bridge.logDensity(own.points, steps: 4)
      #expect(readLog == ownLog)
    }
  }

  @Test func nothingIsWrittenOverARun() throws {
    try Self.withRun { folder in
      #expect(throws: (any Error).self) {
        try RunDirectory.write(
          to: folder,
          configuration: Self.configuration,
          parameters: Self.parameters.map { $0.map { $0 * 0 } },
          metrics: []
        )
      }
      let kept = try RunDirectory.read(folder).bridge
      #expect(kept.fields.fields[0].parameters == Self.parameters[0])
    }
  }

  /// One damage to `configuration.json`: what is replaced by what, and a part of the error.
  struct Damage: Sendable, CustomStringConvertible {
    let old: String
    let new: String
    let message: String
    var description: String { message }
  }

  @Test(arguments: [
    Damage(old: "\"format\" : 1", new: "\"format\" : 99", message: "its format is 99"),
    Damage(old: "\"dimension\" : 2,", new: "", message: "'dimension' is missing"),
    Damage(old: "0.9", new: "1.9", message: "are no part of [0, 1]"),
    Damage(old: "trigonometric", new: "trigonometrical", message: "not the JSON of a run"),
    Damage(old: "{", new: "", message: "not the JSON of a run"),
  ])
  func aDamagedConfigurationIsAClearError(_ damage: Damage) throws {
    try Self.withRun { folder in
      let path = folder + "/configuration.json"
      var text = try String(contentsOfFile: path, encoding: .utf8)
      let place = try #require(text.range(of: damage.old), "the file has no \(damage.old)")
      text.replaceSubrange(place, with: damage.new)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      let error = #expect(throws: RunError.self) { try RunDirectory.read(folder) }
      let description = error?.description ?? ""
      #expect(description.contains(damage.message), "\(description)")
      #expect(description.contains("configuration.json") && !description.contains("\n"))
    }
  }

  @Test(arguments: ["weights.safetensors", "configuration.json"])
  func aMissingOrTruncatedFileIsAClearError(_ name: String) throws {
    try Self.withRun { folder in
      let path = folder + "/" + name
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
      #expect(throws: (any Error).self) { try RunDirectory.read(folder) }
      try FileManager.default.removeItem(atPath: path)
      do {
        _ = try RunDirectory.read(folder)
        Issue.record("a run without \(name) was read")
      } catch {
        #expect("\(error)".contains(name))
      }
    }
  }
}
