import Foundation
import Gradients
import StochasticInterpolants
import Tensors
import Testing

/// A written run reads back as the same bridge, and a damaged one is one clear error.
@Suite struct RunDirectoryTests {
  @Test(arguments: RunCase.all)
  func whatWasTrainedIsRead(_ own: RunCase) throws {
    let scratch = try ScratchDirectory()
    let run = try own.create(at: scratch["run"])
    var training = try run.training()
    _ = try run.train(&training)
    let model = training.model
    let read = try RunDirectory.read(scratch["run"])
    let seen = try read.bridge.sample(count: 30, steps: 8, seed: 2)
    let expected = try model.sample(count: 30, steps: 8, seed: 2)
    #expect(seen.points == expected.points)
    #expect(read.configuration.training == run.configuration.training)
    let backward = try run.bridge(readsTarget: true)
    #expect(try backward.sample(count: 5, steps: 4, direction: .backward).points.shape == [5, 2])
  }

  /// The place in the file, and not in what was drawn from it to measure a scale.
  @Test func aMappedFileIsLookedAtBeforeItIsMeasured() throws {
    let scratch = try ScratchDirectory()
    var points = TwoMoons().sample(count: 500, seed: 1)
    points[321, 1] = .nan
    try NPY.write(points, to: scratch["x.npy"])
    var own = RunCase.all[0]
    own.target = .mapped(try MappedPoints(scratch["x.npy"]))
    let error = #expect(throws: FileError.self) { try own.create(at: scratch["run"]) }
    #expect(error == .nonFinite(path: scratch["x.npy"], value: "NaN", row: 321, column: 1))
    #expect(scratch.contents() == ["x.npy"])
  }

  @Test func theConfigurationHasEveryDefaultSorted() throws {
    let scratch = try ScratchDirectory()
    _ = try RunCase.all[0].create(at: scratch["run"])
    let text = try #require(scratch.text("run/configuration.json"))
    for entry in [
      "\"format\" : 2", "\"library\" : \"", "\"averageDecay\" : null", "\"epsilon\" : 1e-08",
      "\"interval\" : 4", "\"keep\" : 3", "\"warmUp\" : 0", "\"isResidual\" : false",
      "\"density\" : \"checkerboard\"", "\"standardGaussian\" : true",
    ] {
      #expect(text.contains(entry), "no \(entry)")
    }
    let keys = text.matches(of: /\n  "([a-zA-Z]+)"/).map { String($0.1) }
    #expect(keys == keys.sorted() && keys.count == 11)
  }

  /// What `interpolate sample … --count 3 --steps 10 --seed 4` of the library that wrote the runs printed.
  static let firstFormatSamples: [(name: String, points: [[Double]])] = [
    (
      "one-sided",
      [
        [4.999177234139785, 1299.486556566826], [5.000188685626559, -441.4310852626009],
        [5.000911854233667, -373.91256773473566],
      ]
    ),
    (
      "two-sided",
      [
        [5.583284518380708, -462.6029138874301], [6.875248360852622, -1048.8213276311435],
        [2.6064354118612303, 475.168844691037],
      ]
    ),
  ]

  @Test(arguments: [0, 1])
  func aRunOfTheFirstFormatIsSampledAndNotResumed(_ index: Int) throws {
    let (name, expected) = Self.firstFormatSamples[index]
    let path = Bundle.module.bundlePath + "/Resources/Runs/format-1/" + name
    let run = try RunDirectory(path)
    #expect(run.configuration.format == 1)
    let samples = try run.bridge().sample(count: 3, steps: 10, seed: 4).points
    let scales = run.configuration.standardization.scales
    // Networks round in Float, whatever the processor: 40 evaluations of relative error 2⁻²⁴ of terms
    // of the size of the scale, with room for their growth along the path.
    for (row, point) in expected.enumerated() {
      for (column, value) in point.enumerated() {
        #expect(abs(samples[row, column] - value) < 40 * 6e-8 * 10 * scales[column])
      }
    }
    let error = #expect(throws: RunError.self) { _ = try run.training() }
    #expect(error?.description.contains("it can be sampled but not resumed") == true)
  }

  @Test func aRunOfTheCurrentFormatIsResumed() throws {
    let scratch = try ScratchDirectory()
    let path = Bundle.module.bundlePath + "/Resources/Runs/format-2"
    try FileManager.default.copyItem(atPath: path, toPath: scratch["run"])
    let run = try RunDirectory(scratch["run"])
    var training = try run.training()
    #expect(training.step == 20 && run.configuration.training.steps == 30)
    let outcome = try run.train(&training)
    #expect(outcome == .finished)
    #expect(try run.bridge().sample(count: 3, steps: 5).points.firstNonFinite == nil)
  }

