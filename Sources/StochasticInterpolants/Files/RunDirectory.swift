internal import Foundation
internal import Gradients
public import Tensors

/// A directory with everything a trained bridge is: `configuration.json`, `weights.safetensors`,
/// `metrics.csv`, and `base.npy` where the base is points.
public enum RunDirectory {
  static let configurationName = "configuration.json"
  static let weightsName = "weights.safetensors"
  static let metricsName = "metrics.csv"
  static let baseName = "base.npy"

  /// Writes a run, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: the directory, which must not hold anything yet.
  ///   - configuration: what the run is.
  ///   - parameters: the parameters of each of the configuration's fields, in order.
  ///   - basePoints: the points at t = 0 where the base is points.
  ///   - metrics: the steps of the training.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func write(
    to path: String,
    configuration: RunConfiguration,
    parameters: [[Tensor<Float>]],
    basePoints: Tensor<Double>? = nil,
    metrics: [TrainingStep]
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(configuration)
    var weights = Safetensors(metadata: ["format": "swift-interpolants"])
    for (field, tensors) in zip(configuration.fields, parameters) {
      for (entry, tensor) in zip(field.network.parameterLayout, tensors) {
        weights["\(field.kind.rawValue).\(entry.name)"] = .float(tensor)
      }
    }
    try AtomicDirectory.write(to: path, marker: configurationName) { directory in
      try AtomicFile.write(
        String(decoding: json, as: UTF8.self) + "\n",
        to: directory + "/" + configurationName
      )
      try weights.write(to: directory + "/" + weightsName)
      try AtomicFile.write(
        metricsText(metrics, configuration),
        to: directory + "/" + metricsName
      )
      if let basePoints { try NPY.write(basePoints, to: directory + "/" + baseName) }
    }
  }

  /// Checks that ``write(to:configuration:parameters:basePoints:metrics:)`` can write there, before
  /// a long training rather than after it; leaves nothing behind.
  ///
  /// - Parameter path: the directory.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func checkWritable(_ path: String) throws {
    struct Probe: Error {}
    do {
      try AtomicDirectory.write(to: path, marker: configurationName) { _ in throw Probe() }
    } catch is Probe {
      return
    }
  }

  private static func metricsText(
    _ metrics: [TrainingStep],
    _ configuration: RunConfiguration
  ) -> String {
    let kinds = configuration.fields.map(\.kind.rawValue)
    func column(_ prefix: String) -> [String] { kinds.map { prefix + $0 } }
    let header =
      ["step"] + column("loss_") + column("gradient_norm_") + column("held_out_")
    var text = CSV.line(header + ["learning_rate", "rows_per_second"])
    for step in metrics {
      let held = step.heldOutLosses.map(texts) ?? kinds.map { _ in "" }
      let own = ["\(step.step)"] + texts(step.losses) + texts(step.gradientNorms) + held
      text += CSV.line(own + texts([step.learningRate, step.rowsPerSecond]))
    }
    return text
  }

  private static func texts(_ numbers: [Double]) -> [String] { numbers.map { "\($0)" } }

  /// Reads a run.
  ///
  /// - Parameter path: a directory written by
  ///   ``write(to:configuration:parameters:basePoints:metrics:)``.
  /// - Returns: its configuration and the bridge, ready to sample.
  /// - Throws: ``FileError`` or ``RunError``, which name what is wrong.
  public static func read(
    _ path: String
  ) throws -> (configuration: RunConfiguration, bridge: Bridge<AnyInterpolant>) {
    let configuration = try readConfiguration(path)
    let weights = try Safetensors.read(path + "/" + weightsName)
    let fields = try configuration.fields.map { field in
      LearnedField(
        kind: field.kind,
        network: field.network,
        parameters: try field.network.parameterLayout.map { entry in
          try weights.tensor("\(field.kind.rawValue).\(entry.name)", shape: entry.shape)
        },
        times: field.times[0]...field.times[1]
      )
    }
    let standardization = configuration.standardization
    let base: any Density
    switch configuration.base {
    case .gaussian: base = StandardGaussian(dimension: configuration.dimension)
    case .named(let name):
      base = StandardizedDensity.wrapping(name.density, standardization)
    case .points:
      let points = try NPY.readPoints(path + "/" + baseName)
      base = StandardizedDensity.wrapping(try EmpiricalDensity(points: points), standardization)
    }
    guard base.dimension == configuration.dimension else {
      throw RunError(
        path: path,
        problem: "its base has \(base.dimension) dimensions, its configuration says "
          + "\(configuration.dimension)"
      )
    }
    let bridge = Bridge(
      fields: LearnedFields(
        interpolant: try configuration.interpolant.interpolant(),
        fields: fields
      ),
      base: base,
      standardization: standardization
    )
    return (configuration, bridge)
  }

  private static func readConfiguration(_ path: String) throws -> RunConfiguration {
    let file = path + "/" + configurationName
    let source = try ByteSource(path: file)
    let bytes = try source.bytes(0..<source.byteCount)
    struct Version: Decodable { var format: Int }
    do {
      let version = try JSONDecoder().decode(Version.self, from: Data(bytes))
      guard version.format == RunConfiguration.currentFormat else {
        throw RunError(
          path: file,
          problem: "its format is \(version.format); this library reads format "
            + "\(RunConfiguration.currentFormat)"
        )
      }
      let configuration = try JSONDecoder().decode(RunConfiguration.self, from: Data(bytes))
      try check(configuration, file)
      return configuration
    } catch let error as DecodingError {
      throw RunError(path: file, problem: RunError.text(of: error))
    }
  }

  /// What the types cannot say: a damaged configuration must not reach the library's own checks,
  /// which stop the program.
  private static func check(_ configuration: RunConfiguration, _ file: String) throws(RunError) {
    func fail(_ problem: String) -> RunError { RunError(path: file, problem: problem) }
    if configuration.fields.isEmpty { throw fail("it names no trained field") }
    if configuration.dimension < 1 || configuration.dimension > 1 << 20 {
      throw fail("its dimension is \(configuration.dimension)")
    }
    if configuration.standardization.dimension != configuration.dimension {
      throw fail(
        "its standardisation has \(configuration.standardization.dimension) dimensions, not "
          + "\(configuration.dimension)"
      )
    }
    do {
      _ = try configuration.interpolant.interpolant()
    } catch {
      throw fail("\(error)")
    }
    for field in configuration.fields {
      let widths = field.network.hidden
      if field.times.count != 2 || !(field.times[0] >= 0 && field.times[0] < field.times[1])
        || field.times[1] > 1
      {
        throw fail("the times \(field.times) of the \(field.kind.rawValue) are no part of [0, 1]")
      }
      var isEmbeddingUsable = true
      switch field.network.embedding {
      case .plain: break
      case .sinusoidal(let pairs, let highest):
        isEmbeddingUsable = pairs >= 1 && pairs <= 1 << 12 && highest >= 1 && highest.isFinite
      case .randomFourier(let pairs, let scale, _):
        isEmbeddingUsable = pairs >= 1 && pairs <= 1 << 12 && scale > 0 && scale.isFinite
      }
      if !isEmbeddingUsable || field.network.dimension != configuration.dimension
        || !widths.allSatisfy({ $0 >= 1 && $0 <= 1 << 16 }) || widths.count > 1_000
        || (field.network.isResidual && Set(widths).count > 1)
      {
        throw fail(
          "the \(field.kind.rawValue)'s network (dimension \(field.network.dimension), hidden "
            + "\(widths)) does not fit"
        )
      }
    }
  }
}

/// What is wrong with a run directory beyond its files.
public struct RunError: Error, Equatable, CustomStringConvertible {
  /// The file or directory.
  public let path: String
  /// What was found.
  public let problem: String

  /// One line that names both.
  public var description: String { "\(FileError.shown(path)): \(problem)" }

  static func text(of error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map(\.stringValue).joined(separator: ".")
      return keys.isEmpty ? "" : " at '\(keys)'"
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "the entry '\(key.stringValue)' is missing\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "a value of another type is expected\(place(context))"
    case .dataCorrupted(let context):
      return "it is not the JSON of a run\(place(context)): \(context.debugDescription)"
    @unknown default:
      return "it is not the JSON of a run"
    }
  }
}
