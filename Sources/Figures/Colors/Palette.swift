/// Colours for curves that stay apart for colour-blind readers.
///
/// M. Okabe and K. Ito, "Color Universal Design", 2008; recommended by B. Wong,
/// "Points of view: Color blindness", Nature Methods 8, 441 (2011). Black comes last here since
/// axes are black, yellow before it since it is faint on white.
public enum Palette {
  /// Blue.
  public static let blue = Color(hex: 0x0072B2)

  /// Vermilion, a red.
  public static let vermilion = Color(hex: 0xD55E00)

  /// Bluish green.
  public static let green = Color(hex: 0x009E73)

  /// Reddish purple.
  public static let purple = Color(hex: 0xCC79A7)

  /// Orange.
  public static let orange = Color(hex: 0xE69F00)

  /// Sky blue.
  public static let skyBlue = Color(hex: 0x56B4E9)

  /// Yellow.
  public static let yellow = Color(hex: 0xF0E442)

  /// All eight, in the order in which to use them.
  public static let colors = [
    blue, vermilion, green, purple, orange, skyBlue, yellow, Color.black,
  ]

  /// The colour of the curve with that number, from 0 on; after eight it begins again.
  ///
  /// - Precondition: `index` is not negative.
  public static func color(_ index: Int) -> Color {
    require(index >= 0, "Palette: no colour with number \(index)")
    return colors[index % colors.count]
  }
}
