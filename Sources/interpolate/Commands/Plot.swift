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

  @Option(help: "heat-map or scatter, for figures. (default: heat-map)")
  var kind: String?

  @Option(help: "The two columns that are drawn, counted from 0: 0 is x₁. (default: 0,1)")
  var columns: String?

  @Option(help: "The range of both axes, such as -5:5; that of the points unless given.")
  var range: String?

  @Option(help: "The animated PNG of a run to write.")
  var animation: String?

  @Option(help: "The number of frames of an animation. (default: 40)")
  var frames: Int?

  @Option(
    help: "The number of samples of an animation, and of draws from a density. (default: 20000)"
  )
  var count: Int?

  @Option(help: ArgumentHelp(stringLiteral: DiffusionOption.help.abstract + " (default: 0)"))
  var diffusion: String?

  @Option(help: "The key of the draws. (default: 0)")
  var seed: UInt64?

  @OptionGroup var file: ConfigurationOption

  var drawCount: Int { count ?? 20_000 }
  var drawSeed: UInt64 { seed ?? 0 }

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
    if let count { try Check.count(count) }
    if let frames, !(2...500).contains(frames) {
      throw ValidationError("--frames must lie in 2...500, got \(frames)")
    }
    if animation == nil {
      try Check.unused(
        ["--frames": frames != nil, "--diffusion": diffusion != nil],
        "is for an animation; add --animation, or leave it out"
      )
    } else if kind != nil {
      throw ValidationError("--kind is for figures; an animation is of heat maps")
    }
    let _: Kind? = try kind.map { try Check.named($0, "--kind") }
    _ = try columnPair()
    _ = try axisRange()
  }

  func columnPair() throws -> (x: Int, y: Int) {
    guard let columns else { return (0, 1) }
    let parts = columns.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let x = parts[0], let y = parts[1], x >= 0, y >= 0 else {
      throw ValidationError(
        "--columns must be two numbers such as 0,1, got '\(columns.prefix(60))'"
      )
    }
    return (x, y)
  }

  /// The names of the components that are drawn, counted from 1 as in formulas.
  static func names(_ columns: (x: Int, y: Int)) -> (x: String, y: String) {
    func name(_ column: Int) -> String {
      // The subscripts follow each other as the digits do.
      let digits = "\(column + 1)".unicodeScalars.compactMap {
        UnicodeScalar($0.value - 0x30 + 0x2080)
      }
      return "x" + String(String.UnicodeScalarView(digits))
    }
    return (name(columns.x), name(columns.y))
  }

  func axisRange() throws -> ClosedRange<Double>? {
    try range.map { text in
      let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
      guard parts.count == 2, let low = parts[0], let high = parts[1], low < high,
        low.magnitude < 1e100, high.magnitude < 1e100
      else {
        throw ValidationError("--range must be two numbers such as -5:5, got '\(text.prefix(60))'")
      }
      guard high - low > 1e-12 * max(low.magnitude, high.magnitude) else {
        throw ValidationError("--range \(text.prefix(60)) is empty to the twelve digits of an axis")
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
    try AtomicFile.checkWritable(output)
    let figure: Figure
    if inputs.count == 1, LossFigure.isRun(inputs[0]) {
      try Check.unused(
        [
          "--kind": kind != nil, "--columns": columns != nil, "--range": range != nil,
          "--count": count != nil, "--seed": seed != nil,
        ],
        "is for points, and \(inputs[0]) is a run, whose losses are drawn"
      )
      figure = try LossFigure.figure(of: inputs[0])
    } else {
      let pair = try columnPair()
      if !inputs.contains(where: { NamedDensity(rawValue: $0) != nil }) {
        try Check.unused(
          ["--count": count != nil, "--seed": seed != nil],
          "is for draws from a density, and no input names one"
        )
      }
      let panels = try inputs.flatMap {
        try PointSet.read($0, count: drawCount, seed: drawSeed)
      }
      for set in panels where max(pair.x, pair.y) >= set.points.shape[1] {
        let count = set.points.shape[1]
        throw PointsFileError(
          path: set.path,
          problem: columns == nil
            ? "has 1 column, and a picture is of two; give --columns 0,0, or draw other points"
            : "has \(count) column\(count == 1 ? "" : "s"); --columns \(pair.x),\(pair.y) asks for more"
        )
      }
      let range = try axisRange()
      for set in panels where range == nil {
        // Beyond it a range has no length that is a number.
        let drawn = Points(set.points, columns: pair)
        if let far = (drawn.x + drawn.y).first(where: { $0.magnitude > 1e299 }) {
          throw PointsFileError(
            path: set.path,
            problem: "holds \(far), too far for an axis; give a --range"
          )
        }
      }
      figure = Self.figure(
        of: panels,
        kind: try kind.map { try Check.named($0, "--kind") } ?? .heatMap,
        columns: pair,
        range: range
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
      box.panel(
        set.title,
        points,
        names: names(columns),
        kind: kind
      )
    }
    return Figure(
      panels,
      columns: min(panels.count, 4),
      size: .plots(width: 190, height: 190)
    )
  }
}
