import StochasticInterpolants
import Tensors

/// Points to draw, with their title.
struct PointSet {
  /// The file or density they come from.
  let path: String
  let title: String
  let points: Tensor<Double>

  /// The points of a file or draws from a density; of a trajectory one set a time.
  static func read(_ text: String, count: Int, seed: UInt64) throws -> [PointSet] {
    if let name = NamedDensity(rawValue: text) {
      return [
        PointSet(path: text, title: text, points: name.density.sample(count: count, seed: seed))
      ]
    }
    if text.hasSuffix(".npy"), try NPY.readHeader(text).shape.count == 3 {
      let trajectory = try NPY.read(text)
      let times = trajectory.shape[0]
      guard times >= 1, times <= 24, !trajectory.shape.contains(0) else {
        throw PointsFileError(
          path: text,
          problem: "is a trajectory of shape \(trajectory.shape); 1 to 24 times are drawn"
        )
      }
      guard trajectory.firstNonFinite == nil else {
        throw PointsFileError(path: text, problem: "holds a NaN or an infinity")
      }
      return (0..<times).map { time in
        PointSet(
          path: text,
          title: "time \(time + 1) of \(times)",
          points: trajectory.slice(time..<time + 1).reshaped(Array(trajectory.shape[1...]))
        )
      }
    }
    return [PointSet(path: text, title: text, points: try PointsFile.read(text))]
  }
}
