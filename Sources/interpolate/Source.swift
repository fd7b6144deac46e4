import StochasticInterpolants
import Tensors

/// One end of a bridge as typed: the name of a density, or a file of points.
enum Source {
  case named(NamedDensity)
  case points(Tensor<Double>, path: String)

  /// A name is looked up first; what looks like a path is read.
  init(_ text: String) throws {
    if let name = NamedDensity(rawValue: text) {
      self = .named(name)
    } else if text.hasSuffix(".npy") || text.hasSuffix(".csv") || text.contains("/") {
      self = .points(try PointsFile.read(text), path: text)
    } else {
      throw UnknownSource(text: text)
    }
  }

  var dimension: Int {
    switch self {
    case .named(let name): name.density.dimension
    case .points(let points, _): points.shape[1]
    }
  }

  var description: String {
    switch self {
    case .named(let name): name.rawValue
    case .points(let points, let path): "\(path) (\(points.shape[0]) points)"
    }
  }

  func density() throws -> any Density {
    switch self {
    case .named(let name): name.density
    case .points(let points, _): try EmpiricalDensity(points: points)
    }
  }

  /// Points from which mean and scale are measured.
  func measuredPoints(seed: UInt64) -> Tensor<Double> {
    switch self {
    case .named(let name): name.density.sample(count: 10_000, seed: seed)
    case .points(let points, _): points
    }
  }
}

/// A name that is neither a density nor a file.
struct UnknownSource: Error, CustomStringConvertible {
  let text: String

  var description: String {
    let names = NamedDensity.allCases.map(\.rawValue).joined(separator: ", ")
    return "'\(text.prefix(60))' is neither a density (\(names)) nor a .npy or .csv file"
  }
}
