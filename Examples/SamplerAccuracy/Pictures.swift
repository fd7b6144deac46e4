import Figures
import StochasticInterpolants

/// Work–precision pictures: error against evaluations, both logarithmic, each with its standard error.
enum Pictures {
  /// A panel a problem, a curve a method, of the methods at ε = 1 and without noise.
  static func methods(_ rows: [Row], _ measure: Measure) -> Figure {
    let names = Method.stochastic.map(\.name)
    return figure(rows, measure, title: "\(measure.title), ε = 1; dashed, dotted: ODE") { row in
      row.spacing == Spacing.uniform.name
        && (row.noise.isEmpty || (row.noise == "1.0" && names.contains(row.method)))
    }
  }

  /// The same for the default method with every ε.
  static func diffusions(_ rows: [Row], _ measure: Measure) -> Figure {
    figure(rows, measure, title: "\(measure.title), \(Method.usual.name) with every ε") { row in
      row.method == Method.usual.name
    }
  }

  private static func figure(
    _ rows: [Row],
    _ measure: Measure,
    title: String,
    where isShown: (Row) -> Bool
  ) -> Figure {
    var titles: [String] = []
    for row in rows where !titles.contains(row.title) { titles.append(row.title) }
    let panels = titles.compactMap { title -> Panel? in
      let own = rows.filter { $0.title == title && $0.values[measure] != nil && isShown($0) }
      return own.isEmpty ? nil : panel(title, own, measure)
    }
    return Figure(panels, columns: 2, title: title, size: .plots(width: 250, height: 190))
  }

  private static func panel(_ title: String, _ rows: [Row], _ measure: Measure) -> Panel {
    var labels: [String] = []
    for row in rows where !labels.contains(row.label) { labels.append(row.label) }
    var layers: [Panel.Layer] = []
    var counts = (flow: 0, noisy: 0)
    for label in labels {
      let own = rows.filter { $0.label == label }
      let values = own.compactMap { $0.values[measure]?.value }
      let isFlow = own.allSatisfy(\.noise.isEmpty)
      let (color, dash) = look(isFlow ? counts.flow : counts.noisy, isFlow: isFlow)
      if isFlow { counts.flow += 1 } else { counts.noisy += 1 }
      layers.append(
        contentsOf: curve(
          x: own.map { Double($0.evaluations) },
          values,
          label: label,
          color: color,
          dash: dash
        )
      )
    }
    if let floor = rows.first?.values[measure]?.floor.value, floor > 0 {
      layers.append(.line(ReferenceLine(.horizontal, at: floor, dash: .dotted, label: "floor")))
    }
    return Panel(
      title,
      x: evaluations,
      y: Axis(measure.title, scale: .logarithmic),
      showsGrid: true,
      legend: .outside,
      layers: layers
    )
  }

  /// The colour and the dashes of a curve, which differ from those of every other.
  ///
  /// - Parameters:
  ///   - index: its number among those of its kind.
  ///   - isFlow: whether it is one of the flow.
  /// - Returns: both.
  private static func look(_ index: Int, isFlow: Bool) -> (color: Color, dash: Dash) {
    let isFirst = index < Palette.colors.count
    let dash: Dash = isFlow ? (isFirst ? .dashed : .dotted) : isFirst ? .solid : .dashDotted
    return (Palette.color(index), dash)
  }

  static let evaluations = Axis(
    "evaluations",
    range: 5...640,
    scale: .logarithmic,
    ticks: [10, 20, 50, 100, 200, 500].map { Tick($0, label: "\(Int($0))") }
  )

  /// A curve with a disc at each run and a bar of a standard error to either side; a lower half that
  /// would reach 0 is left out.
  static func curve(
    x: [Double],
    _ estimates: [Estimate],
    label: String,
    color: Color,
    dash: Dash
  ) -> [Panel.Layer] {
    let y = estimates.map(\.value)
    let bars = zip(x, estimates).map { x, estimate in
      let (value, error) = (estimate.value, estimate.standardError)
      return Points(x: [x, x], y: [value > error ? value - error : value, value + error])
    }
    return [
      .curves(Curves(x: x, y: y, color: color, dash: dash, label: label)),
      .curves(Curves(bars, color: color, width: 0.8)),
      .scatter(Scatter(Points(x: x, y: y), color: color, radius: 2, opacity: 1)),
    ]
  }
}

// MARK: Common paths

extension Pictures {
  /// The strong and the weak errors along common paths, a panel each.
  static func commonPaths(_ rows: [CommonPaths.Row]) -> Figure {
    var names: [String] = []
    for row in rows where !names.contains(row.method) { names.append(row.method) }
    func panel(
      _ title: String,
      legend: Panel.Legend,
      _ value: (CommonPaths.Row) -> Estimate
    ) -> Panel {
      let layers = names.enumerated().flatMap { index, name in
        let own = rows.filter { $0.method == name }
        return curve(
          x: own.map { Double($0.evaluations) },
          own.map(value),
          label: name,
          color: Palette.color(index),
          dash: own.contains(where: \.isFlow) ? .dashed : .solid
        )
      }
      return Panel(
        title,
        x: Axis("evaluations", scale: .logarithmic),
        y: Axis("error", scale: .logarithmic),
        showsGrid: true,
        legend: legend,
        layers: layers
      )
    }
    return Figure(
      [
        panel("strong: √E|X − X*|²", legend: .hidden) { $0.strong },
        panel("weak: |E cos X − E cos X*|", legend: .outside) { $0.weak },
      ],
      columns: 2,
      size: .plots(width: 260, height: 220)
    )
  }
}

// MARK: The trained checkerboard

extension Pictures {
  /// Sliced W₂ and the share outside the support.
  static func checkerboard(_ rows: [TrainedCheckerboard.Row]) -> Figure {
    var labels: [String] = []
    for row in rows where !labels.contains(row.label) { labels.append(row.label) }
    func panel(
      _ title: String,
      legend: Panel.Legend,
      floor: Double?,
      _ value: (TrainedCheckerboard.Row) -> Estimate
    ) -> Panel {
      var layers = labels.enumerated().flatMap { index, label in
        let own = rows.filter { $0.label == label }
        return curve(
          x: own.map { Double($0.evaluations) },
          own.map(value),
          label: label,
          color: Palette.color(index),
          dash: own.allSatisfy(\.noise.isEmpty) ? .dashed : index < 8 ? .solid : .dashDotted
        )
      }
      if let floor {
        layers.append(.line(ReferenceLine(.horizontal, at: floor, dash: .dotted, label: "floor")))
      }
      return Panel(
        title,
        x: evaluations,
        y: Axis(title, scale: .logarithmic),
        showsGrid: true,
        legend: legend,
        layers: layers
      )
    }
    let floor = rows.first?.wasserstein.floor.value
    return Figure(
      [
        panel("sliced W₂", legend: .hidden, floor: floor) { $0.wasserstein.value },
        panel("share outside the support", legend: .outside, floor: nil) { $0.outside },
      ],
      columns: 2,
      size: .plots(width: 260, height: 220)
    )
  }
}
