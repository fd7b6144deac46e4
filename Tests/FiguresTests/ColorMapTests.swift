import Figures
import Foundation
import Testing

@Suite struct ColorMapTests {
  /// The other direction of Ottosson's formulas, with his own constants.
  private func lightness(_ color: Color) -> Double {
    let linear = [color.red, color.green, color.blue].map { value in
      value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    func cone(_ red: Double, _ green: Double, _ blue: Double) -> Double {
      cbrt(red * linear[0] + green * linear[1] + blue * linear[2])
    }
    return 0.2104542553 * cone(0.4122214708, 0.5363325363, 0.0514459929)
      + 0.7936177850 * cone(0.2119034982, 0.6806995451, 0.1073969566)
      - 0.0040720468 * cone(0.0883024619, 0.2817188376, 0.6299787005)
  }

  /// The published matrices invert each other to 4e-8, and the cube root magnifies the first one's
  /// 2e-10 by less than 150 in the darkest colour.
  private static let rounding = 1e-7

  private static let steps = 100

  private func lightnesses(_ map: ColorMap, _ fractions: ClosedRange<Double>) -> [Double] {
    (0...Self.steps).map { index in
      let share = Double(index) / Double(Self.steps)
      let length = fractions.upperBound - fractions.lowerBound
      return lightness(map.color(at: fractions.lowerBound + share * length))
    }
  }

  private func expectEven(_ values: [Double]) {
    let step = (values[Self.steps] - values[0]) / Double(Self.steps)
    #expect(abs(step) > 0.005)
    for (previous, next) in zip(values, values.dropFirst()) {
      #expect(abs(next - previous - step) <= 2 * Self.rounding)
    }
  }

  @Test(arguments: [ColorMap.ember, .lagoon, .ink, .gray, .ember.reversed])
  func lightnessOfSequentialMapsIsEven(map: ColorMap) {
    expectEven(lightnesses(map, 0...1))
  }

  @Test func lightnessOfTheDivergingMapIsEvenAndSymmetric() {
    let lower = lightnesses(.balance, 0...0.5)
    let upper = lightnesses(.balance, 0.5...1)
    expectEven(lower)
    expectEven(upper)
    for (left, right) in zip(lower, upper.reversed()) {
      #expect(abs(left - right) <= Self.rounding)
    }
  }

  @Test(arguments: [ColorMap.ember, .lagoon, .ink, .gray, .balance])
  func everyColorCanBeShown(map: ColorMap) {
    for index in 0...1000 {
      let color = map.color(at: Double(index) / 1000)
      for component in [color.red, color.green, color.blue] {
        #expect((-Self.rounding...1 + Self.rounding).contains(component))
      }
    }
  }

  @Test func endsDirectionsAndMissingValues() {
    #expect(lightness(ColorMap.ink.color(at: 0)) > 0.98)
    #expect(lightness(ColorMap.ember.color(at: 0)) < 0.2)
    #expect(ColorMap.ember.color(at: -3) == ColorMap.ember.color(at: 0))
    #expect(ColorMap.ember.color(at: 7) == ColorMap.ember.color(at: 1))
    #expect(ColorMap.ember.reversed.color(at: 0) == ColorMap.ember.color(at: 1))
    #expect(ColorMap.ember.color(at: .nan) == ColorMap.missing)
  }

  /// 51, 102 and 153 of 255 are fifths, rounded once like the decimals.
  @Test func namedColorsAndOpacity() {
    let color = Color(hex: 0x336699)
    #expect(color == Color(red: 0.2, green: 0.4, blue: 0.6, opacity: 1))
    let faint = color.withOpacity(0.25)
    #expect(faint == Color(red: 0.2, green: 0.4, blue: 0.6, opacity: 0.25))
    #expect(faint.withOpacity(1) == color)
    #expect(Color.white == Color(hex: 0xFFFFFF) && Color.black == Color(hex: 0))
    #expect(Color.white.withOpacity(0) != .white)
  }

  @Test func paletteBeginsAgain() {
    #expect(Palette.color(0) == Color(hex: 0x0072B2))
    #expect(Palette.color(8) == Palette.color(0))
    #expect(Set(Palette.colors).count == 8)
  }
}
