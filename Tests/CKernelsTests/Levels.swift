import CKernels
import Testing

/// A level of the kernels that this machine runs.
struct Level: Sendable, CustomTestStringConvertible {
  let level: UInt32

  var table: ck_table {
    guard let table = ck_table_for_level(ck_level(level)) else {
      fatalError("level \(level) is in the list of those that run here")
    }
    return table.pointee
  }

  var testDescription: String { String(cString: table.name) }

  /// All levels that run here: every test takes them as its argument.
  static let all = [CK_LEVEL_BASELINE, CK_LEVEL_AVX2, CK_LEVEL_AVX512]
    .filter { ck_table_for_level($0) != nil }
    .map { Level(level: $0.rawValue) }
}

/// One vector kernel, `y = f(x)`, for either scalar type.
enum Elementwise: Sendable, CustomTestStringConvertible {
  case unary(UInt32)
  case activation(UInt32, order: UInt32)

  static let unaryNames = [
    "negate", "absolute", "sign", "square", "sqrt", "reciprocal", "floor", "exp", "expm1", "log",
    "log1p", "sin", "cos", "tanh", "sigmoid", "erf",
  ]
  static let activationNames = ["relu", "silu", "gelu", "tanh", "selu", "softplus", "sigmoid"]

  var testDescription: String {
    switch self {
    case .unary(let op): Self.unaryNames[Int(op)]
    case .activation(let kind, let order): "\(Self.activationNames[Int(kind)]), order \(order)"
    }
  }

  static let all =
    (0..<UInt32(unaryNames.count)).map { Self.unary($0) }
    + (0..<UInt32(activationNames.count)).flatMap { kind in
      [0, 1, 2, 3, 4, 8].map { Self.activation(kind, order: $0) }
    }
}

/// The two scalar types, each with its half of the table.
protocol KernelScalar: BinaryFloatingPoint, Sendable where RawSignificand: FixedWidthInteger {
  static func apply(
    _ function: Elementwise,
    _ table: ck_table,
    _ count: Int,
    _ x: UnsafePointer<Self>,
    _ y: UnsafeMutablePointer<Self>
  )
  static func kernels(_ table: ck_table) -> Kernels<Self>
  /// The value whose bits are taken from `random`.
  static func pattern(_ random: UInt64) -> Self
}

/// The entries of one scalar type that take and give no more than arrays.
struct Kernels<T> {
  typealias Input = UnsafePointer<T>?
  typealias Output = UnsafeMutablePointer<T>?
  let affine: ((Int, Double, Double, Input, Output) -> Void)?
  let binary: ((ck_binary, Int, Int, Input, Int, Int, Input, Int, Int, Output) -> Void)?
  let select: ((Int, Input, Input, Input, Output) -> Void)?
  let product: ((ck_activation, UInt32, Int, Input, Input, Output) -> Void)?
  let slopeProduct: ((ck_activation, Int, Input, Input, Output) -> Void)?
  let sumRows: ((Int, Int, Input, Output) -> Void)?
  let sumColumns: ((Int, Int, Input, Output) -> Void)?
  let maxRows: ((Int, Int, Input, Output) -> Void)?
  let maxColumns: ((Int, Int, Input, Output) -> Void)?
  let sum: ((Int, Input) -> Double)?
  let sumOfSquares: ((Int, Input) -> Double)?
  let dot: ((Int, Input, Input) -> Double)?
  let axpy: ((Int, Double, Input, Output) -> Void)?
  let lerp: ((Int, Double, Input, Output) -> Void)?
  let transpose: ((Int, Int, Input, Output) -> Void)?
  let firstNonFinite: ((Int, Input) -> Int)?
  let adam: ((Int, UnsafePointer<ck_adam>?, Input, Output, Output, Output) -> Void)?
  let sgd: ((Int, UnsafePointer<ck_sgd>?, Input, Output, Output) -> Void)?
}

extension Float: KernelScalar {
  static func apply(
    _ function: Elementwise,
    _ table: ck_table,
    _ count: Int,
    _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) {
    switch function {
    case .unary(let op): table.unary_f32?(ck_unary(op), count, x, y)
    case .activation(let kind, let order):
      table.activation_f32?(ck_activation(kind), order, count, x, y)
    }
  }

  static func kernels(_ t: ck_table) -> Kernels<Float> {
    Kernels(
      affine: t.affine_f32,
      binary: t.binary_f32,
      select: t.select_f32,
      product: t.activation_product_f32,
      slopeProduct: t.slope_product_f32,
      sumRows: t.sum_rows_f32,
      sumColumns: t.sum_columns_f32,
      maxRows: t.max_rows_f32,
      maxColumns: t.max_columns_f32,
      sum: t.sum_f32,
      sumOfSquares: t.sum_of_squares_f32,
      dot: t.dot_f32,
      axpy: t.axpy_f32,
      lerp: t.lerp_f32,
      transpose: t.transpose_f32,
      firstNonFinite: t.first_non_finite_f32,
      adam: t.adam_f32,
      sgd: t.sgd_f32
    )
  }

  static func pattern(_ random: UInt64) -> Float {
    Float(bitPattern: UInt32(truncatingIfNeeded: random))
  }
}

extension Double: KernelScalar {
  static func apply(
    _ function: Elementwise,
    _ table: ck_table,
    _ count: Int,
    _ x: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
  ) {
    switch function {
    case .unary(let op): table.unary_f64?(ck_unary(op), count, x, y)
    case .activation(let kind, let order):
      table.activation_f64?(ck_activation(kind), order, count, x, y)
    }
  }

  static func kernels(_ t: ck_table) -> Kernels<Double> {
    Kernels(
      affine: t.affine_f64,
      binary: t.binary_f64,
      select: t.select_f64,
      product: t.activation_product_f64,
      slopeProduct: t.slope_product_f64,
      sumRows: t.sum_rows_f64,
      sumColumns: t.sum_columns_f64,
      maxRows: t.max_rows_f64,
      maxColumns: t.max_columns_f64,
      sum: t.sum_f64,
      sumOfSquares: t.sum_of_squares_f64,
      dot: t.dot_f64,
      axpy: t.axpy_f64,
      lerp: t.lerp_f64,
      transpose: t.transpose_f64,
      firstNonFinite: t.first_non_finite_f64,
      adam: t.adam_f64,
      sgd: t.sgd_f64
    )
  }

  static func pattern(_ random: UInt64) -> Double { Double(bitPattern: random) }
}

extension KernelScalar {
  static func apply(_ function: Elementwise, _ table: ck_table, _ x: [Self]) -> [Self] {
    var y = [Self](repeating: .nan, count: x.count)
    apply(function, table, x.count, x, &y)
    return y
  }

  /// Equal bits, except that all NaNs are one.
  static func same(_ x: Self, _ y: Self) -> Bool {
    x.isNaN && y.isNaN || x == y && x.sign == y.sign
  }
}

/// A generator with a fixed seed (Steele, Lea, Flood 2014), independent of the one under test.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func values<T: KernelScalar>(
    _ count: Int,
    in range: ClosedRange<Double>,
    as: T.Type
  ) -> [T] {
    (0..<count).map { _ in T(Double.random(in: range, using: &self)) }
  }
}
