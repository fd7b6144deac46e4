import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// The exponential method: what it takes exactly, and its orders for the rest.
@Suite struct ExponentialTests {
  /// a(t) = −5(1 + sin t).
  private let varying = LinearCoefficient(
    { -5 * (1 + sin($0)) },
    integral: { start, end in -5 * (end - start - cos(end) + cos(start)) }
  )

  /// How far noise of one step may be off, relative to it.
  ///
  /// Its variance is a sum by Gauss's rule of 16 products, each rounded and added; of many panels
  /// one or two have terms that are not tiny. Places are rounded to a part of the time that counts,
  /// 1/a.
  private static func rounding(_ a: Double) -> Double { (2 * 16 + 8 * a) * 0x1p-53 }

  private func increments(_ count: Int) -> BrownianIncrements {
    BrownianIncrements(RandomBlock(seed: 8, stream: 16, samples: 0..<count))
  }

  /// dx/dt = a(t) x + 1 + 2t in one step, forward and backward, against 1,000 steps of order 8.
  @Test(arguments: [(0.0, 1.0), (0.6, 0.2)]) func exactLinearPart(_ ends: (Double, Double)) {
    let initial = Tensor([1.0, -0.5, 3], shape: [3, 1])
    var nonlinear = ClosureDynamics { time, x in
      Tensor(repeating: 1 + 2 * time, shape: x.shape)
    }
    let found = ExponentialHeun(linear: varying).solve(
      &nonlinear,
      from: initial,
      over: TimeGrid(from: ends.0, to: ends.1, steps: 1)
    )
    var whole = ClosureDynamics { time, x in x * (-5 * (1 + sin(time))) + (1 + 2 * time) }
    let wanted = RungeKutta.dormandPrince8.solve(
      &whole,
      from: initial,
      over: TimeGrid(from: ends.0, to: ends.1, steps: 1_000)
    )
    // A thousand steps of a few roundings of numbers up to 3 e^{2.7}.
    #expect(mismatch(found.state, wanted.state, tolerance: 1_000 * 4 * 45 * 0x1p-53) == nil)
    #expect(found.evaluations == 2 && found.steps == 1)
  }

  /// One step is as exact where ∫ a cancels over it, or changes most in a part of it.
  @Test(arguments: [0, 1, 2, 4]) func exactWhereTheCoefficientCancels(_ waves: Int) {
    let (size, rate) = (60.0, 2 * Double.pi * Double(waves))
    let linear =
      waves == 0
      ? LinearCoefficient(
        { size * (1 - 2 * $0) },
        integral: { start, end in size * (end - end * end - start + start * start) }
      )
      : LinearCoefficient(
        { size * cos(rate * $0) },
        integral: { start, end in size / rate * (sin(rate * end) - sin(rate * start)) }
      )
    var nonlinear = ClosureDynamics { _, x in Tensor(repeating: 1, shape: x.shape) }
    let initial = Tensor<Double>(zeros: [1, 1])
    let grid = { TimeGrid(from: 0, to: 1, steps: $0) }
    let found = ExponentialHeun(linear: linear).solve(&nonlinear, from: initial, over: grid(1))
    var whole = ClosureDynamics { time, x in x * linear(time) + 1 }
    let wanted = RungeKutta.dormandPrince8.solve(&whole, from: initial, over: grid(4_000)).state
    // Four thousand steps of a few roundings, and of an error of (60/4,000)⁹ = 4·10⁻¹⁷ each.
    #expect(abs(found.state.scalar / wanted.scalar - 1) < 4_000 * 8 * 0x1p-53)
  }

  /// An a whose integral is not known is integrated over a long step as well: a pole just before it, waves, a jump.
  ///
  /// dX = aX dt + √(2ε) dW with a = −p/(t + c): E = (c/(1 + c))ᵖ and, for ε = ½,
  /// q = (1 + c − c (c/(1 + c))²ᵖ)/(2p + 1).
  @Test func exactWhereTheIntegralIsFound() {
    let (p, c) = (3.0, 1e-4)
    let path = increments(1)
    let z = path.standardNormal(step: 0, components: 1).scalar
    func step(_ linear: LinearCoefficient) -> (propagator: Double, variance: Double) {
      var none = ClosureDynamics { _, x in x * 0 }
      let ends = [1.0, 0].map { start in
        ExponentialHeun(linear: linear).solve(
          &none,
          from: Tensor([start], shape: [1, 1]),
          over: TimeGrid(from: 0, to: 1, steps: 1),
          diffusion: { _ in 0.5 },
          increments: path
        ).state.scalar
      }
      return (ends[0] - ends[1], ends[1] * ends[1] / (z * z))
    }
    let pole = step(LinearCoefficient { -p / ($0 + c) })
    let wanted = pow(c / (1 + c), p)
    // E is the difference of two numbers of about √q z.
    #expect(abs(pole.propagator - wanted) < 1e-15)
    let variance = (1 + c - c * wanted * wanted) / (2 * p + 1)
    // Some 20 panels, each of ∫ a to 10⁻¹⁴.
    #expect(abs(pole.variance / variance - 1) < 1e-12)
    var none = ClosureDynamics { _, x in x * 0 }
    for (linear, exponent) in [
      (LinearCoefficient { 60 * cos(8 * .pi * $0) }, 60 / (8 * .pi) * sin(8 * .pi * 0.9)),
      (LinearCoefficient { $0 < 0.3 ? -1 : -2 }, -1.5),
    ] {
      let found = ExponentialHeun(linear: linear).solve(
        &none,
        from: Tensor([1.0], shape: [1, 1]),
        over: TimeGrid(from: 0, to: 0.9, steps: 1)
      ).state.scalar
      // Up to 64 panels of 10⁻¹⁴.
      #expect(abs(found / exp(exponent) - 1) < 1e-12)
    }
  }

