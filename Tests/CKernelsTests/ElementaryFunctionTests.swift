import CKernels
import Glibc
import Testing

/// What a function may err by, in units in the last place of the result.
///
/// Measured: the largest error of any level over a walk like the one below (float 22 million
/// patterns, double 1 million values), rounded up to the next quarter. Where float rounds a double
/// result once, half a unit and the double's rounding remain. The sources of the rest are in
/// exponential.inc: a rounding each for the remainder, the sum 1 + e^x and the quotient.
struct Accuracy: Sendable, CustomTestStringConvertible {
  let op: UInt32
  let float: Double
  let double: Double
  let wide: @Sendable (Wide) -> Wide

  init(
    _ op: ck_unary,
    float: Double,
    double: Double,
    _ wide: @escaping @Sendable (Wide) -> Wide
  ) {
    self.op = op.rawValue
    self.float = float
    self.double = double
    self.wide = wide
  }

  var testDescription: String { Elementwise.unary(op).testDescription }

  static let table = [
    Accuracy(CK_NEGATE, float: 0, double: 0) { -$0 },
    Accuracy(CK_ABSOLUTE, float: 0, double: 0) { $0.magnitude },
    Accuracy(CK_SIGN, float: 0, double: 0) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
    Accuracy(CK_SQUARE, float: 0.5, double: 0.51) { $0 * $0 },
    Accuracy(CK_SQRT, float: 0.5, double: 0.51) { $0.squareRoot() },
    Accuracy(CK_RECIPROCAL, float: 0.5, double: 0.51) { 1 / $0 },
    Accuracy(CK_FLOOR, float: 0, double: 0) { $0.rounded(.down) },
    Accuracy(CK_EXP, float: 1, double: 1) { exp($0) },
    Accuracy(CK_EXPM1, float: 2, double: 1.75) { expm1($0) },
    Accuracy(CK_LOG, float: 0.51, double: 1) { log($0) },
    Accuracy(CK_LOG1P, float: 0.51, double: 1) { log1p($0) },
    Accuracy(CK_SIN, float: 0.51, double: 1) { sin($0) },
    Accuracy(CK_COS, float: 0.51, double: 1) { cos($0) },
    Accuracy(CK_TANH, float: 2.5, double: 2.5) { tanh($0) },
    Accuracy(CK_SIGMOID, float: 2.5, double: 2.5) { 1 / (1 + exp(-$0)) },
    Accuracy(CK_ERF, float: 0.51, double: 1.75) { erf($0) },
  ]
}

#if arch(x86_64)
  /// Wider than Double, where there is such a type.
  typealias Wide = Float80
#else
  typealias Wide = Double
#endif

/// The error of `value` in units in the last place of T at `exact`; infinite where one is not
/// finite, or zero with the other sign, and the other is not the same.
func error<T: KernelScalar>(_ value: T, _ exact: Wide) -> Double {
  let rounded = T(exact)
  if value.isFinite, rounded.isFinite, value != 0 || rounded != 0 {
    return Double((Wide(value) - exact).magnitude / ulp(exact, T.self))
  }
  return T.same(value, rounded) ? 0 : .infinity
}

private func ulp<T: KernelScalar>(_ exact: Wide, _: T.Type) -> Wide {
  let least = Wide(T.leastNonzeroMagnitude)
  guard exact.isFinite, exact != 0 else { return least }
  let exponent = exact.exponent - T.significandBitCount
  return max(least, Wide(sign: .plus, exponent: exponent, significand: 1))
}

/// Arguments that end a range, of the argument or of the result.
private func special<T: KernelScalar>(_: T.Type) -> [T] {
  let magnitudes: [T] = [
    0, .leastNonzeroMagnitude, .leastNormalMagnitude, .leastNormalMagnitude.nextDown, .ulpOfOne,
    0.5, T(1).nextDown, 1, T(1).nextUp, .pi, 1e6, 1_048_576, T(1_048_576).nextUp, 3e9,
    .greatestFiniteMagnitude, .infinity, .nan,
    // Where exp overflows, becomes subnormal and vanishes, in float and in double.
    87.3, 88.7, 88.8, 89, 103.2, 103.9, 104, 708.3, 709.7, 709.8, 710, 744.4, 745.1, 746,
  ]
  return magnitudes + magnitudes.map { -$0 }
}

/// All exponents by bit patterns, and the ranges where the functions vary.
private func walk<T: KernelScalar>(_: T.Type, patterns: Int) -> [T] {
  var random = SplitMix(state: 1)
  var x = special(T.self)
  x += (0..<patterns).map { _ in T.pattern(random.next()) }
  for reach in [0.01, 1, 10, 120, 800] {
    x += random.values(patterns / 8, in: -reach...reach, as: T.self)
  }
  // Near multiples of pi/2 the reduced argument cancels.
  x += (0..<patterns / 8).map { _ in T(Double(random.next() >> 45) * .pi / 2) }
  return x
}

private func worst<T: KernelScalar>(_ accuracy: Accuracy, _ level: Level, _ x: [T]) -> (Double, T) {
  let y = T.apply(.unary(accuracy.op), level.table, x)
  var worst = (0.0, T.zero)
  for (x, y) in zip(x, y) {
    let e = error(y, accuracy.wide(Wide(x)))
    if e > worst.0 { worst = (e, x) }
  }
  return worst
}

@Suite struct ElementaryFunctionTests {
  @Test(arguments: Level.all, Accuracy.table)
  func floatOverTheWholeRange(level: Level, accuracy: Accuracy) {
    // A stride through all bit patterns, odd so that every exponent meets many mantissas. The
    // reference is Double's libm, whose error is 2^-29 of a float's unit.
    let strided = stride(from: UInt64(accuracy.op), to: 1 << 32, by: 1021).map(Float.pattern)
    let x = strided + walk(Float.self, patterns: 100_000)
    let y = Float.apply(.unary(accuracy.op), level.table, x)
    var worst = (error: 0.0, at: Float.zero)
    for (x, y) in zip(x, y) {
      let e = error(y, Wide(Reference.double(accuracy.op, Double(x))))
      if e > worst.error { worst = (e, x) }
    }
    #expect(worst.error <= accuracy.float, "at \(worst.at)")
  }

  #if arch(x86_64)
    @Test(arguments: Level.all, Accuracy.table)
    func doubleOverTheWholeRange(level: Level, accuracy: Accuracy) {
      let (error, at) = worst(accuracy, level, walk(Double.self, patterns: 200_000))
      #expect(error <= accuracy.double, "at \(at)")
    }
  #endif
}

/// The functions in Double, for float: libm's, several times faster than in Float80.
private enum Reference {
  static func double(_ op: UInt32, _ x: Double) -> Double {
    switch ck_unary(op) {
    case CK_NEGATE: -x
    case CK_ABSOLUTE: x.magnitude
    case CK_SIGN: x > 0 ? 1 : x < 0 ? -1 : x
    case CK_SQUARE: x * x
    case CK_SQRT: x.squareRoot()
    case CK_RECIPROCAL: 1 / x
    case CK_FLOOR: x.rounded(.down)
    case CK_EXP: exp(x)
    case CK_EXPM1: expm1(x)
    case CK_LOG: log(x)
    case CK_LOG1P: log1p(x)
    case CK_SIN: sin(x)
    case CK_COS: cos(x)
    case CK_TANH: tanh(x)
    case CK_SIGMOID: 1 / (1 + exp(-x))
    case CK_ERF: erf(x)
    default: .nan
    }
  }
}
