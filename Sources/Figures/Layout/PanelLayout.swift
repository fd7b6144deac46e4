/// Marks of a panel for one size of its plot, and the room its texts take around the plot.
struct PanelLayout {
  let ranges: PanelRanges
  let xTicks: [Tick]
  let yTicks: [Tick]
  let barTicks: [Tick]
  let legend: [LegendEntry]
  let legendSize: (width: Double, height: Double)
  /// From the right edge of the plot to the left edge of the colour bar's label.
  let barLabelOffset: Double
  /// From the lower edge of the plot to the upper edge of the axis label.
  let xLabelOffset: Double
  /// From the left edge of the plot to the right edge of the axis label.
  let yLabelOffset: Double
  let margins: Margins

  /// Chooses marks and measures texts for a plot, the frame alone, of that size.
  init(_ panel: Panel, ranges: PanelRanges, width: Double, height: Double, canvas: Canvas) {
    let choice = TickChoice(canvas: canvas)
    self.ranges = ranges
    xTicks = choice.horizontal(panel.x, range: ranges.x, length: width)
    yTicks = choice.vertical(panel.y, range: ranges.y, length: height)
    barTicks =
      ranges.bar.map { bar in
        choice.vertical(Axis(scale: bar.scale), range: bar.range, length: height)
      } ?? []
    legend = LegendEntry.entries(of: panel)
    legendSize = LegendEntry.boxSize(legend, canvas)

    let ticksOut = Style.tickLength + Style.tickGap
    let font = Font.tickLabel
    var margins = Margins()

    // Left and right of the plot.
    yLabelOffset = ticksOut + (yTicks.map(choice.width).max() ?? 0) + Style.labelGap
    if panel.y.isVisible {
      let hasLabels = yTicks.contains { !$0.label.isEmpty }
      margins.left = hasLabels ? yLabelOffset - Style.labelGap : 0
      if !panel.y.label.isEmpty { margins.left = yLabelOffset + Font.axisLabel.lineHeight }
    }
    var barEnd = Style.barGap + Style.barWidth + ticksOut + (barTicks.map(choice.width).max() ?? 0)
    barLabelOffset = barEnd + Style.labelGap
    if ranges.bar != nil {
      if let label = panel.colorBar?.label, !label.isEmpty {
        barEnd = barLabelOffset + Font.axisLabel.lineHeight
      }
      margins.right = barEnd
    }
    if panel.legend == .outside, !legend.isEmpty {
      margins.right += Style.barGap + legendSize.width
    }
    let mapping = AxisMapping(range: ranges.x, scale: panel.x.scale, start: 0, end: width)
    for tick in xTicks {
      guard let position = mapping.position(of: tick.value) else { continue }
      margins.left = max(margins.left, choice.width(tick) / 2 - position)
      margins.right = max(margins.right, position + choice.width(tick) / 2 - width)
    }

    // Above and below.
    let labelHalf = font.lineHeight / 2
    let belowTicks = xTicks.contains { !$0.label.isEmpty } ? ticksOut + font.lineHeight : 0
    xLabelOffset = belowTicks + Style.labelGap
    if yTicks.contains(where: { !$0.label.isEmpty }) || !barTicks.isEmpty {
      margins.top = labelHalf
      margins.bottom = labelHalf
    }
    if panel.x.isVisible {
      let below =
        panel.x.label.isEmpty ? belowTicks : xLabelOffset + Font.axisLabel.lineHeight
      margins.bottom = max(margins.bottom, below)
    }
    if !panel.title.isEmpty {
      margins.top = max(margins.top, Style.titleGap + Font.panelTitle.lineHeight)
    }

    // Texts that are longer than the side they stand at.
    func overhang(_ text: String, _ font: Font, _ length: Double) -> Double {
      text.isEmpty ? 0 : max(0, (canvas.measure(text, font).width - length) / 2)
    }
    let across = max(
      overhang(panel.title, .panelTitle, width),
      panel.x.isVisible ? overhang(panel.x.label, .axisLabel, width) : 0
    )
    let along = max(
      panel.y.isVisible ? overhang(panel.y.label, .axisLabel, height) : 0,
      ranges.bar == nil ? 0 : overhang(panel.colorBar?.label ?? "", .axisLabel, height)
    )
    margins.left = max(margins.left, across)
    margins.right = max(margins.right, across)
    margins.top = max(margins.top, along)
    margins.bottom = max(margins.bottom, along)
    if panel.legend == .outside {
      margins.bottom = max(margins.bottom, legendSize.height - height)
    }
    self.margins = margins
  }
}
