import CKernels
import Glibc
import Testing

/// An activation, by libm in the widest type: erfc amplifies the rounding of its argument.
private func activation(_ kind: UInt32, _ x: Wide) -> Wide {
  let scale: Wide = 1.0507009873554804934193349852946
  let alpha: Wide = 1.6732632423543772848170429916717
  switch ck_activation(kind) {
  case CK_RELU: return max(x, 0)
  case CK_SILU: return x / (1 + exp(-x))
  case CK_GELU: return x * erfc(-x / Wide(2).squareRoot()) / 2
  case CK_ACT_TANH: return tanh(x)
  case CK_SELU: return x > 0 ? scale * x : scale * alpha * expm1(x)
  case CK_SOFTPLUS: return max(x, 0) + log1p(exp(-x.magnitude))
  case CK_ACT_SIGMOID: return 1 / (1 + exp(-x))
  default: return .nan
  }
}

/// Limits of the activation at -infinity and infinity.
private func limits(_ kind: UInt32, order: UInt32) -> (Double, Double) {
  let selu = Double(activation(CK_SELU.rawValue, -1000))
  switch (ck_activation(kind), order) {
  case (CK_RELU, 0), (CK_SILU, 0), (CK_GELU, 0), (CK_SOFTPLUS, 0): return (0, .infinity)
  case (CK_RELU, 1), (CK_SILU, 1), (CK_GELU, 1), (CK_SOFTPLUS, 1): return (0, 1)
  case (CK_ACT_TANH, 0): return (-1, 1)
  case (CK_SELU, 0): return (selu, .infinity)
  case (CK_SELU, 1): return (0, 1.0507009873554804934193349852946)
  case (CK_ACT_SIGMOID, 0): return (0, 1)
  default: return (0, 0)
  }
}

private let kinds = Array(0..<UInt32(Elementwise.activationNames.count))

@Suite struct ActivationTests {
  /// Three units in the last place, and nine for GELU; ReLU is exact.
  ///
  /// Measured: at most 2.9 over 200,000 values at every level, by a rounding each of exp, of 1 + e^x,
  /// of the quotient and of the product; for GELU 8.1, where the error of the argument of Mills'
  /// ratio is amplified. In the tails too, down to where exp leaves the normal range.
  @Test(arguments: Level.all, kinds)
  func valueAgainstItsFormula(level: Level, kind: UInt32) {
    value(level, kind, Float.self, reach: ck_activation(kind) == CK_GELU ? 12.5 : 80)
    value(level, kind, Double.self, reach: ck_activation(kind) == CK_GELU ? 36 : 80)
  }

  private func value<T: KernelScalar>(
    _ level: Level,
    _ kind: UInt32,
    _: T.Type,
    reach: Double
  ) {
    var random = SplitMix(state: 2)
    let x =
      random.values(50_000, in: -reach...reach, as: T.self)
      + random.values(50_000, in: -3...3, as: T.self)
    let y = T.apply(.activation(kind, order: 0), level.table, x)
    var worst = (error: 0.0, at: T.zero)
    for (x, y) in zip(x, y) {
      let e = error(y, activation(kind, Wide(x)))
      if e > worst.error { worst = (e, x) }
    }
    #expect(worst.error <= (ck_activation(kind) == CK_GELU ? 9 : 3), "at \(worst.at)")
  }

  /// Central differences of the order below, of fourth order in h: they err by h^4 f^(5) / 30 and by
  /// rounding / h.
  @Test(arguments: Level.all, kinds)
  func derivativesAgainstCentralDifferences(level: Level, kind: UInt32) {
    let h = 1.0 / 512
    for order in UInt32(1)...8 {
      // Off 0, where ReLU and SELU have a kink.
      let x = stride(from: -12.0, through: 12, by: 1.0 / 64).map { $0 + 1.0 / 128 }
      func below(_ shift: Double) -> [Double] {
        Double.apply(.activation(kind, order: order - 1), level.table, x.map { $0 + shift })
      }
      let (p1, m1, p2, m2) = (below(h), below(-h), below(2 * h), below(-2 * h))
      let y = Double.apply(.activation(kind, order: order), level.table, x)
      let z = Float.apply(.activation(kind, order: order), level.table, x.map { Float($0) })
      var worst = (error: 0.0, at: 0.0)
      var worstFloat = (error: 0.0, at: 0.0)
      for i in x.indices {
        let difference = (8 * (p1[i] - m1[i]) - (p2[i] - m2[i])) / (12 * h)
        let e = (y[i] - difference).magnitude
        if e > worst.error { worst = (e, x[i]) }
        // Float's argument is exact.
        let f = (Double(z[i]) - y[i]).magnitude / max(y[i].magnitude, 1)
        if f > worstFloat.error { worstFloat = (f, x[i]) }
      }
      #expect(worst.error <= Self.tolerance(kind, order), "order \(order) at \(worst.at)")
      #expect(worstFloat.error <= 8 * Double(Float.ulpOfOne), "order \(order) at \(worstFloat.at)")
    }
  }

