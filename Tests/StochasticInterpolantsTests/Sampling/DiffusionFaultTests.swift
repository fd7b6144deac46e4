import Foundation
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// An ε that is no coefficient between the times of a grid, where only the noise of a step asks for it.
@Suite struct DiffusionFaultTests {
  static let oracle = GaussianOracle()
  /// 1 at every time of a grid of 100 steps, negative in half of each step.
  static let wave = Diffusion.custom { cos(200 * .pi * $0) }
  /// NaN in a tenth of one of 100 steps, away from the stages of every method.
  static let gap = Diffusion.custom { $0 > 0.501 && $0 < 0.502 ? .nan : 1 }

  static func fault(_ run: () throws -> Void) throws -> (time: Double, value: Double) {
    let error = #expect(throws: SamplingError.self) { try run() }
    guard case .diffusion(let time, let value) = try #require(error) else {
      Issue.record("another error: \(String(describing: error))")
      return (0, 0)
    }
    return (time, value)
  }

  @Test(arguments: [Direction.forward, .backward])
  func stepsThatAreGiven(_ direction: Direction) throws {
    let sampler = Sampler(Self.oracle.fields)
    func draw(_ diffusion: Diffusion) throws {
      _ = try sampler.sde(
        count: 1,
        from: Self.oracle.base,
        method: EulerMaruyama(),
        diffusion: diffusion,
        steps: 100,
        direction: direction,
        seed: 1
      )
    }
    let negative = try Self.fault { try draw(Self.wave) }
    #expect(negative.value < 0 && negative.value == cos(200 * .pi * negative.time))
    let missing = try Self.fault { try draw(Self.gap) }
    #expect(missing.value.isNaN && missing.time > 0.501 && missing.time < 0.502)
    let exponential = try Self.fault {
      _ = try sampler.exponential(
        count: 1,
        from: Self.oracle.base,
        linear: .coefficient(.constant(0)),
        diffusion: Self.wave,
        steps: 100,
        direction: direction,
        seed: 1
      )
    }
    #expect(exponential.value < 0)
  }

  /// An exponential method integrates a long step in panels: here 10, with nodes where the step has none.
  @Test func panelsOfAnExponentialStep() throws {
    // Between the middle nodes of the step from 0.4 to 0.5.
    let dip = Diffusion.custom { abs($0 - 0.45) < 0.004 ? -1 : 1 }
    let found = try Self.fault {
      _ = try Sampler(Self.oracle.fields).exponential(
        count: 1,
        from: Self.oracle.base,
        linear: .coefficient(.constant(-200)),
        diffusion: dip,
        steps: 10,
        seed: 1
      )
    }
    #expect(found.value == -1 && abs(found.time - 0.45) < 0.004)
  }

  @Test func stepsThatSamplesChoose() throws {
    // 0.002 of the times, five nodes wide.
    let dip = Diffusion.custom { abs($0 - 0.4567) < 0.001 ? -1 : 1 }
    let found = try Self.fault {
      _ = try Sampler(Self.oracle.fields).sde(
        count: 1,
        from: Self.oracle.base,
        diffusion: dip,
        tolerance: ErrorTolerance(absolute: 1e-2, relative: 1e-2),
        seed: 1
      )
    }
    #expect(found.value == -1 && abs(found.time - 0.4567) < 0.001)
  }

  /// At 3/4 of a step, a stage of SRA1, the wave is a rounding below 0: only its nodes tell the gap, and the wave for
  /// Euler and Maruyama's method.
  @Test func likelihoodsAlongPaths() throws {
    func evaluate(_ diffusion: Diffusion, _ method: some StochasticMethod) throws {
      _ = try Sampler(FinishingStepTests.fields()).sdeLogDensity(
        Tensor(rows: [[0.3]]),
        from: Self.oracle.base,
        diffusion: diffusion,
        paths: 1,
        method: method,
        steps: 100,
        seed: 1
      )
    }
    let negative = try Self.fault { try evaluate(Self.wave, EulerMaruyama()) }
    #expect(negative.value < 0 && negative.value == cos(200 * .pi * negative.time))
    let missing = try Self.fault { try evaluate(Self.gap, SRA1()) }
    #expect(missing.value.isNaN && missing.time > 0.501 && missing.time < 0.502)
  }
}
