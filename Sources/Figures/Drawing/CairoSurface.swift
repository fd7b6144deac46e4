internal import CCairo

// The only file of this module that holds pointers.

/// Cairo refused.
struct CanvasFailure: Error {
  let reason: String

  fileprivate init(_ status: cairo_status_t) {
    self.reason = String(cString: cairo_status_to_string(status))
  }
}

/// A page to draw on: typographic points, origin at the top left, y downward.
final class Canvas {
  /// Where the drawing goes; widths and heights in points.
  enum Target {
    /// A picture with `scale` pixels a point.
    case pixels(width: Double, height: Double, scale: Double)
    case svg(width: Double, height: Double)
    case pdf(width: Double, height: Double)
  }

  /// Bytes cairo writes.
  private final class Sink {
    var bytes: [UInt8] = []
  }

  /// Pixels a point of pictures inside a vector file.
  private static let embeddedScale = 4.0

  /// Whether the target keeps shapes rather than pixels.
  let isVector: Bool

  /// Pixels a point, of the target itself or of pictures inside it.
  let pixelScale: Double

  private let surface: OpaquePointer
  private let context: OpaquePointer
  private let sink = Sink()

  init(_ target: Target) throws(CanvasFailure) {
    let closure = Unmanaged.passUnretained(sink).toOpaque()
    let created: OpaquePointer?
    switch target {
    case .pixels(let width, let height, let scale):
      isVector = false
      pixelScale = scale
      created = cairo_image_surface_create(
        CAIRO_FORMAT_ARGB32,
        Self.pixelCount(width * scale),
        Self.pixelCount(height * scale)
      )
    case .svg(let width, let height):
      isVector = true
      pixelScale = Self.embeddedScale
      created = cairo_svg_surface_create_for_stream(Self.append, closure, width, height)
    case .pdf(let width, let height):
      isVector = true
      pixelScale = Self.embeddedScale
      created = cairo_pdf_surface_create_for_stream(Self.append, closure, width, height)
    }
    // Cairo hands out an error object, never nil.
    guard let created, let context = cairo_create(created) else {
      throw CanvasFailure(CAIRO_STATUS_NO_MEMORY)
    }
    self.surface = created
    self.context = context
    let status = cairo_status(context)
    guard status == CAIRO_STATUS_SUCCESS else { throw CanvasFailure(status) }
    if !isVector { cairo_scale(context, pixelScale, pixelScale) }
    // Without hinting a text is as wide in one format as in the others.
    let options = cairo_font_options_create()
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_set_font_options(context, options)
    cairo_font_options_destroy(options)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// Ends the drawing and returns the file.
  func finish() throws(CanvasFailure) -> [UInt8] {
    var status = cairo_status(context)
    if status == CAIRO_STATUS_SUCCESS {
      if isVector {
        cairo_surface_finish(surface)
        status = cairo_surface_status(surface)
      } else {
        status = cairo_surface_write_to_png_stream(
          surface,
          Self.append,
          Unmanaged.passUnretained(sink).toOpaque()
        )
      }
    }
    guard status == CAIRO_STATUS_SUCCESS else { throw CanvasFailure(status) }
    return sink.bytes
  }

  // MARK: State

  /// Undoes what `body` changes of the colour, the clip and the coordinates.
  func isolated(_ body: () -> Void) {
    cairo_save(context)
    body()
    cairo_restore(context)
  }

  /// Draws `body` as if on a sheet of its own, which is then laid over with that opacity.
  func grouped(opacity: Double, _ body: () -> Void) {
    cairo_push_group(context)
    body()
    cairo_pop_group_to_source(context)
    cairo_paint_with_alpha(context, opacity)
  }

  func translate(x: Double, y: Double) { cairo_translate(context, x, y) }

  func rotate(by angle: Double) { cairo_rotate(context, angle) }

  func clip(to rect: Rect) {
    addRectangle(rect)
    cairo_clip(context)
  }

  func setColor(_ color: Color) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, color.opacity)
  }

  /// Sets how lines are drawn; dashes begin `offset` into their pattern.
  func setLine(width: Double, dash: Dash = .solid, offset: Double = 0, isRound: Bool = false) {
    cairo_set_line_width(context, width)
    let pattern = dash.pattern.map { $0 * width }
    cairo_set_dash(context, pattern, Int32(pattern.count), offset)
    cairo_set_line_join(context, isRound ? CAIRO_LINE_JOIN_ROUND : CAIRO_LINE_JOIN_MITER)
    cairo_set_line_cap(
      context,
      isRound && pattern.isEmpty ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT
    )
  }

  // MARK: Paths

  func move(to x: Double, _ y: Double) { cairo_move_to(context, x, y) }

  func line(to x: Double, _ y: Double) { cairo_line_to(context, x, y) }

  func closePath() { cairo_close_path(context) }

  func addRectangle(_ rect: Rect) {
    cairo_rectangle(context, rect.x, rect.y, rect.width, rect.height)
  }

  func addDisc(x: Double, y: Double, radius: Double) {
    cairo_new_sub_path(context)
    cairo_arc(context, x, y, radius, 0, 2 * .pi)
  }

  func stroke() { cairo_stroke(context) }

  func fill() { cairo_fill(context) }

  // MARK: Text

  /// The width to the next character and the ink above and below the line.
  func measure(_ text: String, _ font: Font) -> TextSize {
    select(font)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    return TextSize(
      width: extents.x_advance,
      ascent: -extents.y_bearing,
      descent: extents.height + extents.y_bearing
    )
  }

  /// Writes with the line beginning at a point.
  func show(_ text: String, _ font: Font, x: Double, baseline: Double) {
    select(font)
    cairo_move_to(context, x, baseline)
    cairo_show_text(context, text)
    cairo_new_path(context)
  }

  private func select(_ font: Font) {
    cairo_select_font_face(
      context,
      "sans-serif",
      CAIRO_FONT_SLANT_NORMAL,
      font.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL
    )
    cairo_set_font_size(context, font.size)
  }

  // MARK: Pictures

  /// Draws a picture over a rectangle, each pixel a sharp box.
  func draw(_ image: PixelImage, in rect: Rect) {
    guard image.width > 0, image.height > 0,
      let source = cairo_image_surface_create(
        CAIRO_FORMAT_ARGB32,
        Int32(image.width),
        Int32(image.height)
      )
    else { return }
    defer { cairo_surface_destroy(source) }
    // No data for an error object, whose status then passes on to the context.
    if let data = cairo_image_surface_get_data(source) {
      let stride = Int(cairo_image_surface_get_stride(source))
      image.pixels.withUnsafeBytes { pixels in
        for row in 0..<image.height {
          let bytes = image.width * 4
          UnsafeMutableRawBufferPointer(start: data + row * stride, count: bytes)
            .copyMemory(
              from: UnsafeRawBufferPointer(rebasing: pixels[row * bytes..<(row + 1) * bytes])
            )
        }
      }
      cairo_surface_mark_dirty(source)
    }
    paint(source, in: rect, width: image.width, height: image.height)
  }

  /// Draws `body` as a picture when the target keeps shapes, for drawings of very many of them.
  func rasterized(in rect: Rect, _ body: (Canvas) -> Void) {
    let target = Target.pixels(width: rect.width, height: rect.height, scale: pixelScale)
    guard isVector, let canvas = try? Canvas(target) else { return body(self) }
    canvas.translate(x: -rect.x, y: -rect.y)
    body(canvas)
    cairo_surface_flush(canvas.surface)
    paint(
      canvas.surface,
      in: rect,
      width: Int(cairo_image_surface_get_width(canvas.surface)),
      height: Int(cairo_image_surface_get_height(canvas.surface))
    )
  }

  private func paint(_ source: OpaquePointer, in rect: Rect, width: Int, height: Int) {
    guard rect.width > 0, rect.height > 0 else { return }
    isolated {
      translate(x: rect.x, y: rect.y)
      cairo_scale(context, rect.width / Double(width), rect.height / Double(height))
      cairo_set_source_surface(context, source, 0, 0)
      cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST)
      cairo_paint(context)
    }
  }

  /// Whole pixels; cairo itself refuses too many.
  private static func pixelCount(_ length: Double) -> Int32 {
    Int32(min(max(length.rounded(.up), 1), Double(Int32.max)))
  }

  private static let append: cairo_write_func_t = { closure, data, length in
    guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
    let sink = Unmanaged<Sink>.fromOpaque(closure).takeUnretainedValue()
    sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
    return CAIRO_STATUS_SUCCESS
  }
}