  /// The error of the differences by a bound of the derivative four orders above.
  ///
  /// By Cauchy, the n-th derivative of a function analytic in a strip of half-width w is at most
  /// n! / w^n times its bound there: w is pi for the sigmoid, pi/2 for tanh; taken at 0.8 w, where
  /// the bound is below 2. SiLU adds x and n times those; GELU's derivatives are smaller.
  private static func tolerance(_ kind: UInt32, _ order: UInt32) -> Double {
    let width = ck_activation(kind) == CK_ACT_TANH ? Double.pi / 2 : Double.pi
    let n = Double(order + 4)
    let bound = 2 * tgamma(n + 1) / pow(0.8 * width, n)
    let factor = ck_activation(kind) == CK_SILU ? 12 + n : 4
    let h4 = pow(1.0 / 512, 4) / 30
    return h4 * max(bound, 20) * factor + 512 * 32 * Double.ulpOfOne * max(factor, bound)
  }

  @Test(arguments: Level.all, kinds)
  func limitsAndNaN(level: Level, kind: UInt32) {
    for order in UInt32(0)...12 {
      let (low, high) = limits(kind, order: order)
      let x = [-Double.infinity, -1e300, .infinity, 1e300, .nan]
      let y = Double.apply(.activation(kind, order: order), level.table, x)
      let f: [Float] = [-.infinity, -3e38, .infinity, 3e38, .nan]
      let z = Float.apply(.activation(kind, order: order), level.table, f)
      for (values, ulp) in [(y, Double.ulpOfOne), (z.map { Double($0) }, Double(Float.ulpOfOne))] {
        #expect((values[0] - low).magnitude <= 2 * ulp && (values[1] - low).magnitude <= 2 * ulp)
        if high.isInfinite {
          #expect(values[2] == high && values[3] > 1e38)
        } else {
          #expect((values[2] - high).magnitude <= 2 * ulp)
          #expect((values[3] - high).magnitude <= 2 * ulp)
        }
        // ReLU's derivatives compare and do not calculate.
        #expect(values[4].isNaN != (kind == CK_RELU.rawValue && order > 0))
      }
    }
  }

  @Test(arguments: Level.all, kinds)
  func productIsTheActivationTimesTheFactor(level: Level, kind: UInt32) throws {
    try product(level, kind, Float.self)
    try product(level, kind, Double.self)
  }

  private func product<T: KernelScalar>(_ level: Level, _ kind: UInt32, _: T.Type) throws {
    let product = try #require(T.kernels(level.table).product)
    var random = SplitMix(state: 3)
    let x = random.values(777, in: -9...9, as: T.self)
    let g = random.values(777, in: -9...9, as: T.self)
    for order in UInt32(0)...4 {
      let expected = zip(T.apply(.activation(kind, order: order), level.table, x), g).map(*)
      var y = g
      product(ck_activation(kind), order, 777, x, y, &y)
      #expect(zip(y, expected).allSatisfy { T.same($0, $1) })
    }
  }

  @Test(arguments: Level.all, [CK_ACT_TANH.rawValue, CK_ACT_SIGMOID.rawValue, CK_SELU.rawValue])
  func slopesFromValues(level: Level, kind: UInt32) throws {
    try slopes(level, kind, Float.self)
    try slopes(level, kind, Double.self)
  }

  /// The value errs by 3 units of at most λα = 1.76, the slope changes at most twice as fast as the value, and
  /// three operations round: 10 half units of 1.76, and the 3 units of the slope it is compared with.
  private func slopes<T: KernelScalar>(_ level: Level, _ kind: UInt32, _: T.Type) throws {
    let slopeProduct = try #require(T.kernels(level.table).slopeProduct)
    var random = SplitMix(state: 5)
    let x = random.values(777, in: -9...9, as: T.self) + [0, -100, 100]
    let g = random.values(780, in: -9...9, as: T.self)
    let values = T.apply(.activation(kind, order: 0), level.table, x)
    let slopes = T.apply(.activation(kind, order: 1), level.table, x)
    var y = g
    slopeProduct(ck_activation(kind), 780, values, y, &y)
    for index in x.indices {
      let difference = (Double(y[index]) - Double(slopes[index]) * Double(g[index])).magnitude
      let bound = (10 / 2 + 3) * 1.76 * Double(T.ulpOfOne) * Double(g[index]).magnitude
      #expect(difference <= bound, "at \(x[index])")
    }
    var nan = [T.nan]
    slopeProduct(ck_activation(kind), 1, nan, [1], &nan)
    #expect(nan[0].isNaN)
  }
}
