// Any picture to any other: two grey-scale PNG files become densities, a bridge is trained between
// them, and a panel shows the density moving along t.
//
//   swift run -c release PictureBridge first.png second.png [steps]

import Figures
import Foundation
import Gradients
import StochasticInterpolants
import Tensors

let arguments = Array(CommandLine.arguments.dropFirst())
let given = arguments.count > 2 ? Int(arguments[2]) : 1_500
guard [0, 2, 3].contains(arguments.count), let steps = given, steps > 0 else {
  FileHandle.standardError.write(
    Data("usage: PictureBridge [FIRST.png SECOND.png [STEPS]], with at least one step\n".utf8)
  )
  exit(64)
}
let first: String
let second: String
if arguments.isEmpty {
  (first, second) = try drawDefaultPictures(in: "Output")
} else {
  (first, second) = (arguments[0], arguments[1])
}

// Drawings are dark on white: dark pixels are dense.
let start = try GridDensity(GrayscaleImage(contentsOf: first), isInverted: true)
let end = try GridDensity(GrayscaleImage(contentsOf: second), isInverted: true)

// Points as fine as pixels need fine features: time in Fourier features, a smooth activation.
let network = MLP(
  dimension: 2,
  hidden: [256, 256, 256],
  activation: .silu,
  embedding: .sinusoidal(pairs: 4, highest: 8)
)
var training = try Training(
  TwoSidedInterpolant.linear(gamma: SineSquaredLatent()),
  base: start,
  target: end,
  objectives: [.velocity(network)],
  configuration: TrainingConfiguration(
    rows: 2_000,
    steps: steps,
    learningRate: LearningRate(2e-3, decay: .cosine(period: steps, final: 0)),
    seed: 1
  )
)
var progress = TrainingProgress(steps: steps)
while let step = try training.next() { progress.show(step) }

let times = [0, 0.2, 0.4, 0.6, 0.8, 1]
let samples = try training.model.sample(count: 50_000, steps: 50, saving: times, seed: 1)
let range = -4.5...4.5
let panels = zip(times, samples.trajectory).map { time, points in
  let histogram = Histogram2D(Points(points), x: range, y: range, columns: 120)
  return Panel(
    "t = \(time)",
    x: Axis("x₁", range: range),
    y: Axis("x₂", range: range),
    hasEqualAspect: true,
    layers: [.heatMap(HeatMap(histogram, colors: ColorScale(.ink, range: 0...0.12)))]
  )
}
try FileManager.default.createDirectory(atPath: "Output", withIntermediateDirectories: true)
let picture = "Output/picture-bridge.png"
try Figure(
  panels,
  columns: 3,
  title: "From one picture to another",
  size: .plots(width: 190, height: 190)
).write(to: picture)
print("picture in \(picture)")
