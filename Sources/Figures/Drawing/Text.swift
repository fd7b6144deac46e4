/// Which part of a text stands at its place.
enum TextAnchor {
  case start
  case middle
  case end
}

extension Canvas {
  /// Writes a line of text, turned by `angle` around its place.
  ///
  /// `along` says what stands at the place in the direction of writing, `across` the same in the
  /// direction of lines, `.start` being the top.
  func write(
    _ text: String,
    _ font: Font,
    x: Double,
    y: Double,
    along: TextAnchor,
    across: TextAnchor,
    angle: Double = 0
  ) {
    guard !text.isEmpty else { return }
    let width = measure(text, font).width
    let start =
      switch along {
      case .start: 0.0
      case .middle: -width / 2
      case .end: -width
      }
    let baseline =
      switch across {
      case .start: font.ascent
      // Half a capital, so that digits sit in the middle of their tick.
      case .middle: font.size * 0.36
      case .end: -font.descent
      }
    isolated {
      translate(x: x, y: y)
      if angle != 0 { rotate(by: angle) }
      show(text, font, x: start, baseline: baseline)
    }
  }

  /// Whole pixels for edges of pictures and thin lines; as it is where nothing is made of pixels.
  func snapped(_ length: Double) -> Double {
    isVector ? length : (length * pixelScale).rounded() / pixelScale
  }

  /// The rectangle with its edges on whole pixels.
  func snapped(_ rect: Rect) -> Rect {
    let (x, y) = (snapped(rect.x), snapped(rect.y))
    return Rect(x: x, y: y, width: snapped(rect.right) - x, height: snapped(rect.bottom) - y)
  }

  /// The width of a line in whole pixels, at least one.
  func snappedWidth(_ width: Double) -> Double {
    isVector ? width : max(1, (width * pixelScale).rounded()) / pixelScale
  }

  /// The middle of a thin line of that width, so that its edges lie on whole pixels.
  func crisp(_ position: Double, width: Double) -> Double {
    isVector ? position : snapped(position - width / 2) + width / 2
  }
}
