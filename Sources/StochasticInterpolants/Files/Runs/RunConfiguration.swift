public import Gradients
internal import Tensors

/// What a run directory says about a run, every default written out.
public struct RunConfiguration: Sendable {
  /// One trained network.
  public struct Field: Sendable, Hashable, Codable {
    /// Which field it is.
    public var kind: VectorField
    /// The first and last time on which it is trained.
    public var times: [Double]
    /// The network.
    public var network: MLP
    /// What of a velocity is taken out before the network learns the rest; nil leaves all of it.
    public var preconditioning: Preconditioning?

    /// Describes a trained network.
    ///
    /// - Parameters:
    ///   - kind: which field it is.
    ///   - times: the times on which it is trained.
    ///   - network: the network.
    ///   - preconditioning: what of a velocity is taken out; of other fields nothing can be.
    public init(
      kind: VectorField,
      times: ClosedRange<Double>,
      network: MLP,
      preconditioning: Preconditioning? = nil
    ) {
      self.kind = kind
      self.times = [times.lowerBound, times.upperBound]
      self.network = network
      self.preconditioning = preconditioning
    }

    /// The function that learns: the network, or the velocity around it.
    var learner: any Network {
      guard let own = preconditioning else { return network }
      return PreconditionedVelocity(
        network,
        baseScale: own.baseScale,
        targetScale: own.targetScale,
        latentScale: own.latentScale
      )
    }
  }

  /// The sizes of `PreconditionedVelocity`, in standardised coordinates.
  public struct Preconditioning: Sendable, Hashable, Codable {
    /// σ₀, the size of a component at t = 0.
    public var baseScale: Double
    /// σ₁, the size of a component at t = 1.
    public var targetScale: Double
    /// a of γ² = a t(1−t).
    public var latentScale: Double

    /// Sizes, each 1 and without a latent unless given: those of standardised points.
    public init(baseScale: Double = 1, targetScale: Double = 1, latentScale: Double = 0) {
      self.baseScale = baseScale
      self.targetScale = targetScale
      self.latentScale = latentScale
    }
  }

  /// When the state of a training is stored, and how much of it is kept.
  public struct Checkpoints: Sendable, Hashable, Codable {
    /// The number of steps from one checkpoint to the next.
    public var interval: Int
    /// The number of checkpoints that are kept.
    public var keep: Int

    /// Describes when checkpoints are made.
    ///
    /// - Parameters:
    ///   - interval: the number of steps from one to the next, at least 1.
    ///   - keep: the number that is kept, at least 1.
    public init(interval: Int = 250, keep: Int = 3) {
      require(interval >= 1, "the interval of checkpoints is at least 1 step, got \(interval)")
      require(keep >= 1, "at least one checkpoint is kept, got \(keep)")
      self.interval = interval
      self.keep = keep
    }
  }

  /// The version of the layout of run directories that this library writes; it reads 1 as well.
  public static let currentFormat = 2
  /// The version of the library.
  public static let libraryVersion = "0.1.0"

  /// The version of the directory's layout.
  public var format: Int = currentFormat
  /// The version of the library that wrote it.
  public var library: String = libraryVersion
  /// The number of components of a point.
  public var dimension: Int
  /// The interpolant.
  public var interpolant: InterpolantChoice
  /// Where the points at t = 0 come from.
  public var base: RunEnd
  /// Where the points at t = 1 come from.
  public var target: RunEnd
  /// The trained networks.
  public var fields: [Field]
  /// How they are trained.
  public var training: TrainingConfiguration
  /// The map from the user's coordinates to those of the networks.
  public var standardization: Standardization
  /// The share of the target's points that is held out, where it is points.
  public var holdingOut: Double
  /// When the state of the training is stored.
  public var checkpoints: Checkpoints

  /// Describes a run.
  ///
  /// - Parameters:
  ///   - dimension: the number of components of a point.
  ///   - interpolant: the interpolant.
  ///   - base: where the points at t = 0 come from.
  ///   - target: where the points at t = 1 come from.
  ///   - fields: the trained networks.
  ///   - training: how they are trained.
  ///   - standardization: the map from the user's coordinates to those of the networks.
  ///   - holdingOut: the share of the target's points that is held out.
  ///   - checkpoints: when the state of the training is stored.
  public init(
    dimension: Int,
    interpolant: InterpolantChoice,
    base: RunEnd,
    target: RunEnd,
    fields: [Field],
    training: TrainingConfiguration,
    standardization: Standardization,
    holdingOut: Double = 0.1,
    checkpoints: Checkpoints = Checkpoints()
  ) {
    self.dimension = dimension
    self.interpolant = interpolant
    self.base = base
    self.target = target
    self.fields = fields
    self.training = training
    self.standardization = standardization
    self.holdingOut = holdingOut
    self.checkpoints = checkpoints
  }
}

extension RunConfiguration: Codable {
  private enum CodingKeys: String, CodingKey {
    case format, library, dimension, interpolant, base, target, fields, training, standardization
    case holdingOut, checkpoints
  }

  /// Reads a configuration, of format 1 too.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    format = try container.decode(Int.self, forKey: .format)
    let isFirst = format == 1
    library = isFirst ? "before 0.1.0" : try container.decode(String.self, forKey: .library)
    dimension = try container.decode(Int.self, forKey: .dimension)
    interpolant = try container.decode(InterpolantChoice.self, forKey: .interpolant)
    base = try container.decode(RunEnd.self, forKey: .base)
    target = try container.decode(RunEnd.self, forKey: .target)
    fields = try container.decode([Field].self, forKey: .fields)
    training = try container.decode(TrainingConfiguration.self, forKey: .training)
    standardization = try container.decode(Standardization.self, forKey: .standardization)
    holdingOut = try container.decode(Double.self, forKey: .holdingOut)
    checkpoints =
      isFirst ? Checkpoints() : try container.decode(Checkpoints.self, forKey: .checkpoints)
  }
}
