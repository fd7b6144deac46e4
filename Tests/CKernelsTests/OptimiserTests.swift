import CKernels
import Testing

@Suite struct OptimiserTests {
  @Test(arguments: Level.all)
  func adam(level: Level) throws {
    try adam(level, Float.self)
    try adam(level, Double.self)
  }

  @Test(arguments: Level.all)
  func stochasticGradientDescent(level: Level) throws {
    try descent(level, Float.self)
    try descent(level, Double.self)
  }

  /// Ten roundings of values up to four.
  private static func tolerance<T: KernelScalar>(_: T.Type) -> Double {
    10 * Double(T.ulpOfOne) * 4
  }

  private func adam<T: KernelScalar>(_ level: Level, _: T.Type) throws {
    let adam = try #require(T.kernels(level.table).adam)
    // Each factor is exact in float or enters multiplied by a small number.
    var c = ck_adam(
      gradient_scale: 0.5,
      l2: 0.125,
      beta1: 0.875,
      beta2: 0.9990234375,
      decay: 0.0009765625,
      step: 0.0078125,
      inverse_root_correction2: 1.5,
      epsilon: 0.0009765625
    )
    var random = SplitMix(state: 11)
    let g = random.values(1003, in: -3...3, as: T.self)
    let p = random.values(1003, in: -3...3, as: T.self)
    let m = random.values(1003, in: -1...1, as: T.self)
    let v = random.values(1003, in: 0.01...1, as: T.self)
    var (p1, m1, v1) = (p, m, v)
    adam(1003, &c, g, &p1, &m1, &v1)
    var worst = 0.0
    for i in p.indices {
      let gradient = c.gradient_scale * Double(g[i]) + c.l2 * Double(p[i])
      let first = c.beta1 * Double(m[i]) + (1 - c.beta1) * gradient
      let second = c.beta2 * Double(v[i]) + (1 - c.beta2) * gradient * gradient
      let root = second.squareRoot() * c.inverse_root_correction2 + c.epsilon
      let parameter = Double(p[i]) * (1 - c.decay) - c.step * first / root
      worst = max(worst, (Double(m1[i]) - first).magnitude)
      worst = max(worst, (Double(v1[i]) - second).magnitude)
      worst = max(worst, (Double(p1[i]) - parameter).magnitude)
    }
    #expect(worst <= Self.tolerance(T.self))
  }

  private func descent<T: KernelScalar>(_ level: Level, _: T.Type) throws {
    let sgd = try #require(T.kernels(level.table).sgd)
    for nesterov in [Int32(0), 1] {
      var c = ck_sgd(
        gradient_scale: 0.5,
        l2: 0.125,
        momentum: 0.875,
        dampening: 0.25,
        rate: 0.0625,
        nesterov: nesterov
      )
      var random = SplitMix(state: 12)
      let g = random.values(1003, in: -3...3, as: T.self)
      let p = random.values(1003, in: -3...3, as: T.self)
      let m = random.values(1003, in: -1...1, as: T.self)
      var (p1, m1) = (p, m)
      sgd(1003, &c, g, &p1, &m1)
      var worst = 0.0
      for i in p.indices {
        let gradient = c.gradient_scale * Double(g[i]) + c.l2 * Double(p[i])
        let velocity = c.momentum * Double(m[i]) + (1 - c.dampening) * gradient
        let direction = nesterov == 1 ? gradient + c.momentum * velocity : velocity
        worst = max(worst, (Double(m1[i]) - velocity).magnitude)
        worst = max(worst, (Double(p1[i]) - (Double(p[i]) - c.rate * direction)).magnitude)
      }
      #expect(worst <= Self.tolerance(T.self))
    }
  }
}
