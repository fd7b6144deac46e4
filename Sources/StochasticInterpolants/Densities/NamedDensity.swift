/// The densities in the plane that have a name on the command line, with their default arguments.
///
/// All lie within about [−6, 6]².
public enum NamedDensity: String, CaseIterable, Sendable, Hashable, Codable {
  /// ``StandardGaussian``.
  case gaussian
  /// ``Checkerboard``.
  case checkerboard
  /// ``EightGaussians``.
  case eightGaussians = "eight-gaussians"
  /// ``TwoMoons``.
  case moons
  /// ``TwoSpirals``.
  case spirals
  /// ``Pinwheel``.
  case pinwheel
  /// ``SwissRoll``.
  case swissRoll = "swiss-roll"
  /// ``Rings``.
  case rings

  /// The density of this name.
  public var density: any ExplicitDensity & MomentedDensity {
    switch self {
    case .gaussian: StandardGaussian(dimension: 2)
    case .checkerboard: Checkerboard()
    case .eightGaussians: EightGaussians()
    case .moons: TwoMoons()
    case .spirals: TwoSpirals()
    case .pinwheel: Pinwheel()
    case .swissRoll: SwissRoll()
    case .rings: Rings()
    }
  }

  /// One line that says what it is.
  public var summary: String {
    switch self {
    case .gaussian: "the standard normal law"
    case .checkerboard: "uniform on eight squares of side 2 in [-4, 4]^2, entropy ln 32"
    case .eightGaussians: "eight normal modes of deviation 0.5 on a circle of radius 4"
    case .moons: "two interleaved half circles of radius 3 with normal noise of 0.3"
    case .spirals: "two spirals of 1.5 turns and radius 4 with normal noise of 0.1"
    case .pinwheel: "five twisted arms, scale 2"
    case .swissRoll: "a spiral band of radius 4 with normal noise of 0.2"
    case .rings: "four rings of radius 1, 2, 3 and 4 with a spread of 0.1"
    }
  }

  /// The density of a name as typed.
  ///
  /// - Parameter name: a raw value.
  /// - Throws: an error that lists the names there are.
  public init(name: String) throws(UnknownDensityError) {
    guard let density = NamedDensity(rawValue: name) else { throw UnknownDensityError(name: name) }
    self = density
  }
}

/// A name that no density has.
public struct UnknownDensityError: Error, CustomStringConvertible, Hashable {
  /// The name that was given.
  public let name: String

  /// The error of a name.
  public init(name: String) { self.name = name }

  /// One sentence that lists the names there are.
  public var description: String {
    let names = NamedDensity.allCases.map(\.rawValue).joined(separator: ", ")
    return "there is no density named \"\(name)\"; the names are \(names)"
  }
}
