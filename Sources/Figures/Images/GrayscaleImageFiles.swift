extension GrayscaleImage {
  /// Reads a PNG file of any kind.
  ///
  /// Transparent parts lie over white. A colour becomes its luma 0.2126 R + 0.7152 G + 0.0722 B
  /// (ITU-R BT.709) of the encoded components, so that a stored grey g of 255 reads g / 255.
  ///
  /// - Throws: ``FigureError`` when the file cannot be read, is no complete PNG image or announces
  ///   more than ``pixelLimit`` pixels, which is found out before it is decoded.
  public init(contentsOf path: String) throws(FigureError) {
    let head = try Files.head(of: path, count: PNGHeader.length)
    let header: PNGHeader
    do throws(PNGHeader.Flaw) {
      header = try PNGHeader(head)
    } catch {
      throw .notAnImage(path: path, reason: error.reason)
    }
    guard header.width <= Self.pixelLimit / header.height else {
      throw .imageTooLarge(
        path: path,
        width: header.width,
        height: header.height,
        limit: Self.pixelLimit
      )
    }
    let bytes = try Files.contents(of: path)
    guard PNGHeader.isComplete(bytes) else {
      throw .notAnImage(path: path, reason: "the file is cut off")
    }
    do throws(CanvasFailure) {
      self.init(try PixelImage(png: bytes))
    } catch {
      throw .notAnImage(path: path, reason: error.reason)
    }
  }

  /// Writes the picture as a PNG file of 8 bits a component.
  ///
  /// Values outside 0 to 1 take the nearest end, NaN is black. The file appears complete or not at
  /// all, and replaces what stood at the path.
  ///
  /// - Throws: ``FigureError/cannotWrite(path:reason:)``; cairo refuses sides above 32,767 pixels.
  public func write(to path: String) throws(FigureError) {
    let bytes: [UInt8]
    do throws(CanvasFailure) {
      let (width, height) = (Double(width), Double(height))
      let canvas = try Canvas(.pixels(width: width, height: height, scale: 1))
      canvas.draw(pixelImage, in: Rect(x: 0, y: 0, width: width, height: height))
      bytes = try canvas.finish()
    } catch {
      throw .cannotWrite(path: path, reason: error.reason)
    }
    try Files.replace(path, with: bytes)
  }

  private init(_ image: PixelImage) {
    let values = image.pixels.map { pixel in
      let red = Double(pixel >> 16 & 0xFF)
      let green = Double(pixel >> 8 & 0xFF)
      let blue = Double(pixel & 0xFF)
      // The weights in ten-thousandths: whole numbers keep a stored grey exact.
      return (2126 * red + 7152 * green + 722 * blue) / 2_550_000
    }
    self.init(values, width: image.width, height: image.height)
  }

  private var pixelImage: PixelImage {
    var image = PixelImage(width: width, height: height)
    image.pixels = values.map { value in
      Color(gray: value.isNaN ? 0 : value).premultipliedPixel
    }
    return image
  }
}
