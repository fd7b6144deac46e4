internal import Integrators
internal import RealModule

/// How the times of a sampler's steps are spread over [t₀, t₁]: t_k = t₀ + (t₁ − t₀) w(k/n).
///
/// The times are those of the interpolant: backward the same ones are passed from t₁ to t₀.
public struct StepSpacing: Sendable {
  let warp: @Sendable (Double) -> Double

  /// The spacing of a function.
  ///
  /// - Parameter warp: w, strictly increasing from w(0) = 0 to w(1) = 1; a grid that does not increase
  ///   stops the program.
  public init(_ warp: @escaping @Sendable (Double) -> Double) { self.warp = warp }

  /// Equal steps.
  public static let uniform = StepSpacing { $0 }

  /// w(u) = sin²(πu/2), dense at both ends.
  public static let cosine = StepSpacing { fraction in
    let root = Double.sin(0.5 * .pi * fraction)
    return root * root
  }

  /// w(u) = u + a sin(πu) + b sin(2πu)/2: with a > 0 the steps shorten towards t₁, with b > 0 towards the
  /// middle.
  ///
  /// - Parameters:
  ///   - a: shortens the last steps.
  ///   - b: shortens the steps in the middle; |a| + |b| < 1/π keeps w increasing.
  /// - Returns: the spacing.
  public static func leaning(_ a: Double, _ b: Double = 0) -> StepSpacing {
    StepSpacing { $0 + a * Double.sin(.pi * $0) + 0.5 * b * Double.sin(2 * .pi * $0) }
  }

  func grid(steps: Int, times: ClosedRange<Double>, direction: Direction) -> TimeGrid {
    let forward = TimeGrid(
      from: times.lowerBound,
      to: times.upperBound,
      steps: steps,
      warp: warp
    )
    return direction == .forward ? forward : TimeGrid(forward.times.reversed())
  }
}
