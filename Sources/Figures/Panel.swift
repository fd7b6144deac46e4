/// One plot of a figure: two axes and what is drawn between them.
public struct Panel: Hashable, Sendable {
  /// Where the legend stands.
  public enum Legend: Hashable, Sendable {
    /// There is none.
    case hidden

    /// In the upper left corner of the plot.
    case topLeft

    /// In the upper right corner of the plot.
    case topRight

    /// In the lower left corner of the plot.
    case bottomLeft

    /// In the lower right corner of the plot.
    case bottomRight

    /// Beside the plot, on its right.
    case outside
  }

  /// A strip beside the plot that explains the colours of a layer.
  public struct ColorBar: Hashable, Sendable {
    /// The text along the strip; empty for none.
    public var label: String

    /// Makes a colour bar.
    public init(_ label: String = "") {
      self.label = label
    }
  }

  /// The text above the plot; empty for none.
  public var title: String

  /// The horizontal axis.
  public var x: Axis

  /// The vertical axis.
  public var y: Axis

  /// Whether one unit is equally long on both axes, so that circles are round; both are linear
  /// then.
  public var hasEqualAspect: Bool

  /// Whether faint lines run from the labelled ticks across the plot, beneath the layers.
  public var showsGrid: Bool

  /// Where the legend stands; it lists the layers with a label and is left out when none has one.
  public var legend: Legend

  /// The colour bar of the first heat map or scatter plot coloured by values; `nil`, or no such
  /// layer, for none.
  public var colorBar: ColorBar?

  /// What is drawn, from the bottom up.
  public var layers: [Layer]

  /// Makes a panel; without layers it is an empty frame.
  public init(
    _ title: String = "",
    x: Axis = Axis(),
    y: Axis = Axis(),
    hasEqualAspect: Bool = false,
    showsGrid: Bool = false,
    legend: Legend = .topRight,
    colorBar: ColorBar? = nil,
    layers: [Layer] = []
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.hasEqualAspect = hasEqualAspect
    self.showsGrid = showsGrid
    self.legend = legend
    self.colorBar = colorBar
    self.layers = layers
  }
}
