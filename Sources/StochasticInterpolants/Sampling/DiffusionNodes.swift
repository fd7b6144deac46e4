internal import Integrators
internal import Tensors

/// Where a step asks for ε besides its ends and stages: at the nodes of the rule by which it is integrated.
enum DiffusionNodes {
  /// The nodes in a step, in (0, 1), as `AdditiveNoise` asks for them.
  static let places: [Double] = {
    let asked = AskedPlaces()
    let noise = AdditiveNoise(diffusion: { place in
      asked.add(place)
      return 1
    })
    _ = noise.moments(from: 0, to: 1)
    return asked.all
  }()

  /// The first node at which ε is negative, infinite or NaN.
  ///
  /// - Parameters:
  ///   - diffusion: ε.
  ///   - grid: the times of the steps, in either direction.
  ///   - parts: the number of equal parts of a step that have nodes of their own; with 1 they are those of
  ///     the steps.
  /// - Returns: the node and ε there, or nil.
  static func fault(
    of diffusion: (Double) -> Double,
    over grid: [Double],
    parts: Int = 1
  ) -> (time: Double, value: Double)? {
    for (first, second) in zip(grid, grid.dropFirst()) {
      let (start, end) = (min(first, second), max(first, second))
      func bound(_ part: Int) -> Double {
        part == parts ? end : start + (end - start) * (Double(part) / Double(parts))
      }
      for part in 0..<parts {
        let (low, high) = (bound(part), bound(part + 1))
        for place in places {
          let time = low + (high - low) * place
          let value = diffusion(time)
          if !(value >= 0 && value.isFinite) { return (time, value) }
        }
      }
    }
    return nil
  }
}

/// The places at which a function was asked.
private final class AskedPlaces: Sendable {
  private let places = Lock<[Double]>([])

  func add(_ place: Double) { places.withLock { $0.append(place) } }

  var all: [Double] { places.withLock { $0 } }
}
