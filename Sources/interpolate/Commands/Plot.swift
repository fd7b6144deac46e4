import ArgumentParser
import Figures
import StochasticInterpolants
import Tensors

/// Draws points, losses, trajectories and animations.
struct Plot: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw points, a run's losses, or a trajectory.",
    discussion: """
      Points (files, -, or names of densities) become heat maps side by side; a run directory becomes \
      its losses; a trajectory of `interpolate sample` one heat map a time. With --animation a run \
      is sampled at --frames times and becomes an animated PNG of the density moving from t = 0 to 1.

      EXAMPLES
        interpolate plot samples.npy checkerboard --output figure.png
        interpolate plot run/ --output losses.svg
        interpolate plot paths.npy --output paths.pdf
        interpolate plot run/ --animation moving.png --frames 40 --diffusion 0.5
      """
  )

  enum Kind: String, CaseIterable {
    case heatMap = "heat-map"
    case scatter
  }

  @Argument(help: "Files of points, names of densities, a trajectory, or a run directory.")
  var inputs: [String]

  @Option(help: "The .png, .svg or .pdf file to write.")
  var output: String?

  @Option(help: "heat-map or scatter.")
  var kind: String = "heat-map"

  @Option(help: "The two columns that are drawn, counted from 0.")
  var columns: String = "0,1"

  @Option(help: "The range of both axes, such as -5:5; that of the points unless given.")
  var range: String?

  @Option(help: "The animated PNG of a run to write.")
  var animation: String?

  @Option(help: "The number of frames of an animation.")
  var frames: Int = 40

  @Option(help: "The number of samples of an animation, and of draws from a density.")
  var count: Int = 20_000

  @Option(help: DiffusionOption.help)
  var diffusion: String = "0"

  @Option(help: "The key of the draws.")
  var seed: UInt64 = 0

  @OptionGroup var file: ConfigurationOption

  func validate() throws {
    if inputs.isEmpty { throw ValidationError("nothing to draw; name a file, a density or a run") }
    if inputs.count > 12 {
      throw ValidationError("at most 12 inputs are drawn side by side, got \(inputs.count)")
    }
    if (output == nil) == (animation == nil) {
      throw ValidationError("give either --output or --animation")
    }
    if animation != nil && inputs.count != 1 {
      throw ValidationError("--animation draws one run, got \(inputs.count) inputs")
    }
    try Check.positive(count, "--count")
    if !(2...500).contains(frames) {
      throw ValidationError("--frames must lie in 2...500, got \(frames)")
    }
    let _: Kind = try Check.named(kind, "--kind")
    _ = try columnPair()
    _ = try axisRange()
  }

  private func columnPair() throws -> (x: Int, y: Int) {
    let parts = columns.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let x = parts[0], let y = parts[1], x >= 0, y >= 0 else {
      throw ValidationError(
        "--columns must be two numbers such as 0,1, got '\(columns.prefix(60))'"
      )
    }
    return (x, y)
  }

  private func axisRange() throws -> ClosedRange<Double>? {
    try range.map { text in
      let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
      guard parts.count == 2, let low = parts[0], let high = parts[1], low < high,
        low.magnitude < 1e100, high.magnitude < 1e100
      else {
        throw ValidationError("--range must be two numbers such as -5:5, got '\(text.prefix(60))'")
      }
      return low...high
    }
  }

  func run() throws {
    if let animation { return try RunAnimation(self, path: animation).write() }
    guard let output else { return }
    guard [".png", ".svg", ".pdf"].contains(where: output.lowercased().hasSuffix) else {
      throw FigureError.unknownFormat(path: output)
    }
    let figure: Figure
    if inputs.count == 1, LossFigure.isRun(inputs[0]) {
      figure = try LossFigure.figure(of: inputs[0])
    } else {
      let pair = try columnPair()
      let panels = try inputs.flatMap { try PointSet.read($0, count: count, seed: seed) }
      for set in panels where max(pair.x, pair.y) >= set.points.shape[1] {
        throw PointsFileError(
          path: set.title,
          problem: "has \(set.points.shape[1]) columns; --columns \(columns) asks for more"
        )
      }
      figure = try Self.figure(
        of: panels,
        kind: Check.named(kind, "--kind"),
        columns: pair,
        range: axisRange()
      )
    }
    try figure.write(to: output)
    say("figure in \(output)")
  }

  private static func figure(
    of sets: [PointSet],
    kind: Kind,
    columns: (x: Int, y: Int),
    range: ClosedRange<Double>?
  ) -> Figure {
    let points = sets.map { Points($0.points, columns: columns) }
    let box = range.map { PlotBox(x: $0, y: $0) } ?? PlotBox(containing: points)
    let panels = zip(sets, points).map { set, points in
      box.panel(set.title, points, kind: kind, colors: ColorScale(.ember))
    }
    return Figure(
      panels,
      columns: min(panels.count, 4),
      size: .plots(width: 190, height: 190)
    )
  }
}
