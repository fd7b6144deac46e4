internal import Tensors
internal import RealModule

/// How a network sees the time.
public enum TimeEmbedding: Sendable, Hashable, Codable {
  /// t itself: one feature.
  case plain
  /// sin(2π fₖ t), cos(2π fₖ t) for `pairs` frequencies, geometric from 1 to `highest`, and t.
  case sinusoidal(pairs: Int, highest: Double)
  /// sin(2π fₖ t), cos(2π fₖ t) for `pairs` frequencies drawn once from N(0, scale²), and t
  /// (Tancik et al. 2020); fixed, not trained.
  case randomFourier(pairs: Int, scale: Double, seed: UInt64)

  /// The number of features, t included.
  public var width: Int {
    switch self {
    case .plain: 1
    case .sinusoidal(let pairs, _), .randomFourier(let pairs, _, _): 2 * pairs + 1
    }
  }

  /// Why the values of a case make no embedding; nil where they do.
  var fault: String? {
    switch self {
    case .plain: nil
    case .sinusoidal(let pairs, let highest):
      Self.pairs.contains(pairs) && highest >= 1 && Float(2 * Double.pi * highest).isFinite
        ? nil
        : "a sinusoidal embedding needs 1 to 2²⁴ pairs and a highest frequency ≥ 1, of which 2π times it is "
          + "finite in single precision, got \(pairs) and \(highest)"
    case .randomFourier(let pairs, let scale, _):
      // No normal number is beyond 40 standard deviations.
      Self.pairs.contains(pairs) && scale > 0 && Float(2 * Double.pi * 40 * scale).isFinite
        ? nil
        : "a random Fourier embedding needs 1 to 2²⁴ pairs and a scale > 0 whose waves are finite in single "
          + "precision, got \(pairs) and \(scale)"
    }
  }

  private static let pairs = 1...1 << 24

  /// The frequencies fₖ, in cycles per unit of time.
  public var frequencies: [Double] {
    if let fault { fatalError(fault) }
    switch self {
    case .plain: return []
    case .sinusoidal(let pairs, let highest):
      return (0..<pairs).map { k in
        pairs == 1 ? 1 : Double.pow(highest, Double(k) / Double(pairs - 1))
      }
    case .randomFourier(let pairs, let scale, let seed):
      return (RandomBlock(seed: seed, stream: 0, samples: 0..<pairs).normal(columns: 1) * scale)
        .elements
    }
  }

  /// Records the features, `[rows, width]`, of times `[rows, 1]`.
  public func callAsFunction<Scalar>(_ time: Variable<Scalar>) -> Variable<Scalar> {
    let frequencies = self.frequencies
    if frequencies.isEmpty { return time }
    let angular = time.tape.constant(
      Tensor(
        frequencies.map { Scalar(2 * Double.pi * $0) },
        shape: [1, frequencies.count]
      )
    )
    let phase = time * angular
    return .concatenating([time, phase.sin, phase.cos], along: 1)
  }
}
