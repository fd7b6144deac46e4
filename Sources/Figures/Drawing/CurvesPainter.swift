/// Draws curves, long ones piece by piece.
///
/// Cairo looks for every crossing of a path with itself: a noisy curve of 100,000 corners takes
/// minutes as one path and milliseconds in pieces.
struct CurvesPainter {
  /// The corners of a piece.
  private static let pieceLength = 128
  /// Above, curves in a vector file become a picture.
  private static let mostCorners = 50_000

  let plot: Rect
  let x: AxisMapping
  let y: AxisMapping

  func paint(_ curves: Curves, on canvas: Canvas) {
    let corners = curves.paths.reduce(0) { $0 + $1.count }
    guard corners > Self.mostCorners else { return trace(curves, on: canvas) }
    canvas.rasterized(in: plot) { trace(curves, on: $0) }
  }

  private func trace(_ curves: Curves, on canvas: Canvas) {
    let opacity = curves.color.opacity * curves.opacity
    for path in curves.paths {
      if path.count <= Self.pieceLength || opacity == 1 {
        canvas.setColor(curves.color.withOpacity(opacity))
        trace(path, curves, on: canvas)
      } else {
        // The joints of transparent pieces would show.
        canvas.grouped(opacity: opacity) {
          canvas.setColor(curves.color.withOpacity(1))
          trace(path, curves, on: canvas)
        }
      }
    }
  }

  private func trace(_ path: Points, _ curves: Curves, on canvas: Canvas) {
    var last: (x: Double, y: Double)?
    var isAlone = false
    var length = 0.0
    // A corner without a neighbour is a dot.
    func end() {
      if isAlone, let last { canvas.line(to: last.x, last.y) }
    }
    var corners = 0
    canvas.setLine(width: curves.width, dash: curves.dash, isRound: true)
    for (dataX, dataY) in zip(path.x, path.y) {
      guard let pageX = x.position(of: dataX), let pageY = y.position(of: dataY) else {
        end()
        last = nil
        continue
      }
      if let last {
        let (across, down) = (pageX - last.x, pageY - last.y)
        length += (across * across + down * down).squareRoot()
        canvas.line(to: pageX, pageY)
        isAlone = false
      } else {
        isAlone = true
        canvas.move(to: pageX, pageY)
      }
      last = (pageX, pageY)
      corners += 1
      if corners.isMultiple(of: Self.pieceLength) {
        canvas.stroke()
        canvas.setLine(width: curves.width, dash: curves.dash, offset: length, isRound: true)
        canvas.move(to: pageX, pageY)
      }
    }
    end()
    canvas.stroke()
  }
}
