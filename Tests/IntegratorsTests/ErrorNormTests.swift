import Integrators
import Tensors
import Testing

/// What a controller hears of a step: √(Σ (w e/(A + R max(|x|, |x⁺|)))² / n) of its own row.
@Suite struct ErrorNormTests {
  /// Accepts every step and writes down the errors.
  private struct Listening: StepController {
    let heard = Heard()
    var initialMemory: Int { 0 }

    func decide(error: Double, order: Double, memory: inout Int) -> StepDecision {
      heard.errors.withLock { $0.append(error) }
      return StepDecision(isAccepted: true, factor: 1)
    }
  }

  private final class Heard: Sendable {
    let errors = Lock<[Double]>([])
  }

  /// dx/dt = c t with c = 1, 3, 100: a step of ½ from t = 0 adds c/8, and so much is it off Euler's.
  private static let slopes = [1.0, 3, 100]
  private static let initial = Tensor<Double>(rows: [[0, 0, 0], [10, 10, 10]])
  private let dynamics = RowwiseClosureDynamics { times, state in
    Tensor(times.elements.flatMap { time in slopes.map { $0 * time } }, shape: state.shape)
  }

  /// The norm of a row, by the formula.
  private static func norm(_ weights: [Double], relative: Double, row: Int) -> Double {
    var (sum, count) = (0.0, 0.0)
    for (component, weight) in weights.enumerated() where weight > 0 {
      let (error, state) = (slopes[component] / 8, initial[row, component])
      let ratio = weight * error / (2 + relative * (state + error))
      sum += ratio * ratio
      count += 1
    }
    return (sum / count).squareRoot()
  }

  @Test(arguments: [[1, 1, 1], [1, 2, 0], [0, 0, 3.0]]) func ordinary(_ weights: [Double]) {
    var dynamics = dynamics
    let controller = Listening()
    _ = RungeKutta.heun.solve(
      &dynamics,
      from: Self.initial,
      start: 0,
      end: 0.5,
      tolerance: ErrorTolerance(absolute: 2, relative: 0.8, weights: weights),
      controller: controller,
      limits: StepLimits(initialStep: 0.5)
    )
    let heard = controller.heard.errors.withLock { $0 }
    #expect(heard.count == 2)
    for (row, error) in heard.enumerated() {
      // A dozen roundings.
      let wanted = Self.norm(weights, relative: 0.8, row: row)
      #expect(abs(error / wanted - 1) < 12 * 0x1p-53, "\(heard)")
    }
  }

  /// Where the state is noisy the absolute part alone is known.
  @Test(arguments: [[1, 1, 1], [1, 2, 0]]) func stochastic(_ weights: [Double]) {
    var dynamics = dynamics
    let controller = Listening()
    _ = StochasticHeun().solve(
      &dynamics,
      from: Self.initial,
      tree: BrownianTree(
        RandomBlock(seed: 3, samples: 0..<2),
        noise: .constant(1),
        from: 0,
        to: 0.5
      ),
      tolerance: ErrorTolerance(absolute: 2, relative: 0, weights: weights),
      controller: controller,
      limits: StepLimits(initialStep: 0.5)
    )
    let wanted = Self.norm(weights, relative: 0, row: 0)
    let heard = controller.heard.errors.withLock { $0 }
    #expect(heard.count == 2)
    #expect(heard.allSatisfy { abs($0 / wanted - 1) < 12 * 0x1p-53 }, "\(heard)")
  }
}
