public import Gradients

/// What a run directory says about a run, every default written out.
public struct RunConfiguration: Sendable, Codable {
  /// Where the points of the density at t = 0 come from.
  public enum Base: Sendable, Hashable, Codable {
    /// N(0, Id) in standardised coordinates, the base of one-sided interpolants.
    case gaussian
    /// A density with a name.
    case named(NamedDensity)
    /// The points of the run directory's `base.npy`.
    case points
  }

  /// One trained network.
  public struct Field: Sendable, Hashable, Codable {
    /// Which field it is.
    public var kind: Objective.Kind
    /// The first and last time on which it was trained.
    public var times: [Double]
    /// The network.
    public var network: MLP

    /// Describes a trained network.
    public init(kind: Objective.Kind, times: ClosedRange<Double>, network: MLP) {
      self.kind = kind
      self.times = [times.lowerBound, times.upperBound]
      self.network = network
    }
  }

  /// The version of the layout of run directories that this library writes.
  public static let currentFormat = 1

  /// The version of the directory's layout.
  public var format: Int = currentFormat
  /// The number of components of a point.
  public var dimension: Int
  /// The interpolant.
  public var interpolant: InterpolantChoice
  /// Where the points at t = 0 come from.
  public var base: Base
  /// Where the points at t = 1 came from, in words.
  public var target: String
  /// The trained networks.
  public var fields: [Field]
  /// How they were trained.
  public var training: TrainingConfiguration
  /// The map from the user's coordinates to those of the networks.
  public var standardization: Standardization
  /// The share of points held out.
  public var holdingOut: Double

  /// Describes a run.
  ///
  /// - Parameters:
  ///   - dimension: the number of components of a point.
  ///   - interpolant: the interpolant.
  ///   - base: where the points at t = 0 come from.
  ///   - target: where the points at t = 1 came from, in words.
  ///   - fields: the trained networks.
  ///   - training: how they were trained.
  ///   - standardization: the map from the user's coordinates to those of the networks.
  ///   - holdingOut: the share of points held out.
  public init(
    dimension: Int,
    interpolant: InterpolantChoice,
    base: Base,
    target: String,
    fields: [Field],
    training: TrainingConfiguration,
    standardization: Standardization,
    holdingOut: Double
  ) {
    self.dimension = dimension
    self.interpolant = interpolant
    self.base = base
    self.target = target
    self.fields = fields
    self.training = training
    self.standardization = standardization
    self.holdingOut = holdingOut
  }
}
