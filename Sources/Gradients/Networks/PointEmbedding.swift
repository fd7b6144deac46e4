internal import RealModule
internal import Tensors

/// How a network sees a point.
///
/// A perceptron learns slow functions of its inputs first (Rahaman et al. 2019); densities with edges and
/// gaps need fast ones early.
public enum PointEmbedding: Sendable, Hashable, Codable {
  /// x itself.
  case plain
  /// x, and sin(2π f xᵢ), cos(2π f xᵢ) of each component for f = `lowest` · 2ᵏ, k < `octaves`: the
  /// features of Mildenhall et al. 2020, made for points of unit size.
  case sinusoidal(octaves: Int, lowest: Double)

  /// Why the values of a case make no embedding; nil where they do.
  var fault: String? {
    switch self {
    case .plain: nil
    case .sinusoidal(let octaves, let lowest):
      octaves >= 1 && lowest > 0
        && Float(2 * Double.pi * lowest * Double.pow(2, Double(octaves - 1))).isFinite
        ? nil
        : "a sinusoidal embedding needs octaves ≥ 1 and a lowest frequency > 0, of which 2π times the highest is "
          + "finite in single precision, got \(octaves) and \(lowest)"
    }
  }

  /// The frequencies f, in cycles per unit of a component.
  public var frequencies: [Double] {
    if let fault { fatalError(fault) }
    switch self {
    case .plain: return []
    case .sinusoidal(let octaves, let lowest):
      return (0..<octaves).map { lowest * Double.pow(2, Double($0)) }
    }
  }

  /// The number of features of a point of a dimension, its components included.
  public func width(dimension: Int) -> Int {
    switch self {
    case .plain: dimension
    case .sinusoidal(let octaves, _): dimension * (2 * octaves + 1)
    }
  }

  /// Records the features, `[rows, width]`, of points `[rows, dimension]`: x, then the sines and the
  /// cosines of each frequency.
  public func callAsFunction<Scalar>(_ points: Variable<Scalar>) -> Variable<Scalar> {
    let waves = frequencies.flatMap { frequency -> [Variable<Scalar>] in
      let phase = points * (2 * Double.pi * frequency)
      return [phase.sin, phase.cos]
    }
    return waves.isEmpty ? points : .concatenating([points] + waves, along: 1)
  }
}
