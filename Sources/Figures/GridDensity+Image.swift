public import StochasticInterpolants

extension GridDensity {
  /// The density of a picture: piecewise constant, proportional to the brightness of its pixels.
  ///
  /// - Parameters:
  ///   - image: a grey-scale picture; black is 0.
  ///   - isInverted: takes dark pixels for dense instead, as in a drawing on white paper.
  ///   - x: the interval that the width covers.
  ///   - y: the interval that the height covers.
  /// - Throws: ``GridDensityError`` where no pixel has a positive value.
  public init(
    _ image: GrayscaleImage,
    isInverted: Bool = false,
    x: ClosedRange<Double> = -4...4,
    y: ClosedRange<Double> = -4...4
  ) throws {
    let values = image.valuesFromBottom
    let rows = (0..<image.height).map { row in
      (0..<image.width).map { column in
        let value = values[row * image.width + column]
        return isInverted ? 1 - value : value
      }
    }
    try self.init(values: rows, xRange: x, yRange: y)
  }
}
