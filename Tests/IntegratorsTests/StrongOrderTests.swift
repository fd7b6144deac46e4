import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// Strong order on a nonlinear field with two modes and ε(t) = 1 + cos 3t.
///
/// Coarse and fine paths see the same Brownian motion: increment and area of a coarse step are those
/// of the fine ones over it, each drawn with the exact moments. The fine path, 32 times finer than
/// the finest coarse one and of order 1.5, stands for the exact solution: it biases the last slope
/// of a method of order 1.5 by log₂((2^1.5 − 1/181)/(1 − 1/181)) − 1.5 < 0.006, the others' by less.
@Suite struct StrongOrderTests {
  static let rows = 3_000
  static let fine = 8_192
  static let finestCoarse = 256
  static let groups = 10

  private static func drift(_ time: Double, _ x: Tensor<Double>) -> Tensor<Double> {
    (x * 2).applying(.tanh) * 2 - x + 0.5 * sin(3 * time)
  }

  /// The noise of the steps of every grid, by the number of steps, and the end of the fine path.
  private static func reference() -> (noise: [Int: [StepNoise]], end: Tensor<Double>) {
    var noise: [StepNoise] = []
    var state = start
    let method = SRA1()
    let ratio = fine / finestCoarse
    for step in 0..<fine {
      let (time, next) = (Double(step) / Double(fine), Double(step + 1) / Double(fine))
      let own = StepNoise(
        moments: Noise.additive.moments(from: time, to: next),
        first: Tensor(gaussians(rows, seed: UInt64(2 * step)), shape: [rows, 1]),
        second: Tensor(gaussians(rows, seed: UInt64(2 * step + 1)), shape: [rows, 1])
      )
      state = method.moved(state, from: time, to: next, noise: own, drift: drift)
      if step % ratio == 0 {
        noise.append(own)
      } else {
        let sofar = noise.removeLast()
        noise.append(sofar.followed(by: own, size: Double(step % ratio), nextSize: 1))
      }
    }
    var grids = [noise.count: noise]
    while noise.count > 64 {
      noise = stride(from: 0, to: noise.count, by: 2).map {
        noise[$0].followed(by: noise[$0 + 1], size: 1, nextSize: 1)
      }
      grids[noise.count] = noise
    }
    return (grids, state)
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
  private static func errors(
    _ method: any StochasticMethod,
    noise: [StepNoise],
    end: Tensor<Double>
  ) -> [Double] {
    var state = start
    let steps = Double(noise.count)
    for (step, noise) in noise.enumerated() {
      state = method.moved(
        state,
        from: Double(step) / steps,
        to: Double(step + 1) / steps,
        noise: noise,
        drift: drift
      )
    }
    return zip(state.elements, end.elements).map { abs($0 - $1) }
  }

  /// The slope of the mean error between two grids, by groups of rows: their mean is within three
  /// standard errors, and the reference's bias, of the order; coarser grids are dropped.
  @Test func order() {
    let (noise, end) = Self.reference()
    for method in stochasticMethods {
      let levels = [64, 128, 256].map { Self.errors(method, noise: noise[$0] ?? [], end: end) }
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
          abs(mean - order) < 3 * error + 0.006,
          "\(type(of: method).name): \(mean) ± \(error)"
        )
        // A standard error that large would pass anything.
        #expect(error < 0.1)
      }
    }
  }
}
