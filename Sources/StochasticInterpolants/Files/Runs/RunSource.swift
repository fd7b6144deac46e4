public import Tensors

/// What one end of a new run is given as.
public enum RunSource: Sendable {
  /// N(0, Id) in standardised coordinates: the base of one-sided interpolants.
  case standardGaussian
  /// A density with a name.
  case named(NamedDensity)
  /// Points, which are copied into the run; `origin` says in words where they are from.
  case points(Tensor<Double>, origin: String)
  /// Points of a large file, which is referred to and must stay where it is.
  case mapped(MappedPoints)

  /// The size in bytes from which a file's points are mapped and not read.
  public static let mappedFrom = 1 << 28

  /// The points of a `.npy` file: read, or mapped where the file has ``mappedFrom`` bytes or more.
  ///
  /// - Parameter path: a file or a pipe.
  /// - Returns: the points.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func npy(_ path: String) throws(FileError) -> RunSource {
    try PathName.check(path)
    if let status = try FileStatus.of(path, action: .read), status.kind == .file,
      status.byteCount >= mappedFrom
    {
      return .mapped(try MappedPoints(FileSystem.resolve(path)))
    }
    return .points(try NPY.readPoints(path), origin: path)
  }

  /// The number of components of a point; nil for ``standardGaussian``, which takes any.
  public var dimension: Int? {
    switch self {
    case .standardGaussian: nil
    case .named(let name): name.density.dimension
    case .points(let points, _): points.shape[1]
    case .mapped(let points): points.dimension
    }
  }

  /// The law of the points in the user's coordinates; nil for ``standardGaussian``.
  func density() throws(PointsError) -> (any Density)? {
    switch self {
    case .standardGaussian: nil
    case .named(let name): name.density
    case .points(let points, _): try EmpiricalDensity(points: points)
    case .mapped(let points): points
    }
  }

  /// The checksum of a mapped file, whose numbers are looked at on the way; nil for anything else.
  func checksumOfMapped() throws(FileError) -> String? {
    guard case .mapped(let points) = self else { return nil }
    return try points.check()
  }

  /// Points from which mean and scale are measured: all that are in memory, else draws, as many as take
  /// 256 MB but no fewer than 1,000 and no more than 100,000.
  func measured(seed: UInt64) -> Tensor<Double>? {
    switch self {
    case .standardGaussian: nil
    case .named(let name): name.density.sample(count: 10_000, seed: seed)
    case .points(let points, _): points
    case .mapped(let points):
      points.sample(count: max(1_000, min(100_000, (1 << 25) / points.dimension)), seed: seed)
    }
  }

  /// The points to train on and those held out; a density with a name has no finite set to memorise.
  func split(
    holdingOut fraction: Double,
    seed: UInt64
  ) throws(PointsError) -> (training: RunSource, heldOut: RunSource?) {
    switch self {
    case .standardGaussian, .named: return (self, nil)
    case .points(let points, let origin):
      let parts = try EmpiricalDensity(points: points).split(holdingOut: fraction, seed: seed)
      return (
        .points(parts.training.points, origin: origin),
        .points(parts.heldOut.points, origin: origin)
      )
    case .mapped(let points):
      let parts = try points.split(holdingOut: fraction, seed: seed)
      return (.mapped(parts.training), .mapped(parts.heldOut))
    }
  }
}
