/// A grid of panels that is written as a PNG, SVG or PDF file.
///
/// ```swift
/// let cloud = Scatter(Points(x: [0, 1, 2], y: [0, 1, 4]), radius: 3)
/// try Figure(Panel("Squares", x: Axis("n"), layers: [.scatter(cloud)])).write(to: "squares.png")
/// ```
public struct Figure: Hashable, Sendable {
  /// What decides the size; lengths are typographic points (1/72 inch).
  public enum Size: Hashable, Sendable {
    /// The plot of each panel, its frame without labels, is this large, and the figure as large
    /// as it must be. Where all panels are of equal aspect, rows are less high, and columns less
    /// wide, when they need less.
    case plots(width: Double, height: Double)

    /// The whole figure is this large, and the plots fill it equally. It grows when the labels
    /// leave less than 24 points for a plot.
    case whole(width: Double, height: Double)
  }

  /// The text above all panels; empty for none.
  public var title: String

  /// The panels, row by row from the top; `nil` leaves a place empty, a shorter row leaves its
  /// last places empty.
  public var rows: [[Panel?]]

  /// What decides the size.
  public var size: Size

  /// The pixels of a PNG file per typographic point: 2 is 144 pixels an inch.
  public var scale: Double

  /// Makes a figure of rows of panels.
  ///
  /// - Precondition: the lengths of `size` and `scale` are positive and finite.
  public init(
    rows: [[Panel?]],
    title: String = "",
    size: Size = .plots(width: 220, height: 165),
    scale: Double = 2
  ) {
    self.title = title
    self.rows = rows
    self.size = size
    self.scale = scale
    requireValid()
  }

  /// Makes a figure of panels that fill rows of `columns` places.
  ///
  /// - Precondition: `columns` is positive; the lengths of `size` and `scale` are positive and
  ///   finite.
  public init(
    _ panels: [Panel],
    columns: Int,
    title: String = "",
    size: Size = .plots(width: 220, height: 165),
    scale: Double = 2
  ) {
    require(columns > 0, "Figure: \(columns) columns")
    let rows = stride(from: 0, to: panels.count, by: columns).map { start in
      Array(panels[start..<min(start + columns, panels.count)])
    }
    self.init(rows: rows, title: title, size: size, scale: scale)
  }

  /// Makes a figure of one panel.
  ///
  /// - Precondition: the lengths of `size` and `scale` are positive and finite.
  public init(
    _ panel: Panel,
    size: Size = .plots(width: 320, height: 240),
    scale: Double = 2
  ) {
    self.init(rows: [[panel]], size: size, scale: scale)
  }

  /// Stops the program for lengths nothing can be drawn with; they may change after `init`.
  func requireValid() {
    switch size {
    case .plots(let width, let height), .whole(let width, let height):
      require(
        width > 0 && height > 0 && width.isFinite && height.isFinite,
        "Figure: size \(width) × \(height) is not positive"
      )
    }
    require(scale > 0 && scale.isFinite, "Figure: scale \(scale) is not positive")
  }
}
