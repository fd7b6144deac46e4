internal import CKernels

/// An elementwise function of one tensor.
public enum UnaryOperation: Sendable, Hashable, CaseIterable {
  /// −x.
  case negate
  /// |x|.
  case absolute
  /// −1, 0 or 1; NaN for NaN.
  case sign
  /// x².
  case square
  /// √x; NaN below zero.
  case squareRoot
  /// 1/x.
  case reciprocal
  /// The largest integer not above x.
  case floor
  /// eˣ.
  case exp
  /// eˣ − 1 without cancellation near zero.
  case expMinusOne
  /// ln x; −∞ at 0, NaN below.
  case log
  /// ln(1 + x) without cancellation near zero.
  case logOnePlus
  /// sin x.
  case sin
  /// cos x.
  case cos
  /// tanh x.
  case tanh
  /// 1/(1 + e⁻ˣ).
  case sigmoid
  /// (2/√π) ∫₀ˣ exp(−u²) du.
  case erf

  var kernel: ck_unary {
    switch self {
    case .negate: CK_NEGATE
    case .absolute: CK_ABSOLUTE
    case .sign: CK_SIGN
    case .square: CK_SQUARE
    case .squareRoot: CK_SQRT
    case .reciprocal: CK_RECIPROCAL
    case .floor: CK_FLOOR
    case .exp: CK_EXP
    case .expMinusOne: CK_EXPM1
    case .log: CK_LOG
    case .logOnePlus: CK_LOG1P
    case .sin: CK_SIN
    case .cos: CK_COS
    case .tanh: CK_TANH
    case .sigmoid: CK_SIGMOID
    case .erf: CK_ERF
    }
  }
}

/// An elementwise function of two tensors, with broadcasting.
///
/// Comparisons give 1 where they hold and 0 elsewhere, and 0 where an operand is NaN.
public enum BinaryOperation: Sendable, Hashable, CaseIterable {
  /// x + y.
  case add
  /// x − y.
  case subtract
  /// x y.
  case multiply
  /// x / y.
  case divide
  /// The larger of x and y; NaN if either is.
  case maximum
  /// The smaller of x and y; NaN if either is.
  case minimum
  /// x > y.
  case greater
  /// x ≥ y.
  case greaterOrEqual
  /// x = y.
  case equal

  var kernel: ck_binary {
    switch self {
    case .add: CK_ADD
    case .subtract: CK_SUBTRACT
    case .multiply: CK_MULTIPLY
    case .divide: CK_DIVIDE
    case .maximum: CK_MAXIMUM
    case .minimum: CK_MINIMUM
    case .greater: CK_GREATER
    case .greaterOrEqual: CK_GREATER_EQUAL
    case .equal: CK_EQUAL
    }
  }
}

/// The activation of a layer.
public enum Activation: String, Sendable, Hashable, CaseIterable, Codable {
  /// max(x, 0); the derivative at 0 is taken as 0.
  case relu
  /// x / (1 + e⁻ˣ), also called swish.
  case silu
  /// x Φ(x) with the exact normal distribution function Φ.
  case gelu
  /// tanh x.
  case tanh
  /// 1.0507… · (x for x > 0, else 1.6733…(eˣ − 1)); Klambauer et al. 2017.
  case selu
  /// ln(1 + eˣ).
  case softplus
  /// 1 / (1 + e⁻ˣ).
  case sigmoid

  /// Whether σ′(x) is a function of σ(x) that costs less than σ′: 1 − v², v − v², and λ or v + λα.
  package var slopeIsOfValue: Bool {
    switch self {
    case .tanh, .sigmoid, .selu: true
    case .relu, .silu, .gelu, .softplus: false
    }
  }

  var kernel: ck_activation {
    switch self {
    case .relu: CK_RELU
    case .silu: CK_SILU
    case .gelu: CK_GELU
    case .tanh: CK_ACT_TANH
    case .selu: CK_SELU
    case .softplus: CK_SOFTPLUS
    case .sigmoid: CK_ACT_SIGMOID
    }
  }
}
