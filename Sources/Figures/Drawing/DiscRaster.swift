/// Draws very many discs into the pixels of an area.
///
/// Colours add up in Float: with eight bits, thousands of faint discs over each other would stop
/// getting darker long before they should.
struct DiscRaster {
  private let area: Rect
  private let scale: Double
  private let width: Int
  private let height: Int
  /// Red, green, blue, each times alpha, and alpha.
  private var sums: [SIMD4<Float>]

  init(area: Rect, scale: Double) {
    self.area = area
    self.scale = scale
    width = Int((area.width * scale).rounded())
    height = Int((area.height * scale).rounded())
    sums = [SIMD4<Float>](repeating: .zero, count: width * height)
  }

  /// Adds a disc; place and radius in points of the page.
  mutating func add(x: Double, y: Double, radius: Double, color: Color) {
    let (x, y, radius) = ((x - area.x) * scale, (y - area.y) * scale, radius * scale)
    // Neither NaN nor more than whole numbers can hold.
    guard radius > 0, radius < 1e6, color.opacity > 0 else { return }
    // Half a pixel more for the soft edge.
    let reach = radius + 0.5
    let left = max(0, Int((x - reach).rounded(.down)))
    let right = min(width, Int((x + reach).rounded(.up)))
    let top = max(0, Int((y - reach).rounded(.down)))
    let bottom = min(height, Int((y + reach).rounded(.up)))
    guard left < right, top < bottom else { return }
    let color = color.clamped
    let source =
      SIMD4<Float>(Float(color.red), Float(color.green), Float(color.blue), 1)
      * Float(color.opacity)
    for row in top..<bottom {
      let down = Double(row) + 0.5 - y
      for column in left..<right {
        let across = Double(column) + 0.5 - x
        let distance = (across * across + down * down).squareRoot()
        let coverage = Float(min(max(reach - distance, 0), 1))
        let index = row * width + column
        sums[index] = source * coverage + sums[index] * (1 - source.w * coverage)
      }
    }
  }

  /// The discs so far over a transparent ground.
  var image: PixelImage {
    var image = PixelImage(width: width, height: height)
    for index in sums.indices {
      let bytes = (sums[index] * 255).rounded(.toNearestOrAwayFromZero)
      let alpha = min(bytes.w, 255)
      // No component of a premultiplied pixel may exceed its alpha.
      let (red, green, blue) = (min(bytes.x, alpha), min(bytes.y, alpha), min(bytes.z, alpha))
      image.pixels[index] =
        UInt32(alpha) << 24 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    }
    return image
  }
}