  /// However strong a constant a, x goes to −N/a, and the noise to the variance ε/|a| of equilibrium.
  @Test(arguments: [1e4, 1e8, 1e15]) func aCoefficientFarTooStrongForTheStepIsExact(_ size: Double)
  {
    var constant = ClosureDynamics { _, x in Tensor(repeating: 3, shape: x.shape) }
    let path = increments(5)
    let found = ExponentialHeun(linear: .constant(-size)).solve(
      &constant,
      from: Tensor(repeating: 2, shape: [5, 2]),
      over: TimeGrid(from: 0, to: 1, steps: 1),
      diffusion: { _ in 0.5 },
      increments: path
    )
    let wanted =
      path.standardNormal(step: 0, components: 2) * (0.5 / size).squareRoot() + 3 / size
    // Places are rounded to a part of the short time that counts, 1/size; noise is below four
    // deviations.
    let bound = 8 * size * 0x1p-53 * 4 * (0.5 / size).squareRoot()
    #expect(mismatch(found.state, wanted, tolerance: bound) == nil)
  }

  @Test func aCoefficientBeyondAllPanelsIsRefused() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var none = ClosureDynamics { _, x in Tensor(zeros: x.shape) }
      let waves = LinearCoefficient(
        { 1e9 * cos(1e5 * $0) },
        integral: { 1e4 * (sin(1e5 * $1) - sin(1e5 * $0)) }
      )
      _ = ExponentialHeun(linear: waves).solve(
        &none,
        from: Tensor(zeros: [1, 1]),
        over: TimeGrid(from: 0, to: 1, steps: 1)
      )
    }
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains("take shorter steps"), "\(output)")
  }

  /// dX = −aX dt + √(2ε) dW in one step is E X + √q z with q = ∫ e^{−2a(t+h−s)} 2ε ds, also where
  /// a h = 260 is far beyond the stability of explicit methods.
  @Test(arguments: [1.3, 260]) func exactNoise(_ a: Double) {
    var none = ClosureDynamics { _, x in Tensor(zeros: x.shape) }
    let path = increments(5)
    let found = ExponentialHeun(linear: .constant(-a)).solve(
      &none,
      from: Tensor(repeating: 2, shape: [5, 2]),
      over: TimeGrid(from: 0.5, to: 1.5, steps: 1),
      diffusion: { 1 + cos(3 * $0) },
      increments: path
    )
    // The primitive with e^{2as} taken out, so that it does not overflow.
    func primitive(_ s: Double) -> Double {
      let k = 2 * a
      return 2 * (1 / k + (k * cos(3 * s) + 3 * sin(3 * s)) / (k * k + 9))
    }
    let variance = primitive(1.5) - exp(-2 * a) * primitive(0.5)
    let wanted =
      path.standardNormal(step: 0, components: 2) * variance.squareRoot() + 2 * exp(-a)
    #expect(mismatch(found.state, wanted, tolerance: Self.rounding(a) * worst(wanted)) == nil)
  }

  /// Backward dX = aX dt + √(2ε) dW^B contracts, and gathers noise as forward: a variance has no direction.
  @Test func exactNoiseBackward() {
    let a = 1.3
    var none = ClosureDynamics { _, x in Tensor(zeros: x.shape) }
    let path = increments(5)
    let found = ExponentialHeun(linear: .constant(a)).solve(
      &none,
      from: Tensor(repeating: 2, shape: [5, 2]),
      over: TimeGrid(from: 1.5, to: 0.5, steps: 1),
      diffusion: { 1 + cos(3 * $0) },
      increments: path
    )
    let variance = exp(a) * Noise.weightedVariance(0.5, 1.5, rate: -2 * a)
    let wanted =
      path.standardNormal(step: 0, components: 2) * variance.squareRoot() + 2 * exp(-a)
    #expect(mismatch(found.state, wanted, tolerance: Self.rounding(a) * worst(wanted)) == nil)
  }

  /// dx/dt = −5(1 + sin t) x + cos x + t has order 2.
  @Test(arguments: [false, true]) func order(_ isBackward: Bool) {
    // Backward the linear part makes x grow, and cos x vary: a shorter span.
    let ends = isBackward ? (0.25, 0.0) : (0.0, 1.0)
    let initial = Tensor([0.3, 1, -1], shape: [3, 1])
    var whole = ClosureDynamics { time, x in
      x * (-5 * (1 + sin(time))) + x.applying(.cos) + time
    }
    let wanted = RungeKutta.dormandPrince8.solve(
      &whole,
      from: initial,
      over: TimeGrid(from: ends.0, to: ends.1, steps: 1_000)
    ).state
    let errors = [64, 128, 256].map { steps -> Double in
      var nonlinear = ClosureDynamics { time, x in x.applying(.cos) + time }
      let state = ExponentialHeun(linear: varying).solve(
        &nonlinear,
        from: initial,
        over: TimeGrid(from: ends.0, to: ends.1, steps: steps)
      ).state
      return zip(state.elements, wanted.elements).map { abs($0 - $1) }.max() ?? 0
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      #expect(abs(log2(coarse / fine) - 2) < 0.1, "\(errors)")
    }
  }

  /// dX = −(0.8 + 0.5)X dt + √(2ε) dW with 0.8 taken exactly: mean and variance have order 2.
  ///
  /// A step is X ← R X + S z, and R and S are read off the method.
  @Test func weakOrder() {
    let method = ExponentialHeun(linear: .constant(-0.8))
    var nonlinear = ClosureDynamics { _, x in x * -0.5 }
    let path = increments(1)
    let z = path.standardNormal(step: 0, components: 1).scalar
    let decay = exp(-1.3 * 1.5)
    let errors = [16, 32, 64, 128].map { steps -> (Double, Double) in
      let grid = TimeGrid(from: 0, to: 1.5, steps: steps)
      var (mean, variance) = (2.0, 0.3)
      for (time, next) in zip(grid.times, grid.times.dropFirst()) {
        let step = TimeGrid([time, next])
        let one = Tensor([1.0], shape: [1, 1])
        let r = method.solve(&nonlinear, from: one, over: step).state.scalar
        let s =
          method.solve(
            &nonlinear,
            from: Tensor(zeros: [1, 1]),
            over: step,
            diffusion: { 1 + cos(3 * $0) },
            increments: path
          ).state.scalar / z
        (mean, variance) = (r * mean, r * r * variance + s * s)
      }
      let wanted =
        decay * decay * (0.3 + Noise.weightedVariance(0, 1.5, rate: 2.6))
      return (abs(mean - 2 * decay), abs(variance - wanted))
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()).suffix(2) {
      #expect(abs(log2(coarse.0 / fine.0) - 2) < 0.1, "\(errors)")
      #expect(abs(log2(coarse.1 / fine.1) - 2) < 0.1, "\(errors)")
    }
  }

  /// ∫ a by Gauss's rule is the known integral, forward and backward, and sums are those of both.
  @Test func coefficients() {
    let found = LinearCoefficient { -5 * (1 + sin($0)) }
    let sum = varying + .constant(2)
    for (start, end) in [(0.0, 1.0), (0.7, 0.2)] {
      let wanted = varying.integral(from: start, to: end)
      // The remainder f⁽³²⁾/(33 (32!)) · (16!)⁴/(32!)² is far below the rounding of 16 terms up to 10.
      #expect(abs(found.integral(from: start, to: end) - wanted) < 16 * 10 * 0x1p-53)
      #expect(
        abs(sum.integral(from: start, to: end) - wanted - 2 * (end - start)) < 4 * 10 * 0x1p-53
      )
      #expect(abs(sum(start) - (2 - 5 * (1 + sin(start)))) < 4 * 10 * 0x1p-53)
    }
  }

  /// Failures are named, and what was reached is kept.
  @Test func failure() {
    var nonlinear = ClosureDynamics { time, x in
      var slope = x * 0
      if time > 0.6 { slope[1, 0] = .nan }
      return slope
    }
    let solution = ExponentialHeun(linear: .constant(-1)).solve(
      &nonlinear,
      from: Tensor(repeating: 1, shape: [2, 1]),
      over: TimeGrid(from: 0, to: 1, steps: 4)
    )
    #expect(solution.outcome == .nonFiniteField(time: 0.75, row: 1, component: 0))
    #expect(solution.steps == 2)
    #expect(abs(solution.state[0, 0] - exp(-0.5)) < 4 * 0x1p-53)
  }
}
