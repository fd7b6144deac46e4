/// Numbers as text, the same in every locale.
package enum NumberText {
  /// Leading digits from here are written plainly, others with a power of ten.
  private static let plainExponents = -3...4

  /// The decimal numbers `digits` × 10^`exponent`, all in one notation and to one digit.
  ///
  /// Everyday sizes are plain, as 0.05 and 0.10; others share the power of ten of the largest, as
  /// 0.5×10⁻⁶ and 1.0×10⁻⁶. Zero is 0.
  package static func decimals(_ digits: [Int], exponent: Int) -> [String] {
    let largest = digits.map(\.magnitude).max() ?? 0
    let leading = String(largest).count - 1 + exponent
    let common = plainExponents.contains(leading) ? 0 : leading
    return digits.map { digits in
      guard digits != 0 else { return "0" }
      let sign = digits < 0 ? "−" : ""
      let number = plain(String(digits.magnitude), power: exponent - common)
      guard common != 0 else { return sign + number }
      return sign + (number == "1" ? "" : "\(number)×") + powerOfTen(common)
    }
  }

  /// A power of ten, as 10⁻³.
  package static func powerOfTen(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return "10"
      + String(String(exponent).map { $0.wholeNumberValue.map { digits[$0] } ?? "⁻" })
  }

  private static func plain(_ text: String, power: Int) -> String {
    if power >= 0 { return text + String(repeating: "0", count: power) }
    let padded = String(repeating: "0", count: max(0, 1 - power - text.count)) + text
    return padded.dropLast(-power) + "." + padded.suffix(-power)
  }
}
