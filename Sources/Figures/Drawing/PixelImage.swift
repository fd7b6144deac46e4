/// A picture of premultiplied pixels, alpha in the high byte; row 0 at the top.
struct PixelImage: Sendable {
  let width: Int
  let height: Int
  var pixels: [UInt32]

  /// A transparent picture.
  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    self.pixels = [UInt32](repeating: 0, count: width * height)
  }
}
