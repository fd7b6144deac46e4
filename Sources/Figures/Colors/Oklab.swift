internal import Foundation

/// A colour in Oklab, where equal distances look about equally different.
///
/// Formulas and constants: Björn Ottosson, "A perceptual color space for image processing", 2020.
struct Oklab: Hashable, Sendable {
  /// 0 for black, 1 for white.
  var lightness: Double
  /// Green to red.
  var a: Double
  /// Blue to yellow.
  var b: Double

  /// The sRGB colour; components outside `[0, 1]` mean that it cannot be shown.
  var color: Color {
    let long = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
    let middle = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
    let short = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
    return Color(
      red: encode(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
      green: encode(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
      blue: encode(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short)
    )
  }

  private func cube(_ value: Double) -> Double { value * value * value }

  /// Linear light to the sRGB curve.
  private func encode(_ value: Double) -> Double {
    value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
  }
}
