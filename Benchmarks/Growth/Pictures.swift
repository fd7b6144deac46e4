import Figures

/// Log–log pictures: a panel for each thing that grows.
enum Pictures {
  static func figure(_ measurements: [Measurement], _ memory: [Memory]) -> Figure {
    Figure(
      Variable.allCases.map { panel($0, measurements) } + [memoryPanel(memory)],
      columns: 2,
      title: "How cost grows; dotted: in proportion to the products",
      size: .plots(width: 270, height: 210)
    )
  }

  private static func panel(_ variable: Variable, _ measurements: [Measurement]) -> Panel {
    var layers: [Panel.Layer] = []
    for (index, work) in Work.allCases.enumerated() {
      for workers in [1, 2] {
        let own = measurements.filter {
          $0.variable == variable && $0.work == work && $0.workers == workers
        }
        layers += curve(
          own.map { (Double($0.value), $0.time) },
          label: "\(work.rawValue), \(workers) worker\(workers == 1 ? "" : "s")",
          color: Palette.color(index),
          dash: workers == 1 ? .solid : .dashed
        )
        if workers == 1, let last = own.last {
          // In proportion to the products, through the largest.
          let unit = last.time / Size(variable, last.value).products(work)
          layers.append(
            .curves(
              Curves(
                x: own.map { Double($0.value) },
                y: own.map { unit * Size(variable, $0.value).products(work) },
                color: Palette.color(index),
                dash: .dotted
              )
            )
          )
        }
      }
    }
    return Panel(
      variable.rawValue,
      x: Axis(
        variable.rawValue,
        scale: .logarithmic,
        ticks: variable.ticks.map { Tick(Double($0), label: "\($0)") }
      ),
      y: Axis("seconds", scale: .logarithmic),
      showsGrid: true,
      legend: variable == .width ? .outside : .hidden,
      layers: layers
    )
  }

  private static func memoryPanel(_ memory: [Memory]) -> Panel {
    func points(_ value: (Memory) -> Double) -> [(Double, Double)] {
      memory.map { (Double($0.rows), value($0)) }
    }
    return Panel(
      "memory of a sampler",
      x: Axis("samples", scale: .logarithmic),
      y: Axis("MB", range: 1e-3...100, scale: .logarithmic),
      showsGrid: true,
      legend: .bottomRight,
      layers: curve(
        points(\.peak),
        label: "peak of the process",
        color: Palette.blue,
        dash: .solid
      )
        + curve(
          points(\.output),
          label: "the samples themselves",
          color: Palette.blue,
          dash: .dotted
        )
    )
  }

  private static func curve(
    _ points: [(x: Double, y: Double)],
    label: String,
    color: Color,
    dash: Dash
  ) -> [Panel.Layer] {
    let (x, y) = (points.map(\.x), points.map(\.y))
    return [
      .curves(Curves(x: x, y: y, color: color, dash: dash, label: label)),
      .scatter(Scatter(Points(x: x, y: y), color: color, radius: 2, opacity: 1)),
    ]
  }
}

extension Variable {
  /// Values that have a number in the pictures.
  fileprivate var ticks: [Int] {
    switch self {
    case .rows: [100, 1_000, 10_000, 100_000, 1_000_000]
    case .width: [32, 128, 512, 2_048]
    case .depth: [2, 4, 8, 16]
    case .dimension: [2, 16, 128, 1_024]
    }
  }
}
