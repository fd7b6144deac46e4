import Foundation
import Gradients
import Integrators
import StochasticInterpolants
import Tensors

/// Samplers through learned fields: the checkerboard with the settings of the example of that name.
///
/// What remains at many evaluations is the networks' own error, which no sampler removes.
struct TrainedCheckerboard: Sendable {
  let steps: Int
  private let bridge: Bridge<OneSidedInterpolant<LinearSchedule>>
  private let target = Checkerboard()
  private static let count = 10_000

  struct Row: Sendable {
    let method: String
    let noise: String
    let budget: Int
    let evaluations: Int
    let wasserstein: MeasuredDistance
    let outside: Estimate
    /// Of the flow's density, where there is one.
    let crossEntropy: Estimate?

    var label: String { method + (noise.isEmpty ? "" : ", ε = \(noise)") }
  }

  /// Trains b and s.
  init(steps: Int) throws {
    self.steps = steps
    let network = MLP(dimension: 2, hidden: [256, 256, 256, 256], activation: .relu)
    let period = max(1, steps * 1_500 / 7_000)
    var training = try Training(
      .linear,
      target: target,
      objectives: [.velocity(network), .score(network, times: 0...0.9999)],
      configuration: TrainingConfiguration(
        rows: 2_000,
        steps: steps,
        learningRate: LearningRate(2e-3, decay: .step(period: period, factor: 0.4)),
        seed: 1
      )
    )
    print("\ncheckerboard: training \(steps) steps of 2000 rows")
    var progress = TrainingProgress(steps: steps)
    while let step = try training.next() { progress.show(step) }
    bridge = training.model
  }

  /// All rows; prints a line a run.
  func rows(isFull: Bool) throws -> [Row] {
    let truth = target.sample(count: Self.count, seed: 1_000_000)
    let sliced = SlicedWasserstein(directions: .even)
    let floor = sliced.floor(of: target, count: Self.count, seed: 2_000_000)
    let budgets = isFull ? [10, 20, 50, 100, 200] : [10, 20, 50]
    func row(
      _ method: String,
      _ noise: String,
      _ budget: Int,
      _ samples: Samples,
      _ crossEntropy: Estimate? = nil
    ) -> Row {
      let distance = sliced.estimate(samples.points, truth)
      let row = Row(
        method: method,
        noise: noise,
        budget: budget,
        evaluations: samples.evaluations,
        wasserstein: MeasuredDistance(value: distance, floor: floor),
        outside: SupportMeasures.shareOutside(samples.points, of: target),
        crossEntropy: crossEntropy
      )
      // One pair of samples gives one distance, without a standard error of its own.
      print(
        String(
          format: "  %@, %d: sliced W2 %.4f (floor %.4f), outside %.4f ± %.4f",
          row.label,
          row.evaluations,
          distance.value,
          floor.value,
          row.outside.value,
          row.outside.standardError
        )
      )
      fflush(nil)
      return row
    }
    var rows: [Row] = []
    let sampler = Sampler(bridge.fields)
    for method in [RungeKutta.euler, .heun, .rk4] {
      for budget in budgets {
        let steps = budget / method.stageCount
        let samples = try sampler.ode(
          count: Self.count,
          from: bridge.base,
          method: method,
          steps: steps,
          seed: 1
        )
        let density = try isFull && method == .rk4 ? bridge.logDensity(truth, steps: steps) : nil
        rows.append(
          row(
            "ODE, \(method.name)",
            "",
            budget,
            samples,
            density?.crossEntropy
          )
        )
      }
    }
    func noisy<S: StochasticMethod>(_ method: S, _ diffusion: Double) throws {
      for budget in budgets {
        // The SDE stops at t = 1 - 1e-3: the score grows as 1/α towards t = 1.
        let samples = try bridge.sample(
          count: Self.count,
          diffusion: .constant(diffusion),
          method: method,
          steps: budget / S.stageCount,
          times: 0...0.999,
          seed: 1
        )
        rows.append(row(S.name, "\(diffusion)", budget, samples))
      }
    }
    for diffusion in isFull ? [0.25, 0.5, 1, 2.5] : [1] {
      try noisy(EulerMaruyama(), diffusion)
      try noisy(StochasticHeun(), diffusion)
      try noisy(SRA1(), diffusion)
    }
    return rows
  }
}

extension TrainedCheckerboard.Row {
  static func table(_ rows: [TrainedCheckerboard.Row]) -> String {
    let header =
      "| method | evaluations | sliced W₂ (floor \(rows.first.map { "\($0.wasserstein.floor)" } ?? "")) "
      + "| outside | cross-entropy |\n|---|---|---|---|---|\n"
    return header
      + rows.map { row in
        let values = [
          row.label, "\(row.evaluations)", String(format: "%.4f", row.wasserstein.value.value),
          String(format: "%.2f %%", 100 * row.outside.value),
          row.crossEntropy.map { "\($0)" } ?? "",
        ]
        return "| " + values.joined(separator: " | ") + " |\n"
      }.joined()
  }

  static func csv(_ rows: [TrainedCheckerboard.Row]) -> String {
    CSV.line([
      "method", "diffusion", "budget", "evaluations", "w2", "w2_floor", "outside",
      "outside_error", "cross_entropy", "cross_entropy_error",
    ])
      + rows.map { row in
        CSV.line(
          [row.method, row.noise, "\(row.budget)", "\(row.evaluations)"]
            + [
              row.wasserstein.value.value, row.wasserstein.floor.value, row.outside.value,
              row.outside.standardError,
            ].map { "\($0)" }
            + [row.crossEntropy?.value, row.crossEntropy?.standardError].map {
              $0.map { "\($0)" } ?? ""
            }
        )
      }.joined()
  }
}
