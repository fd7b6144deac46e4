/// A rectangle of the page in typographic points, y downward.
struct Rect: Hashable, Sendable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var right: Double { x + width }
  var bottom: Double { y + height }
  var midX: Double { x + width / 2 }
  var midY: Double { y + height / 2 }

  /// Whether a point lies inside or, up to rounding, on the edge.
  func contains(_ x: Double, _ y: Double) -> Bool {
    let slack = 0.01
    return x >= self.x - slack && x <= right + slack && y >= self.y - slack && y <= bottom + slack
  }

  func grown(by margin: Double) -> Rect {
    Rect(x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
  }
}

/// Space around a plot.
struct Margins: Hashable, Sendable {
  var left = 0.0
  var right = 0.0
  var top = 0.0
  var bottom = 0.0
}

/// A size of the one typeface.
struct Font: Hashable, Sendable {
  var size: Double
  var isBold = false

  /// The height of a capital above and of a comma below the line, in sizes, rounded up.
  private static let ascentShare = 0.78
  private static let descentShare = 0.22

  var ascent: Double { size * Self.ascentShare }
  var descent: Double { size * Self.descentShare }
  var lineHeight: Double { ascent + descent }

  static let figureTitle = Font(size: 13, isBold: true)
  static let panelTitle = Font(size: 11)
  static let axisLabel = Font(size: 10)
  static let tickLabel = Font(size: 9)
  static let legend = Font(size: 9)
}

/// The room a text takes.
struct TextSize: Hashable, Sendable {
  var width: Double
  var ascent: Double
  var descent: Double
}

/// Lengths and colours common to all figures, in points.
enum Style {
  static let padding = 8.0
  static let columnGap = 16.0
  static let rowGap = 12.0
  static let smallestPlot = 24.0

  static let axisWidth = 0.8
  static let gridWidth = 0.5
  static let tickLength = 3.5
  static let minorTickLength = 2.0
  static let tickGap = 3.0
  static let labelGap = 4.0
  static let titleGap = 6.0
  /// The least distance between two labels side by side.
  static let labelDistance = 8.0

  static let barGap = 8.0
  static let barWidth = 10.0

  static let legendInset = 6.0
  static let legendPadding = 4.0
  static let legendSwatch = 16.0
  static let legendGap = 5.0
  static let legendRow = 12.5

  static let axisColor = Color(gray: 0.15)
  static let gridColor = Color(gray: 0.88)
  static let textColor = Color(gray: 0.1)
}