  @Test func nothingIsWrittenOverARun() throws {
    let scratch = try ScratchDirectory()
    _ = try RunCase.all[0].create(at: scratch["run"])
    let kept = try RunDirectory(scratch["run"]).training().state
    #expect(throws: FileError.alreadyExists(path: scratch["run"])) {
      _ = try RunCase.all[3].create(at: scratch["run"])
    }
    #expect(try RunDirectory(scratch["run"]).training().state == kept)
  }

  /// One damage to `configuration.json`: what is replaced by what, and a part of the error.
  struct Damage: Sendable, CustomStringConvertible {
    let old: String
    let new: String
    let message: String
    var description: String { message }
  }

  @Test(arguments: [
    Damage(old: "\"format\" : 2", new: "\"format\" : 99", message: "its format is 99"),
    Damage(old: "\"dimension\" : 2,", new: "", message: "'dimension' is missing"),
    Damage(old: "0.999", new: "1.9", message: "are no part of [0, 1]"),
    Damage(old: "\"linear\"", new: "\"lineal\"", message: "not the JSON of a run"),
    Damage(old: "{", new: "", message: "not the JSON of a run"),
    Damage(
      old: "\"steps\" : 12",
      new: "\"steps\" : 0",
      message: "at least one step and fewer than 2³², got 0"
    ),
    Damage(
      old: "\"rows\" : 200",
      new: "\"rows\" : -1",
      message: "a step has 1 to 2³⁰ rows, got -1"
    ),
    Damage(old: "\"keep\" : 3", new: "\"keep\" : 0", message: "0 are kept"),
    Damage(
      old: "\"initial\" : 0.01",
      new: "\"initial\" : -1",
      message: "must be positive and finite, got -1.0"
    ),
    Damage(
      old: "\"beta1\" : 0.9",
      new: "\"beta1\" : 1.9",
      message: "Adam's betas lie in [0, 1), got 1.9"
    ),
    Damage(old: "\"holdingOut\" : 0.2", new: "\"holdingOut\" : 2", message: "held out is 2.0"),
    Damage(old: "\"octaves\" : 2", new: "\"octaves\" : 0", message: "octaves ≥ 1"),
    Damage(
      old: "\"targetScale\" : 1.2",
      new: "\"targetScale\" : -2",
      message: "its preconditioning cannot be used: the sizes of the ends are positive"
    ),
    Damage(
      old: "\"latentScale\" : 0.3",
      new: "\"latentScale\" : 1e39",
      message: "the latent's 1e+39 are too large for single precision"
    ),
    Damage(
      old: "\"kind\" : \"velocity\"",
      new: "\"kind\" : \"denoiser\"",
      message: "the denoiser has a preconditioning, which only a velocity has"
    ),
    Damage(old: "\"score\"", new: "\"velocity\"", message: "a field stands twice"),
  ])
  func aDamagedConfigurationIsAClearError(_ damage: Damage) throws {
    let scratch = try ScratchDirectory()
    _ = try RunCase.all[0].create(at: scratch["run"])
    let path = scratch["run/configuration.json"]
    var text = try #require(scratch.text("run/configuration.json"))
    let place = try #require(text.range(of: damage.old), "the file has no \(damage.old)")
    text.replaceSubrange(place, with: damage.new)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: RunError.self) { try RunDirectory(scratch["run"]) }
    let description = error?.description ?? ""
    #expect(description.contains(damage.message), "\(description)")
    #expect(description.contains("configuration.json") && !description.contains("\n"))
    #expect((error as (any Error)?)?.localizedDescription == description)
  }

  @Test(arguments: ["weights.safetensors", "configuration.json"])
  func aMissingDamagedOrTruncatedFileIsAClearError(_ name: String) throws {
    let scratch = try ScratchDirectory()
    _ = try RunCase.all[0].create(at: scratch["run"])
    let url = URL(fileURLWithPath: scratch["run/" + name])
    let whole = try Data(contentsOf: url)
    try whole.prefix(whole.count / 2).write(to: url)
    #expect(throws: (any Error).self) { try RunDirectory.read(scratch["run"]) }
    if name.hasPrefix("weights") {
      var flipped = whole
      flipped[whole.count - 1] ^= 0x10
      try flipped.write(to: url)
      let error = fileError { _ = try RunDirectory.read(scratch["run"]) }
      #expect(error?.description.contains("is damaged: the checksum") == true)
    }
    try FileManager.default.removeItem(at: url)
    do {
      _ = try RunDirectory.read(scratch["run"])
      Issue.record("a run without \(name) was read")
    } catch {
      #expect("\(error)".contains(name))
    }
  }
}
