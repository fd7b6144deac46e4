public import StochasticInterpolants
internal import Tensors

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
  ) throws(GridDensityError) {
    let brightness = image.valuesFromBottom
    let weights = isInverted ? brightness.map { 1 - $0 } : brightness
    try self.init(
      values: Tensor(weights, shape: [image.height, image.width]),
      xRange: x,
      yRange: y
    )
  }
}
