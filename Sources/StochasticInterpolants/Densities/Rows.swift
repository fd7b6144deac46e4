internal import RealModule
internal import Tensors

/// Loops over the rows of point sets, shared by the densities.
///
/// No result of a row depends on another row or on the number of workers.
enum Rows {
  private static let perTask = 1_024

  /// Runs `body` on consecutive ranges of rows, spread over the shared workers.
  static func forEachBlock(of count: Int, _ body: @Sendable (Range<Int>) -> Void) {
    Workers.shared.forEach((count + perTask - 1) / perTask) { task, _ in
      body(task * perTask..<min(count, (task + 1) * perTask))
    }
  }

  /// A number for each point of the plane, `[count]`.
  static func map(
    _ points: Tensor<Double>,
    _ body: @Sendable (_ x: Double, _ y: Double) -> Double
  ) -> Tensor<Double> {
    let result = Tensor<Double>(uninitialized: [points.shape[0]])
    forEachBlock(of: points.shape[0]) { rows in
      points.buffer.slice(2 * rows.lowerBound..<2 * rows.upperBound).withSpan { source in
        result.buffer.slice(rows).withMutableSpan { target in
          for row in 0..<target.count { target[row] = body(source[2 * row], source[2 * row + 1]) }
        }
      }
    }
    return result
  }

  /// A yes or no for each point of the plane.
  static func test(
    _ points: Tensor<Double>,
    _ body: (_ x: Double, _ y: Double) -> Bool
  ) -> [Bool] {
    points.withSpan { source in
      (0..<source.count / 2).map { body(source[2 * $0], source[2 * $0 + 1]) }
    }
  }

  /// Points of the plane made from a row of uniform and a row of normal numbers each.
  ///
  /// - Parameters:
  ///   - uniforms: `[count, columns]`.
  ///   - normals: `[count, 2]`.
  ///   - body: called with the row's uniform numbers (from the given position on) and normals.
  /// - Returns: `[count, 2]`.
  static func points(
    uniforms: Tensor<Double>,
    normals: Tensor<Double>,
    _ body: (_ uniforms: Span<Double>, _ position: Int, _ z: (Double, Double)) -> (Double, Double)
  ) -> Tensor<Double> {
    let columns = uniforms.shape[1]
    let result = Tensor<Double>(uninitialized: [uniforms.shape[0], 2])
    uniforms.withSpan { u in
      normals.withSpan { z in
        result.buffer.withMutableSpan { target in
          for row in 0..<target.count / 2 {
            let point = body(u, columns * row, (z[2 * row], z[2 * row + 1]))
            target[2 * row] = point.0
            target[2 * row + 1] = point.1
          }
        }
      }
    }
    return result
  }
}

/// log Σ exp(tₖ) of terms given one by one, which may be far below the logarithm of the least number.
///
/// The sum is kept relative to the largest term so far. −∞ for no terms or terms that are all −∞; NaN
/// if one is NaN.
struct LogSum {
  private var largest = -Double.infinity
  private var sum = 0.0

  mutating func add(_ term: Double) {
    if term == -.infinity { return }
    if term > largest {
      sum = sum * Double.exp(largest - term) + 1
      largest = term
    } else {
      sum += Double.exp(term - largest)
    }
  }

  var value: Double { largest + Double.log(sum) }
}

/// A value computed from its neighbours in a struct, which takes no part in equality or hash.
struct Derived<Value: Sendable>: Hashable, Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }

  static func == (_: Derived, _: Derived) -> Bool { true }

  func hash(into _: inout Hasher) {}
}

/// ln 2π.
let logTwoPi = 1.837_877_066_409_345_5

/// The covariance `variance` · I, `[dimension, dimension]`.
func isotropicCovariance(_ variance: Double, dimension: Int) -> Tensor<Double> {
  Tensor(identity: dimension) * variance
}