// MARK: - PNG

extension PixelImage {
  /// Decodes a PNG file and lays it over white, so that no pixel is transparent.
  init(png bytes: [UInt8]) throws(CanvasFailure) {
    let source = PNGSource(bytes)
    let decoded = cairo_image_surface_create_from_png_stream(
      PNGSource.read,
      Unmanaged.passUnretained(source).toOpaque()
    )
    defer { cairo_surface_destroy(decoded) }
    let status = withExtendedLifetime(source) { cairo_surface_status(decoded) }
    guard status == CAIRO_STATUS_SUCCESS else { throw CanvasFailure(status) }
    let width = cairo_image_surface_get_width(decoded)
    let height = cairo_image_surface_get_height(decoded)
    // Cairo converts whatever format the file has.
    let page = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)
    let context = cairo_create(page)
    cairo_set_source_rgb(context, 1, 1, 1)
    cairo_paint(context)
    cairo_set_source_surface(context, decoded, 0, 0)
    cairo_paint(context)
    let drawn = cairo_status(context)
    cairo_destroy(context)
    defer { cairo_surface_destroy(page) }
    cairo_surface_flush(page)
    guard drawn == CAIRO_STATUS_SUCCESS, let data = cairo_image_surface_get_data(page) else {
      throw CanvasFailure(drawn)
    }
    let stride = Int(cairo_image_surface_get_stride(page))
    self.init(width: Int(width), height: Int(height))
    for row in 0..<self.height {
      let line = UnsafeRawBufferPointer(start: data + row * stride, count: self.width * 4)
      for column in 0..<self.width {
        // The high byte of this format is undefined.
        pixels[row * self.width + column] =
          line.loadUnaligned(fromByteOffset: column * 4, as: UInt32.self) | 0xFF00_0000
      }
    }
  }
}

/// Bytes cairo reads, in order.
private final class PNGSource {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  static let read: cairo_read_func_t = { closure, data, length in
    guard let closure, let data else { return CAIRO_STATUS_READ_ERROR }
    let source = Unmanaged<PNGSource>.fromOpaque(closure).takeUnretainedValue()
    let end = source.position + Int(length)
    guard end <= source.bytes.count else { return CAIRO_STATUS_READ_ERROR }
    _ = UnsafeMutableBufferPointer(start: data, count: Int(length))
      .update(fromContentsOf: source.bytes[source.position..<end])
    source.position = end
    return CAIRO_STATUS_SUCCESS
  }
}
