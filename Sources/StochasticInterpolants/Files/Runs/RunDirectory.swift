internal import Foundation
internal import Tensors

/// A directory that holds a run: a training that survives what ends its process, and the bridge.
///
/// - `configuration.json`: what the run is, with every default, sorted.
/// - `weights.safetensors`: the parameters the bridge uses, renewed with each checkpoint.
/// - `checkpoints/step-….safetensors`: all that further steps depend on; the last few are kept.
/// - `metrics.csv`, `metrics.jsonl`: the steps.
/// - `base.npy`, `target.npy`: the points of the ends, where they are points and not too many.
///
/// Every file but the metrics is written beside its place, brought to the disk and renamed, so that a
/// crash, a full disk or a signal leaves the one before; weights and checkpoints bear a checksum.
public struct RunDirectory: Sendable {
  static let configurationName = "configuration.json"
  static let weightsName = "weights.safetensors"
  static let baseName = "base.npy"
  static let targetName = "target.npy"
  static let checkpointsName = "checkpoints"

  /// The directory.
  public let path: String
  /// What the run is.
  public let configuration: RunConfiguration
  /// The CRC-32 of the configuration's file, which binds checkpoints to it.
  let configurationChecksum: String

  /// Opens a run.
  ///
  /// - Parameter path: a directory made by
  ///   ``create(at:interpolant:base:target:fields:training:standardizing:holdingOut:checkpoints:)``.
  /// - Throws: ``FileError`` or ``RunError``, which name what is wrong.
  public init(_ path: String) throws {
    self.path = path
    let file = path + "/" + Self.configurationName
    let source = try ByteSource(path: file)
    let bytes = try source.bytes(0..<source.byteCount)
    struct Version: Decodable { var format: Int }
    do {
      let version = try JSONDecoder().decode(Version.self, from: Data(bytes))
      guard (1...RunConfiguration.currentFormat).contains(version.format) else {
        throw RunError(
          path: file,
          problem: "its format is \(version.format); this library reads the formats 1 to "
            + "\(RunConfiguration.currentFormat)"
        )
      }
      configuration = try JSONDecoder().decode(RunConfiguration.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw RunError(path: file, problem: RunError.text(of: error))
    }
    configurationChecksum = Checksum.text(Checksum.of(bytes))
    try configuration.check(file)
  }

  /// Reads a run: its configuration, and the bridge, ready to sample forward and to give likelihoods of points
  /// at t = 1.
  ///
  /// It does not read the points of the target, from which paths start backward:
  /// ``bridge(readsTarget:)`` does.
  ///
  /// - Parameter path: the directory of a run, finished or not.
  /// - Returns: both.
  /// - Throws: ``FileError`` or ``RunError``, which name what is wrong.
  public static func read(
    _ path: String
  ) throws -> (configuration: RunConfiguration, bridge: Bridge<AnyInterpolant>) {
    let run = try RunDirectory(path)
    return (run.configuration, try run.bridge())
  }

  /// Throws where the configuration is no longer the one that was read: another process may have extended the run.
  func checkConfiguration() throws {
    let source = try ByteSource(path: file(Self.configurationName))
    let own = Checksum.text(Checksum.of(try source.bytes(0..<source.byteCount)))
    if own != configurationChecksum {
      throw RunError(
        path: path,
        problem: "has another configuration than it was opened with; open it again"
      )
    }
  }

  func file(_ name: String) -> String {
    name.hasPrefix("/") ? name : path.hasSuffix("/") ? path + name : path + "/" + name
  }
}

extension RunDirectory {
  /// Makes a new run with its first checkpoint, of step 0, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: the directory, which must not hold anything yet.
  ///   - interpolant: the interpolant.
  ///   - base: what stands at t = 0.
  ///   - target: what stands at t = 1.
  ///   - fields: the networks.
  ///   - training: how they are trained.
  ///   - standardizing: how the points are standardised, the same for both ends.
  ///   - holdingOut: the share of the target's points that is held out, in (0, 1).
  ///   - checkpoints: when the state of the training is stored.
  /// - Returns: the run.
  /// - Throws: ``FileError``, ``RunError``, ``PointsError`` or ``TrainingError``, which name what is wrong.
  @discardableResult public static func create(
    at path: String,
    interpolant: InterpolantChoice,
    base: RunSource,
    target: RunSource,
    fields: [RunConfiguration.Field],
    training: TrainingConfiguration = TrainingConfiguration(),
    standardizing: Standardization.Method = .scale,
    holdingOut: Double = 0.1,
    checkpoints: RunConfiguration.Checkpoints = .init()
  ) throws -> RunDirectory {
    guard let dimension = target.dimension ?? base.dimension else {
      throw RunError(path: path, problem: "a bridge to a standard Gaussian needs a dimension")
    }
    if let base = base.dimension, base != dimension {
      throw RunError(
        path: path,
        problem: "the base has \(base) dimensions and the target \(dimension); a bridge needs as "
          + "many"
      )
    }
    for case .mapped(let points) in [base, target] where points.isPart {
      throw RunError(
        path: path,
        problem: "is to be trained on a part of \(FileError.shown(points.path)), but a run refers "
          + "to a whole file and holds out points by itself; give the file's"
      )
    }
    // Before anything is measured: a message of a draw would not say where in the file a value is.
    let checksums = (base: try base.checksumOfMapped(), target: try target.checksumOfMapped())
    let part = try target.split(holdingOut: holdingOut, seed: training.seed).training
    let measured = [base, part].compactMap { $0.measured(seed: training.seed) }
    let standardization = try Standardization.fitted(
      to: .concatenating(measured),
      method: standardizing
    )
    try AtomicDirectory.write(to: path, marker: configurationName) { directory in
      let configuration = RunConfiguration(
        dimension: dimension,
        interpolant: interpolant,
        base: try store(base, checksums.base, as: baseName, in: directory),
        target: try store(target, checksums.target, as: targetName, in: directory),
        fields: fields,
        training: training,
        standardization: standardization,
        holdingOut: holdingOut,
        checkpoints: checkpoints
      )
      try configuration.check(path)
      try write(configuration, to: directory + "/" + configurationName)
      guard try FileSystem.makeDirectory(directory + "/" + checkpointsName) else {
        throw FileError.alreadyExists(path: path)
      }
      let run = try RunDirectory(directory)
      let training = try run.newTraining(isVerifying: false)
      try run.save(training, steps: [])
    }
    return try RunDirectory(path)
  }

  /// Checks that a run can be made at a path, before data are read; leaves nothing behind.
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

  static func write(_ configuration: RunConfiguration, to path: String) throws {
    try AtomicFile.write(try text(of: configuration), to: path)
  }

  /// The JSON of a configuration, as it stands in its file.
  static func text(of configuration: RunConfiguration) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(configuration), as: UTF8.self) + "\n"
  }

  private static func store(
    _ source: RunSource,
    _ checksumOfMapped: String?,
    as name: String,
    in directory: String
  ) throws(FileError) -> RunEnd {
    switch source {
    case .standardGaussian: return .standardGaussian
    case .named(let name): return .named(name)
    case .points(let points, let origin):
      try NPY.write(points, to: directory + "/" + name)
      return .points(
        .init(path: name, origin: origin, count: points.shape[0], checksum: checksum(points))
      )
    case .mapped(let points):
      return .points(
        .init(
          path: FileSystem.resolve(points.path),
          origin: points.path,
          count: points.count,
          checksum: checksumOfMapped
        )
      )
    }
  }

  static func checksum(_ points: Tensor<Double>) -> String {
    var checksum = Checksum()
    points.withBytes { checksum.update($0) }
    return checksum.text
  }
}
