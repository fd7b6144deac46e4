// A bridge whose ends are both not Gaussian: two moons to eight Gaussians by the two-sided linear
// interpolant x_t = (1-t) x₀ + t x₁ + γ z with γ = √(t(1-t)), learning b and the denoiser η_z.

import Figures
import Foundation
import Gradients
import StochasticInterpolants
import Tensors

let arguments = Array(CommandLine.arguments.dropFirst())
let given = arguments.isEmpty ? 1_000 : Int(arguments[0])
guard arguments.count < 2, let steps = given, steps > 0 else {
  FileHandle.standardError.write(
    Data("usage: MoonsToEightGaussians [STEPS], with at least one step\n".utf8)
  )
  exit(64)
}
let network = MLP(dimension: 2, hidden: [256, 256, 256], activation: .silu)
let moons = TwoMoons()
let modes = EightGaussians()

var training = try Training(
  TwoSidedInterpolant.linear(gamma: BrownianLatent()),
  base: moons,
  target: modes,
  objectives: [.velocity(network), .denoiser(network)],
  configuration: TrainingConfiguration(
    rows: 2_000,
    steps: steps,
    learningRate: LearningRate(2e-3, decay: .cosine(period: steps, final: 0)),
    seed: 1
  )
)
var progress = TrainingProgress(steps: steps)
while let step = try training.next() { progress.show(step) }
let model = training.model

let count = 10_000
let times = (0...40).map { Double($0) / 40 }
let ode = try model.sample(count: count, steps: 100, saving: times, seed: 1)
// s = -η/γ is infinite at both ends, where γ = 0: the noise acts between, the ODE covers the rest.
let sde = try model.sample(
  count: count,
  diffusion: .constant(0.5, on: 0.01...0.99),
  steps: 200,
  saving: times,
  seed: 1
)

let truth = modes.sample(count: count, seed: 1_000_000)
let sliced = SlicedWasserstein(directions: .even)
let floor = sliced.floor(of: modes, count: count, seed: 2_000_000)
print(
  "sliced W2: ODE \(sliced.distance(ode.points, truth)), "
    + "SDE \(sliced.distance(sde.points, truth)), true samples \(floor)"
)

let range = -6.0...6.0
let x = Axis("x₁", range: range)
let y = Axis("x₂", range: range)
let colors = ColorScale(.ember, range: 0...0.06)

func density(_ title: String, _ points: Tensor<Double>) -> Panel {
  let histogram = Histogram2D(Points(points), x: range, y: range, columns: 80)
  return Panel(
    title,
    x: x,
    y: y,
    hasEqualAspect: true,
    layers: [.heatMap(HeatMap(histogram, colors: colors))]
  )
}

func paths(_ title: String, _ samples: Samples, _ color: Color) -> Panel {
  Panel(
    title,
    x: x,
    y: y,
    hasEqualAspect: true,
    layers: [
      .curves(Curves(paths: samples.trajectory, count: 150, color: color)),
      .scatter(
        Scatter(
          Points(samples.points.slice(0..<150)),
          color: Color(gray: 0),
          radius: 1.2,
          opacity: 1
        )
      ),
    ]
  )
}

try FileManager.default.createDirectory(atPath: "Output", withIntermediateDirectories: true)
let picture = "Output/moons-to-eight-gaussians.png"
try Figure(
  rows: [
    [
      density("two moons", moons.sample(count: 100_000, seed: 3)),
      density("eight Gaussians", modes.sample(count: 100_000, seed: 4)),
      paths("ODE paths", ode, Palette.blue),
      paths("SDE paths, ε = 0.5", sde, Palette.vermilion),
    ],
    [
      density("ODE, t = 0.5", ode.trajectory[20]), density("ODE, t = 1", ode.points),
      density("SDE, t = 0.5", sde.trajectory[20]), density("SDE, t = 1", sde.points),
    ],
  ],
  title: "From two moons to eight Gaussians",
  size: .plots(width: 170, height: 170)
).write(to: picture)
print("picture in \(picture)")
