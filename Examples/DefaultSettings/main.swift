// How good the default settings of `interpolate train` are: run directories trained with them, one for each
// density that has a name, measured and drawn. `make defaults` trains, then runs this.

import Figures
import Foundation
import StochasticInterpolants
import Tensors

guard CommandLine.arguments.count == 2 else {
  FileHandle.standardError.write(
    Data("usage: DefaultSettings FOLDER, which holds a run directory for each density\n".utf8)
  )
  exit(64)
}
let folder = CommandLine.arguments[1]
let count = 10_000
let sliced = SlicedWasserstein(directions: .even)
let range = -6.0...6.0

func heatMap(_ title: String, _ points: Tensor<Double>) -> Panel {
  let histogram = Histogram2D(Points(points), x: range, y: range, columns: 96)
  return Panel(
    title,
    x: Axis("x₁", range: range),
    y: Axis("x₂", range: range),
    hasEqualAspect: true,
    layers: [.heatMap(HeatMap(histogram, colors: ColorScale(.ember, range: 0...0.06)))]
  )
}

/// Seconds of all steps: rows over rows a second, from the run's metrics.
func trainingTime(_ run: RunDirectory) throws -> Double {
  let lines = try String(contentsOfFile: run.path + "/metrics.csv", encoding: .utf8)
    .split(separator: "\n").dropFirst()
  let rates = lines.compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }
  return rates.reduce(0) { $0 + Double(run.configuration.training.rows) / $1 }
}

var table = "| density | sliced W₂ | its floor | KL(ρ₁ ‖ ρ̂) | training |\n|---|---|---|---|---|\n"
var panels: [(truth: Panel, samples: Panel)] = []
for name in NamedDensity.allCases {
  let run = try RunDirectory(folder + "/" + name.rawValue)
  let bridge = try run.bridge()
  let density = name.density
  let truth = density.sample(count: count, seed: 1_000_000)
  let samples = try bridge.sample(count: count, steps: 100, seed: 1).points
  let distance = sliced.distance(samples, truth)
  let floor = sliced.floor(of: density, count: count, seed: 2_000_000)
  let logs = try bridge.logDensity(truth, steps: 50).values
  let divergence = Estimate(meanOf: density.logDensity(truth) - logs)
  let row = String(
    format: "| %@ | %.3f | %.3f | %.3f ± %.3f | %.0f s |\n",
    name.rawValue,
    distance,
    floor.value,
    divergence.value,
    divergence.standardError,
    try trainingTime(run)
  )
  print(row, terminator: "")
  fflush(nil)
  table += row
  panels.append((heatMap("\(name.rawValue)", truth), heatMap("from N(0, Id)", samples)))
}
try table.write(toFile: folder + "/defaults.md", atomically: true, encoding: .utf8)
let rows = stride(from: 0, to: panels.count, by: 2).map { first in
  panels[first..<min(first + 2, panels.count)].flatMap { [$0.truth, $0.samples] }
}
let picture = folder + "/defaults.png"
try Figure(
  rows: rows,
  title: "Eight densities, 10,000 points each: their own, and of bridges with default settings",
  size: .plots(width: 150, height: 150)
).write(to: picture)
print("table in \(folder)/defaults.md, picture in \(picture)")
