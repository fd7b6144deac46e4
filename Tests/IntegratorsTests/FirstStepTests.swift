import Foundation
import Integrators
import Tensors
import Testing

/// The first step where none is given.
@Suite struct FirstStepTests {
  /// dx/dt = a x from x = 1 with A = R = τ, where the norms of f and f′ are a/(2τ) and a²/(2τ).
  ///
  /// So h = (2τ / max(a, a²))^{1/p}. f′ is a difference over the guess 0.01/a, of values that agree to a hundredth.
  @Test(arguments: AdaptiveTests.methods, [0.5, 3.0])
  func isFoundFromTheSlopes(method: RungeKutta, rate: Double) throws {
    let order = Double(try #require(method.error).order)
    let tolerance = 1e-6
    let asked = Lock<[Double]>([])
    var dynamics = RowwiseClosureDynamics { times, state in
      asked.withLock { $0.append(times.elements[0]) }
      return state * rate
    }
    _ = method.solve(
      &dynamics,
      from: Tensor([1.0], shape: [1, 1]),
      start: 0,
      end: 1,
      tolerance: ErrorTolerance(absolute: tolerance, relative: tolerance),
      blockSize: 1
    )
    let step = pow(2 * tolerance / max(rate, rate * rate), 1 / order)
    let times = asked.withLock { $0 }
    let rounding = 400 * 0x1p-52
    #expect(times[0] == 0)
    #expect(abs(times[1] - 0.01 / rate) <= rounding)
    #expect(abs(times[2] - method.nodes[1] * step) <= rounding * step)
  }
}
