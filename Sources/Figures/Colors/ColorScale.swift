/// How values become colours: a colour map, the range it spans and the scale in between.
public struct ColorScale: Hashable, Sendable {
  /// The colours.
  public var map: ColorMap

  /// The values of the first and the last colour; `nil` takes the smallest and largest finite
  /// value, on a logarithmic scale the smallest positive one.
  ///
  /// Values outside take the colour of the nearest end.
  public var range: ClosedRange<Double>?

  /// How values between the ends are spread.
  ///
  /// On a logarithmic scale zero and negative values take the first colour.
  public var scale: Scale

  /// Makes a scale of colours.
  ///
  /// - Precondition: the bounds of `range` lie within ±10³⁰⁰, on a logarithmic scale above 10⁻³⁰⁰.
  public init(_ map: ColorMap, range: ClosedRange<Double>? = nil, scale: Scale = .linear) {
    if let range { scale.requireValid(range, of: "ColorScale") }
    self.map = map
    self.range = range
    self.scale = scale
  }
}

/// A colour scale whose range is known, with its colours in a table.
struct ResolvedColorScale: Sendable {
  /// More steps than 8-bit lightness can show.
  private static let tableSize = 1024

  let range: ClosedRange<Double>
  let scale: Scale
  let map: ColorMap
  private let table: [Color]
  private let pixels: [UInt32]
  private let missingPixel = ColorMap.missing.premultipliedPixel

  init(_ colors: ColorScale, values: [Double]) {
    // Both may have been changed since the scale was made.
    if let range = colors.range { colors.scale.requireValid(range, of: "ColorScale") }
    var extent = Extent()
    if colors.range == nil { extent.include(values) }
    let range = colors.range ?? extent.range(on: colors.scale)
    self.range = range.map { colors.scale.widened($0) } ?? colors.scale.emptyRange
    self.scale = colors.scale
    self.map = colors.map
    let last = Double(Self.tableSize - 1)
    self.table = (0..<Self.tableSize).map { colors.map.color(at: Double($0) / last) }
    self.pixels = table.map(\.premultipliedPixel)
  }

  func color(of value: Double) -> Color {
    index(of: value).map { table[$0] } ?? ColorMap.missing
  }

  func pixel(of value: Double) -> UInt32 {
    index(of: value).map { pixels[$0] } ?? missingPixel
  }

  private func index(of value: Double) -> Int? {
    guard value.isFinite else { return nil }
    let fraction = scale.fraction(of: value, in: range)
    // Only a logarithm of nothing is not a number here, and it lies below every range.
    guard fraction > 0 else { return 0 }
    return Int((min(fraction, 1) * Double(Self.tableSize - 1)).rounded())
  }
}
