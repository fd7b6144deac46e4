import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// Strong order on a nonlinear field with two modes and ε(t) = 1 + cos 3t.
///
/// Coarse and fine paths see the same Brownian motion: the noise of a coarse step is the sum of the
/// fine ones over it, each of variance 2∫ε. The fine path, 64 times finer than the finest coarse
/// one and of the better method, stands for the exact solution: it biases the last slope of a
/// method of order 1 by log₂((2 − 1/64)/(1 − 1/64)) − 1 < 0.012.
@Suite struct StrongOrderTests {
  static let rows = 1_000
  static let fine = 4_096
  static let groups = 10

  private static func drift(_ time: Double, _ x: Tensor<Double>) -> Tensor<Double> {
    (x * 2).applying(.tanh) * 2 - x + 0.5 * sin(3 * time)
  }

  /// The noise of every fine step and the end of the fine path.
  private static func reference() -> (noise: [Tensor<Double>], end: Tensor<Double>) {
    var noise: [Tensor<Double>] = []
    var state = start
    let method = StochasticHeun()
    for step in 0..<fine {
      let (time, next) = (Double(step) / Double(fine), Double(step + 1) / Double(fine))
      let z = Tensor(
        gaussians(rows, seed: UInt64(step)),
        shape: [rows, 1]
      )
      noise.append(z * Noise.variance(time, next).squareRoot())
      state = method.moved(state, from: time, to: next, noise: noise[step], drift: drift)
    }
    return (noise, state)
  }

  /// Normal numbers by Box and Muller, from the tests' own generator.
  private static func gaussians(_ count: Int, seed: UInt64) -> [Double] {
    let u = testNumbers(2 * count, seed: seed, in: 0x1p-53...1)
    return (0..<count).map {
      (-2 * log(u[2 * $0])).squareRoot() * cos(2 * .pi * u[2 * $0 + 1])
    }
  }

  private static var start: Tensor<Double> {
    Tensor(gaussians(rows, seed: 1 << 40), shape: [rows, 1])
  }

  /// |X − reference| at the end for each row.
  private func errors(
    _ method: any StochasticMethod,
    steps: Int,
    noise: [Tensor<Double>],
    end: Tensor<Double>
  ) -> [Double] {
    let ratio = Self.fine / steps
    var state = Self.start
    for step in 0..<steps {
      var sum = Tensor<Double>(zeros: [Self.rows, 1])
      for index in step * ratio..<(step + 1) * ratio { sum += noise[index] }
      state = method.moved(
        state,
        from: Double(step) / Double(steps),
        to: Double(step + 1) / Double(steps),
        noise: sum,
        drift: Self.drift
      )
    }
    return zip(state.elements, end.elements).map { abs($0 - $1) }
  }

  /// The slope of the mean error between two grids, by groups of rows: their mean is within three
  /// standard errors, and the reference's bias, of the order.
  @Test func order() {
    let (noise, end) = Self.reference()
    for method in stochasticMethods {
      let levels = [16, 32, 64].map { errors(method, steps: $0, noise: noise, end: end) }
      let size = Self.rows / Self.groups
      for (coarse, fine) in zip(levels, levels.dropFirst()) {
        let slopes = (0..<Self.groups).map { group -> Double in
          let own = group * size..<(group + 1) * size
          return log2(coarse[own].reduce(0, +) / fine[own].reduce(0, +))
        }
        let mean = slopes.reduce(0, +) / Double(Self.groups)
        let spread = slopes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = (spread / Double(Self.groups * (Self.groups - 1))).squareRoot()
        let order = type(of: method).strongOrder
        #expect(
          abs(mean - order) < 3 * error + 0.012,
          "\(type(of: method).name): \(mean) ± \(error)"
        )
        // A standard error that large would pass anything.
        #expect(error < 0.1)
      }
    }
  }
}
