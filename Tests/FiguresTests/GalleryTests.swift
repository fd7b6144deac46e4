import Figures
import Foundation
import Testing

/// One figure with every feature; the place to look when the drawing changes.
///
/// Set `FIGURES_GALLERY` to a folder to keep the files.
@Suite struct GalleryTests {
  @Test(arguments: Figure.Format.allCases)
  func gallery(format: Figure.Format) throws {
    try withFolder { folder in
      let folder = ProcessInfo.processInfo.environment["FIGURES_GALLERY"] ?? folder
      let path = "\(folder)/gallery.\(format)"
      try Self.gallery.write(to: path)
      try Self.snapshots.write(to: "\(folder)/snapshots.\(format)")
      let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
      // A cloud of 100,000 discs as shapes would alone be more than ten million bytes.
      #expect((20_000..<2_000_000).contains(size))
    }
  }

  static let gallery = Figure(
    [density, samples, path, loss, histogram, convergence, difference, coloured, scheduleNames],
    columns: 3,
    title: "Stochastic interpolants: ρ₀ → ρ₁",
    size: .plots(width: 190, height: 150)
  )

  /// Square plots without axes, an empty place and a picture, in a figure of a given size.
  static let snapshots: Figure = {
    let histogram = Histogram2D(cloud, x: -5...5, y: -5...5, columns: 60)
    let scales: [Scale] = [.linear, .squareRoot, .logarithmic]
    let densities = scales.map { scale in
      Panel(
        "\(scale)",
        x: .hidden,
        y: .hidden,
        hasEqualAspect: true,
        colorBar: Panel.ColorBar(),
        layers: [.heatMap(HeatMap(histogram, colors: ColorScale(.lagoon, scale: scale)))]
      )
    }
    let pixels = (0..<48).flatMap { (row: Int) -> [Double] in
      (0..<64).map { (column: Int) -> Double in Double(row * column) / 2961 }
    }
    let picture = GrayscaleImage(pixels, width: 64, height: 48)
    return Figure(
      rows: [
        densities,
        [
          Panel("A picture", hasEqualAspect: true, layers: [.heatMap(HeatMap(picture))]), nil,
          Panel("Nothing", x: Axis("x"), y: Axis("y"), showsGrid: true),
        ],
      ],
      size: .whole(width: 560, height: 360)
    )
  }()

  private static let cloud: Points = {
    var generator = Uniform()
    var values: [Double] = []
    for index in 0..<100_000 {
      let angle = Double(index % 8) / 8 * 2 * Double.pi
      let (first, second) = generator.normals()
      values += [3 * cos(angle) + 0.35 * first, 3 * sin(angle) + 0.35 * second]
    }
    return Points(interleaved: values)
  }()

  private static let density = Panel(
    "Density ρ(1, x)",
    x: Axis("x₁"),
    y: Axis("x₂"),
    hasEqualAspect: true,
    colorBar: Panel.ColorBar("ρ"),
    layers: [.heatMap(HeatMap(Histogram2D(cloud, x: -5...5, y: -5...5, columns: 80)))]
  )

  private static let samples = Panel(
    "100,000 samples",
    x: Axis("x₁", range: -5...5),
    y: Axis("x₂", range: -5...5),
    hasEqualAspect: true,
    layers: [.scatter(Scatter(cloud, radius: 0.6, opacity: 0.15))]
  )

  private static let path: Panel = {
    var generator = Uniform()
    let times = (0...100).map { Double($0) / 100 }
    let paths = (0..<200).map { _ in
      let (start, noise) = generator.normals()
      let end = start > 0 ? 2.0 : -2.0
      return Points(
        x: times,
        y: times.map { (1 - $0) * start + $0 * end + noise * ($0 * (1 - $0)).squareRoot() }
      )
    }
    return Panel(
      "200 trajectories",
      x: Axis("t"),
      y: Axis("x(t)", range: -5...5),
      legend: .topLeft,
      layers: [
        .curves(Curves(paths, width: 0.6, opacity: 0.25, label: "x(t)")),
        .line(ReferenceLine(.horizontal, at: 0)),
        .text(TextLabel("mode +2", x: 0.97, y: 3.8, alignment: .trailing)),
      ]
    )
  }()

