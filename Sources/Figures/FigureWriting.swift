internal import Foundation

extension Figure {
  /// A file format a figure can be written in.
  public enum Format: Hashable, Sendable, CaseIterable {
    /// Pixels, with ``Figure/scale`` of them a point.
    case png

    /// Vector graphics for browsers.
    case svg

    /// Vector graphics for print.
    case pdf

    /// The format for the extension of a path, in any case; `nil` for any other extension.
    init?(path: String) {
      switch URL(fileURLWithPath: path).pathExtension.lowercased() {
      case "png": self = .png
      case "svg": self = .svg
      case "pdf": self = .pdf
      default: return nil
      }
    }
  }

  /// Draws the figure into a file; the extension `png`, `svg` or `pdf` decides the format.
  ///
  /// The file appears complete or not at all, and replaces what stood at the path.
  ///
  /// - Throws: ``FigureError/unknownFormat(path:)`` for another extension, or
  ///   ``FigureError/cannotWrite(path:reason:)``.
  public func write(to path: String) throws(FigureError) {
    requireValid()
    guard let format = Format(path: path) else { throw .unknownFormat(path: path) }
    let bytes: [UInt8]
    do throws(CanvasFailure) {
      bytes = try drawn(as: format)
    } catch {
      throw .cannotWrite(path: path, reason: error.reason)
    }
    try Files.replace(path, with: bytes)
  }

  /// The bytes of the PNG file.
  func pngBytes(for path: String) throws(FigureError) -> [UInt8] {
    requireValid()
    do throws(CanvasFailure) {
      return try drawn(as: .png)
    } catch {
      throw .cannotWrite(path: path, reason: error.reason)
    }
  }

  private func drawn(as format: Format) throws(CanvasFailure) -> [UInt8] {
    let layout = FigureLayout(self, measuring: try Canvas(.pixels(width: 1, height: 1, scale: 1)))
    let (width, height) = (layout.width, layout.height)
    let canvas =
      switch format {
      case .png: try Canvas(.pixels(width: width, height: height, scale: scale))
      case .svg: try Canvas(.svg(width: width, height: height))
      case .pdf: try Canvas(.pdf(width: width, height: height))
      }
    FigurePainter(figure: self, layout: layout, canvas: canvas).paint()
    return try canvas.finish()
  }
}
