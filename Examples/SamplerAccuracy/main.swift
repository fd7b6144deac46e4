// How accurate samplers are for their evaluations, with exact fields and no network: KL(histogram ‖ exact)
// of the end of one-dimensional bridges, linear with γ = √(t(1−t)), at 10, 20 and 40 evaluations of b and
// s a sample.

import Foundation
import Integrators
import StochasticInterpolants
import Tensors

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count <= 1, let count = Int(arguments.first ?? "1000000"), count >= 1_000 else {
  FileHandle.standardError.write(
    Data("error: the argument is the number of samples, at least 1000, got \(arguments)\n".utf8)
  )
  exit(64)
}
let budgets = [10, 20, 40]
// Tuned on the first problem by a random search over a, b and a smooth ε(t), then rounded.
let tuned = (diffusion: Diffusion.constant(1.75), spacing: StepSpacing.leaning(0.08, 0.015))

/// One row of the table: a method at each number of evaluations.
func row(
  _ name: String,
  _ problem: Problem,
  _ method: some StochasticMethod,
  stages: Int,
  _ diffusion: Diffusion,
  _ spacing: StepSpacing = .uniform
) throws {
  let cells = try budgets.map { budget -> String in
    let samples = try Sampler(problem.fields).sde(
      count: count,
      from: problem.base,
      method: method,
      diffusion: diffusion,
      steps: budget / stages,
      spacing: spacing,
      seed: 1
    )
    guard samples.evaluations == budget else {
      fatalError("\(name) made \(samples.evaluations) evaluations instead of \(budget)")
    }
    return String(format: "%.5f", problem.divergence(of: samples.points))
  }
  print("| \(problem.name) | \(name) | " + cells.joined(separator: " | ") + " |")
}

/// The flow by Heun's method, without noise.
func flowRow(_ problem: Problem) throws {
  let cells = try budgets.map { budget -> String in
    let samples = try Sampler(problem.fields).ode(
      count: count,
      from: problem.base,
      method: .heun,
      steps: budget / 2,
      seed: 1
    )
    return String(format: "%.5f", problem.divergence(of: samples.points))
  }
  print("| \(problem.name) | ODE, Heun | " + cells.joined(separator: " | ") + " |")
}

print("KL(histogram ‖ exact), \(count) samples, ε = 1 unless given, for evaluations a sample:")
print("| mixture | method | " + budgets.map { "\($0)" }.joined(separator: " | ") + " |")
print("|---|---|---|---|---|")
let paper = try Problem.paper()
let one = Diffusion.constant(1)
try row("Euler–Maruyama", paper, EulerMaruyama(), stages: 1, one)
try row("Heun of the official code", paper, HeunOfficial(), stages: 2, one)
try row("Heun of SiT", paper, HeunSiT(), stages: 2, one)
try row("stochastic Heun (trapezoidal)", paper, StochasticHeun(), stages: 2, one)
try row("ShARK", paper, ShARK(), stages: 2, one)
try row("SRA1 (the default)", paper, SRA1(), stages: 2, one)
try flowRow(paper)
for problem in [paper] + (try Problem.unseen()) {
  if problem.name != paper.name { try row("SRA1", problem, SRA1(), stages: 2, one) }
  try row("SRA1, ε = 1.5", problem, SRA1(), stages: 2, .constant(1.5))
  try row(
    "SRA1, ε = 1.75, .leaning(0.08, 0.015)",
    problem,
    SRA1(),
    stages: 2,
    tuned.diffusion,
    tuned.spacing
  )
}
for problem in [paper] + (try Problem.unseen()) {
  let truth = problem.target.sample(count: count, seed: 2)
  print(
    "| \(problem.name) | true samples | \(String(format: "%.5f", problem.divergence(of: truth))) |  |  |"
  )
}
