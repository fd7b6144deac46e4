internal import Foundation

/// A path through colours for numbers between 0 and 1, perceptually even by construction.
///
/// Lightness in Oklab is linear along the path (from the ends to the middle for a diverging map),
/// while hue and chroma follow a Bézier curve. Equal steps of the number are therefore equal steps
/// of lightness: the map invents no edges, and it survives a black and white printer.
public struct ColorMap: Hashable, Sendable {
  /// One stretch of even lightness.
  private struct Arm: Hashable, Sendable {
    var start: Double
    var end: Double
    /// Control points of the Bézier curve in the plane (a, b).
    var control: [SIMD2<Double>]

    init(from start: Double, to end: Double, _ control: [(chroma: Double, hue: Double)]) {
      self.start = start
      self.end = end
      self.control = control.map { point in
        let angle = point.hue * .pi / 180
        return SIMD2(point.chroma * cos(angle), point.chroma * sin(angle))
      }
    }

    var reversed: Arm {
      var arm = self
      (arm.start, arm.end) = (end, start)
      arm.control.reverse()
      return arm
    }

    func color(at fraction: Double) -> Oklab {
      var points = control
      // de Casteljau's construction
      while points.count > 1 {
        points = zip(points, points.dropFirst()).map { $0 + ($1 - $0) * fraction }
      }
      return Oklab(lightness: start + (end - start) * fraction, a: points[0].x, b: points[0].y)
    }
  }

  private var arms: [Arm]

  /// The colour for a number between 0 and 1; numbers outside take the nearest end.
  ///
  /// A number that is not finite takes ``missing``.
  public func color(at fraction: Double) -> Color {
    guard fraction.isFinite else { return Self.missing }
    let position = min(max(fraction, 0), 1) * Double(arms.count)
    let index = min(Int(position), arms.count - 1)
    return arms[index].color(at: position - Double(index)).color
  }

  /// The same colours in the opposite order.
  public var reversed: ColorMap {
    ColorMap(arms: arms.reversed().map(\.reversed))
  }

  /// The light grey of values that are not finite.
  public static let missing = Color(gray: 0.8)

  /// Sequential, dark to light: indigo, purple, orange, cream.
  public static let ember = ColorMap(arms: [
    Arm(
      from: 0.16,
      to: 0.97,
      [(0.066, 285), (0.235, 300), (0.29, 10), (0.28, 55), (0.17, 88), (0.07, 105)]
    )
  ])

  /// Sequential, dark to light: violet, teal, green, yellow.
  public static let lagoon = ColorMap(arms: [
    Arm(
      from: 0.22,
      to: 0.95,
      [(0.11, 300), (0.17, 275), (0.09, 225), (0.12, 165), (0.26, 140), (0.15, 108)]
    )
  ])

  /// Sequential, nearly white to dark blue, for densities on white paper.
  public static let ink = ColorMap(arms: [
    Arm(from: 0.99, to: 0.24, [(0, 230), (0.05, 225), (0.15, 232), (0.26, 262), (0.13, 285)])
  ])

  /// Diverging: blue below the middle, nearly white in it, red above.
  public static let balance = ColorMap(arms: [
    Arm(from: 0.36, to: 0.97, [(0.13, 262), (0.23, 256), (0.07, 235), (0, 235)]),
    Arm(from: 0.97, to: 0.36, [(0, 45), (0.07, 50), (0.23, 32), (0.12, 25)]),
  ])

  /// Sequential, black to white.
  public static let gray = ColorMap(arms: [Arm(from: 0, to: 1, [(0, 0)])])
}
