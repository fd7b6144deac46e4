import Figures
import Foundation
import StochasticInterpolants
import Tensors

/// The density of a run moving from t = 0 to t = 1.
struct RunAnimation {
  private let command: Plot
  private let path: String

  init(_ command: Plot, path: String) {
    self.command = command
    self.path = path
  }

  func write() throws {
    guard path.lowercased().hasSuffix(".png") else { throw FigureError.notAnAnimation(path: path) }
    try AtomicFile.checkWritable(path)
    let run = try RunDirectory(command.inputs[0])
    guard run.configuration.dimension >= 2 else {
      throw PointsFileError(
        path: command.inputs[0],
        problem: "is a run in one dimension; an animation needs two"
      )
    }
    let columns = try command.columnPair()
    guard max(columns.x, columns.y) < run.configuration.dimension else {
      throw PointsFileError(
        path: command.inputs[0],
        problem:
          "has \(run.configuration.dimension) components; --columns \(columns.x),\(columns.y) asks for more"
      )
    }
    let bridge = try run.bridge()
    let frameCount = command.frames ?? 40
    let times = (0..<frameCount).map { Double($0) / Double(frameCount - 1) }
    let diffusion = try DiffusionOption.diffusion(
      command.diffusion ?? "0",
      on: nil,
      of: run.configuration,
      bridge.interpolant
    )
    let (count, seed) = (command.drawCount, command.drawSeed)
    let samples =
      if let diffusion {
        try bridge.sample(count: count, diffusion: diffusion, saving: times, seed: seed)
      } else {
        try bridge.sample(count: count, saving: times, seed: seed)
      }
    let sets = samples.trajectory.map { Points($0, columns: columns) }
    // The ends decide the axes, but for their few outermost points, and the last frame the colours: a
    // stray sample or cell would make all others small or dark.
    let box =
      try command.axisRange().map { PlotBox(x: $0, y: $0) }
      ?? PlotBox(containing: [sets[0], sets[sets.count - 1]], outside: 0.002)
    let filled = box.counts(of: sets[sets.count - 1]).filter { $0 > 0 }.sorted()
    let brightest = filled.isEmpty ? 1 : filled[filled.count * 49 / 50]
    let frames = zip(times, sets).map { time, points -> Figure in
      let title = String(format: "t = %.2f", time)
      return Figure(
        rows: [
          [
            box.panel(
              title,
              points,
              names: Plot.names(columns),
              kind: .heatMap,
              brightest: brightest
            )
          ]
        ],
        size: .whole(width: 300, height: 300),
        scale: 1.5
      )
    }
    try Animation(frames).write(to: path)
    say("\(frames.count) frames in \(path)")
  }
}
