import StochasticInterpolants
import Tensors

/// One end of a bridge as typed: the name of a density, or a place of points.
enum Source {
  /// A name is looked up first; what looks like a path is read.
  static func read(_ text: String) throws -> RunSource {
    if let name = NamedDensity(rawValue: text) { return .named(name) }
    if text.hasSuffix(".npy") { return try .npy(text) }
    guard text == PointsFile.pipe || text.hasSuffix(".csv") || text.contains("/") else {
      throw UnknownSource(text: text)
    }
    return .points(
      try PointsFile.read(text),
      origin: text == PointsFile.pipe ? "standard input" : text
    )
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
