// The paper's checkerboard experiment with the settings of the official notebook: a one-sided linear
// interpolant from N(0, Id), b and s by two networks, samples by the ODE and by SDEs of several ε.

import Figures
import Foundation
import Gradients
import Integrators
import StochasticInterpolants
import Tensors

let options: Options
do {
  options = try Options(CommandLine.arguments.dropFirst())
} catch {
  // A wrong argument is one line and a status, not a backtrace.
  FileHandle.standardError.write(Data("Checkerboard: \(error)\n".utf8))
  exit(2)
}
let target = Checkerboard()
let recipe: Recipe =
  options.isPreconditioned ? .preconditioned(target, options) : .notebook(options)
var training = try Training(
  .linear,
  target: target,
  objectives: recipe.objectives,
  configuration: recipe.configuration
)
print("training \(options.steps) steps of 2000 rows on \(Workers.shared.count) workers")
var progress = TrainingProgress(steps: options.steps)
var steps: [TrainingStep] = []
let trainingStart = ContinuousClock.now
while let step = try training.next() {
  progress.show(step)
  steps.append(step)
}
let trainingTime = trainingStart.duration(to: .now) / .seconds(1)
let model = training.model

// MARK: Samples

let count = 10_000
let times = [0, 0.25, 0.5, 0.75, 1.0]
let sampled = model.with(products: options.products)
let ode = try sampled.sample(count: count, steps: 100, saving: times, seed: 1)
var samples: [(name: String, points: Samples)] = [("ODE", ode)]
for scale in [0.5, 1, 2.5] {
  // The SDE stops at t = 1 - 1e-3: the score grows as 1/α towards t = 1. Where edges are sharp it grows as
  // 1/α² across them, on which 100 explicit steps of a constant ε are unstable; those of ε ∝ α are not.
  let diffusion: Diffusion =
    options.isPreconditioned
    ? .latent(scale, of: OneSidedInterpolant.linear, on: 0...0.999) : .constant(scale)
  let drawn = try sampled.sample(
    count: count,
    diffusion: diffusion,
    method: StochasticHeun(),
    steps: 100,
    times: 0...0.999,
    saving: [0, 0.25, 0.5, 0.75, 0.999],
    seed: 1
  )
  samples.append(("SDE, ε = \(scale)\(options.isPreconditioned ? " α" : "")", drawn))
}

// MARK: Measures

let sliced = SlicedWasserstein(directions: .even)
let truth = target.sample(count: count, seed: 1_000_000)
let floor = sliced.floor(of: target, count: count, seed: 2_000_000)
let crossEntropy = try model.logDensity(truth, steps: 100).crossEntropy

print()
print("                sliced W2   outside the support   cross-entropy (at least ln 32 = 3.4657)")
for (index, sample) in samples.enumerated() {
  let distance = sliced.distance(sample.points.points, truth)
  let outside = SupportMeasures.shareOutside(sample.points.points, of: target).value
  let entropy = index == 0 ? "      \(crossEntropy)" : ""
  let name = sample.name.padding(toLength: 16, withPad: " ", startingAt: 0)
  print(name + String(format: "%9.4f   %17.2f %%", distance, 100 * outside) + entropy)
}
print(String(format: "true samples    %9.4f   %17.2f %%", floor.value, 0.0))
print(String(format: "training took %.0f s, seed %d", trainingTime, options.seed))

// MARK: Pictures

let range = -5.0...5.0
let densityColors = ColorScale(.ember, range: 0...0.05)

func heatMap(_ title: String, _ points: Tensor<Double>) -> Panel {
  let histogram = Histogram2D(Points(points), x: range, y: range, columns: 80)
  return Panel(
    title,
    x: Axis("x₁", range: range),
    y: Axis("x₂", range: range),
    hasEqualAspect: true,
    layers: [.heatMap(HeatMap(histogram, colors: densityColors))]
  )
}

/// Means over windows of steps: a single step's loss is noisy.
func smoothed(_ values: [Double]) -> (x: [Double], y: [Double]) {
  let window = max(1, values.count / 200)
  let starts = stride(from: 0, to: values.count, by: window)
  return (
    starts.map { Double($0 + window / 2) },
    starts.map { start in
      let own = values[start..<min(values.count, start + window)]
      return own.reduce(0, +) / Double(own.count)
    }
  )
}

let learned = zip(["b", "s"], [Palette.blue, Palette.vermilion]).prefix(recipe.objectives.count)
let lossCurves = learned.enumerated().map { index, style in
  let loss = smoothed(steps.map { $0.losses[index] })
  return Panel.Layer.curves(Curves(x: loss.x, y: loss.y, color: style.1, label: style.0))
}
let losses = Panel(
  "loss",
  x: Axis("step"),
  y: Axis("E[½|f|² − target · f]"),
  showsGrid: true,
  layers: lossCurves
)
let base = StandardGaussian(dimension: 2).sample(count: 100_000, seed: 5)
let firstRow: [Panel?] = [
  heatMap("base ρ₀", base),
  heatMap("target ρ₁", target.sample(count: 100_000, seed: 6)),
  losses,
]
let odeRow: [Panel?] = zip(times, ode.trajectory).map { heatMap("ODE, t = \($0)", $1) }
let sdeRow: [Panel?] = zip(times, samples[1].points.trajectory).map {
  heatMap("\(samples[1].name), t = \($0 == 1 ? 0.999 : $0)", $1)
}
try FileManager.default.createDirectory(atPath: options.output, withIntermediateDirectories: true)
let picture = options.output + "/checkerboard.png"
try Figure(
  rows: [firstRow, odeRow, sdeRow],
  title: "From a Gaussian to the checkerboard",
  size: .plots(width: 170, height: 170)
).write(to: picture)
print("picture in \(picture)")