  private static let loss: Panel = {
    let steps = stride(from: 0.0, through: 20_000, by: 100).map { $0 }
    let mean = steps.map { 0.8 * exp(-$0 / 3000) + 0.15 }
    return Panel(
      "Loss during training",
      x: Axis("step"),
      y: Axis("L(b)"),
      showsGrid: true,
      layers: [
        .band(
          Band(
            x: steps,
            lower: mean.map { $0 * 0.9 },
            upper: mean.map { $0 * 1.1 },
            label: "± 1 standard deviation"
          )
        ),
        .curves(Curves(x: steps, y: mean, label: "mean")),
        .curves(
          Curves(
            x: steps,
            y: mean.map { $0 * 0.8 },
            color: Palette.vermilion,
            dash: .dashed,
            label: "antithetic"
          )
        ),
      ]
    )
  }()

  private static let histogram = Panel(
    "First coordinate",
    x: Axis("x₁"),
    y: Axis("density"),
    legend: .outside,
    layers: [
      .bars(Bars(Histogram1D(cloud.x, range: -5...5, binCount: 60), label: "samples")),
      .curves(
        Curves(
          x: (0...100).map { -5 + Double($0) / 10 },
          y: (0...100).map { index in
            let x = -5 + Double(index) / 10
            return (0..<8).reduce(0) { sum, mode in
              let z = (x - 3 * cos(Double(mode) / 8 * 2 * Double.pi)) / 0.35
              return sum + exp(-z * z / 2) / (8 * 0.35 * (2 * Double.pi).squareRoot())
            }
          },
          color: Palette.vermilion,
          label: "exact"
        )
      ),
    ]
  )

  private static let convergence = Panel(
    "Weak error",
    x: Axis("step size h", scale: .logarithmic),
    y: Axis("|error|", scale: .logarithmic),
    showsGrid: true,
    legend: .bottomRight,
    layers: (1...3).flatMap { order -> [Panel.Layer] in
      let steps = (2...9).map { pow(2, -Double($0)) }
      let errors = steps.map { 0.3 * pow($0, Double(order)) }
      let color = Palette.color(order - 1)
      return [
        .curves(Curves(x: steps, y: errors, color: color, label: "order \(order)")),
        .scatter(Scatter(Points(x: steps, y: errors), color: color, radius: 2.2, opacity: 1)),
      ]
    }
  )

  private static let difference: Panel = {
    let cells = (0..<60).flatMap { row in
      (0..<90).map { column -> Double in
        if row < 6, column < 6 { return .nan }
        return 1e-4 * sin(Double(column) / 9) * cos(Double(row) / 9)
      }
    }
    return Panel(
      "Difference of two fields",
      x: Axis("x₁"),
      y: Axis("x₂"),
      colorBar: Panel.ColorBar("s − ŝ"),
      layers: [
        .heatMap(
          HeatMap(
            cells,
            columns: 90,
            x: 0...3,
            y: 0...2,
            colors: ColorScale(.balance, range: -1e-4...1e-4)
          )
        )
      ]
    )
  }()

  private static let coloured: Panel = {
    var generator = Uniform()
    let points = (0..<1500).map { _ in generator.normals() }
    return Panel(
      "Points by log-density",
      x: Axis("x₁"),
      y: Axis("x₂"),
      colorBar: Panel.ColorBar("ρ(x)"),
      layers: [
        .scatter(
          Scatter(
            Points(points.map { (x: $0.0, y: $0.1) }),
            values: points.map { exp(-($0.0 * $0.0 + $0.1 * $0.1) / 2) / (2 * Double.pi) },
            colors: ColorScale(.ember, scale: .logarithmic),
            radius: 1.8
          )
        )
      ]
    )
  }()

  private static let scheduleNames: Panel = {
    let times = (0...100).map { Double($0) / 100 }
    return Panel(
      "α, β and γ",
      x: Axis("t", ticks: [Tick(0, label: "0"), Tick(0.5, label: "½"), Tick(1, label: "1")]),
      y: Axis("ε(t), γ(t)"),
      showsGrid: true,
      legend: .outside,
      layers: [
        .curves(Curves(x: times, y: times.map { 1 - $0 }, color: Palette.color(0), label: "α")),
        .curves(
          Curves(x: times, y: times, color: Palette.color(1), dash: .dashDotted, label: "β")
        ),
        .curves(
          Curves(
            x: times,
            y: times.map { (2 * $0 * (1 - $0)).squareRoot() },
            color: Palette.color(2),
            dash: .dotted,
            label: "γ"
          )
        ),
        .line(ReferenceLine(.vertical, at: 0.5, dash: .dotted)),
      ]
    )
  }()
}
