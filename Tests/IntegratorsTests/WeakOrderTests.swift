import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// Weak order on Ornstein–Uhlenbeck processes, without sampling.
///
/// dX = −aX dt + √(2ε) dW. A step of any of the methods is then linear, X ← R X + S ΔM + Q H; R, S and
/// Q are read off the method itself by stepping with unit vectors, and the moments obey m ← R m,
/// v ← R² v + Var(S ΔM + Q H) with the law of the step's noise. They are compared with the exact
/// ones; nothing is drawn.
@Suite struct WeakOrderTests {
  static let rate = 1.3
  static let end = 1.5

  /// Errors of mean and variance at the end, from X = 2 with variance 0.3.
  private func errors(
    _ method: any StochasticMethod,
    steps: Int,
    isBackward: Bool,
    noise: (Double, Double) -> NoiseMoments
  ) -> (mean: Double, variance: Double) {
    let a = Self.rate
    let grid =
      isBackward
      ? TimeGrid(from: Self.end, to: 0, steps: steps)
      : TimeGrid(from: 0, to: Self.end, steps: steps)
    // Backward the step is negative: the drift +aX contracts there.
    let sign = isBackward ? 1.0 : -1.0
    var (mean, variance) = (2.0, 0.3)
    for (time, next) in zip(grid.times, grid.times.dropFirst()) {
      let basis = method.moved(
        Tensor([1.0, 0, 0], shape: [3, 1]),
        from: time,
        to: next,
        noise: StepNoise(
          increment: Tensor([0.0, 1, 0], shape: [3, 1]),
          area: Tensor([0.0, 0, 1], shape: [3, 1])
        )
      ) { _, x in x * (sign * a) }
      let (r, s, q) = (basis[0, 0], basis[1, 0], basis[2, 0])
      let moments = noise(time, next)
      // S ΔM + Q H = (S + (½ − c)Q) ΔM + Q √(vV) ξ₂.
      let direct = s + (0.5 - moments.center) * q
      mean *= r
      variance =
        r * r * variance + (direct * direct + q * q * moments.spread) * moments.variance
    }
    let decay = exp(-a * Self.end)
    let gathered =
      isBackward
      ? Noise.weightedVariance(0, Self.end, rate: -2 * a)
      : decay * decay * Noise.weightedVariance(0, Self.end, rate: 2 * a)
    return (abs(mean - 2 * decay), abs(variance - (0.3 * decay * decay + gathered)))
  }

  private func slopes(
    _ method: any StochasticMethod,
    isBackward: Bool,
    noise: (Double, Double) -> NoiseMoments = Noise.additive.moments
  ) -> (mean: [Double], variance: [Double]) {
    let all = [32, 64, 128, 256].map {
      errors(method, steps: $0, isBackward: isBackward, noise: noise)
    }
    // 256 steps leave errors above 10⁻⁷, far above rounding.
    let pairs = zip(all, all.dropFirst())
    return (
      pairs.map { log2($0.mean / $1.mean) }.suffix(2),
      pairs.map { log2($0.variance / $1.variance) }.suffix(2)
    )
  }

  /// The orders of mean and variance: at least the weak order.
  ///
  /// Methods that put the noise first keep Heun's order 2 in the mean, since the drift does not depend
  /// on t.
  private func orders(_ method: any StochasticMethod) -> (mean: Double, variance: Double) {
    let order = type(of: method).weakOrder
    return (method is HeunSiT || method is HeunOfficial ? 2 : order, order)
  }

  @Test(arguments: 0..<stochasticMethods.count, [false, true])
  func order(_ index: Int, _ isBackward: Bool) {
    let method = stochasticMethods[index]
    let orders = orders(method)
    let (mean, variance) = slopes(method, isBackward: isBackward)
    for slope in mean {
      #expect(abs(slope - orders.mean) < 0.1, "\(type(of: method).name) \(mean)")
    }
    for slope in variance {
      #expect(abs(slope - orders.variance) < 0.1, "\(type(of: method).name) \(variance)")
    }
  }

  /// Those that see the area of a step.
  static let seeingArea = placesOfMethods { $0.tableau.usesArea }

  @Test func listsAreNotEmpty() {
    #expect(!Self.seeingArea.isEmpty && !weakMethods.isEmpty)
  }

  /// The law of the area from the halves' variances keeps the order, up to 3.
  @Test(arguments: seeingArea, [false, true])
  func momentsOfHalves(_ index: Int, _ isBackward: Bool) {
    let method = stochasticMethods[index]
    let (_, variance) = slopes(method, isBackward: isBackward) { time, next in
      let middle = time + (next - time) / 2
      return NoiseMoments(
        first: abs(Noise.variance(time, middle)),
        second: abs(Noise.variance(middle, next))
      )
    }
    for slope in variance {
      #expect(abs(slope - orders(method).variance) < 0.1, "\(variance)")
    }
  }

  /// The reason for 2∫ε: with 2ε(t)h the methods of order 2 and 3 have order 1, and this test would
  /// see it.
  @Test(arguments: weakMethods) func leftPointNoiseLosesTheOrder(_ index: Int) {
    let method = stochasticMethods[index]
    let (mean, variance) = slopes(method, isBackward: false) {
      NoiseMoments(uniform: Noise.leftPoint($0, $1))
    }
    for slope in mean { #expect(abs(slope - orders(method).mean) < 0.1) }
    for slope in variance { #expect(abs(slope - 1) < 0.1) }
  }
}
