/// Numbers as text, the same in every locale.
package enum NumberText {
  /// The decimal number `digits` × 10^`exponent`: plain for everyday sizes, else as 1.5×10⁻⁷.
  package static func decimal(_ digits: Int, exponent: Int) -> String {
    guard digits != 0 else { return "0" }
    var (magnitude, power) = (digits.magnitude, exponent)
    while magnitude.isMultiple(of: 10) {
      magnitude /= 10
      power += 1
    }
    let text = String(magnitude)
    let sign = digits < 0 ? "−" : ""
    // The exponent of the leading digit.
    let leading = text.count - 1 + power
    guard (-4...5).contains(leading) else {
      return sign + scientific(text, exponent: leading)
    }
    return sign + plain(text, power: power)
  }

  /// A power of ten, as 10⁻³.
  package static func powerOfTen(_ exponent: Int) -> String {
    "10" + superscript(exponent)
  }

  private static func plain(_ text: String, power: Int) -> String {
    if power >= 0 { return text + String(repeating: "0", count: power) }
    let padded = String(repeating: "0", count: max(0, 1 - power - text.count)) + text
    return padded.dropLast(-power) + "." + padded.suffix(-power)
  }

  private static func scientific(_ text: String, exponent: Int) -> String {
    let rest = text.dropFirst()
    let mantissa = rest.isEmpty ? text : "\(text.prefix(1)).\(rest)"
    return mantissa == "1" ? powerOfTen(exponent) : "\(mantissa)×\(powerOfTen(exponent))"
  }

  private static func superscript(_ number: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return String(
      String(number).map { character in
        character.wholeNumberValue.map { digits[$0] } ?? "⁻"
      }
    )
  }
}
