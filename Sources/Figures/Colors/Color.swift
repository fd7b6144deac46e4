/// A colour in sRGB with an opacity.
public struct Color: Hashable, Sendable {
  /// The gamma-encoded red component, 0 to 1.
  public var red: Double

  /// The gamma-encoded green component, 0 to 1.
  public var green: Double

  /// The gamma-encoded blue component, 0 to 1.
  public var blue: Double

  /// How much the colour covers what lies beneath: 0 nothing, 1 all.
  public var opacity: Double

  /// Makes a colour of components between 0 and 1.
  public init(red: Double, green: Double, blue: Double, opacity: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.opacity = opacity
  }

  /// Makes an opaque colour of a number as it is written on the web: `Color(hex: 0x0072B2)`.
  ///
  /// - Precondition: `hex` lies between 0 and 0xFFFFFF.
  public init(hex: Int) {
    require((0...0xFF_FFFF).contains(hex), "Color: \(hex) is not between 0 and 0xFFFFFF")
    self.init(
      red: Double(hex >> 16) / 255,
      green: Double(hex >> 8 & 0xFF) / 255,
      blue: Double(hex & 0xFF) / 255
    )
  }

  /// Makes an opaque grey, 0 black to 1 white.
  public init(gray: Double) {
    self.init(red: gray, green: gray, blue: gray)
  }

  /// Black.
  public static let black = Color(gray: 0)

  /// White.
  public static let white = Color(gray: 1)

  /// The colour with another opacity.
  public func withOpacity(_ opacity: Double) -> Color {
    Color(red: red, green: green, blue: blue, opacity: opacity)
  }

  /// The pixel as cairo wants it: alpha in the high byte, components multiplied by alpha.
  var premultipliedPixel: UInt32 {
    let alpha = byte(opacity)
    let components = [red, green, blue].map { byte($0 * Double(alpha) / 255) }
    return alpha << 24 | components[0] << 16 | components[1] << 8 | components[2]
  }

  /// The colour with its components between 0 and 1, NaN as 0.
  var clamped: Color {
    Color(
      red: unit(red),
      green: unit(green),
      blue: unit(blue),
      opacity: unit(opacity)
    )
  }

  private func byte(_ value: Double) -> UInt32 { UInt32((unit(value) * 255).rounded()) }

  private func unit(_ value: Double) -> Double {
    // NaN is not above zero either.
    value > 0 ? min(value, 1) : 0
  }
}
