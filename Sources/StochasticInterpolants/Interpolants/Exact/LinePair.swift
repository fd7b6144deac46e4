internal import RealModule
internal import Tensors

/// A ``MixturePair`` on the line, in plain numbers.
///
/// The formulas are those of ``MixturePair`` and ``PairAtTime``, whose tensors of one element cost more
/// than all else in a block's evaluation.
struct LinePair: Sendable {
  private let logWeight: Double
  private let base: (mean: Double, variance: Double)
  private let target: (mean: Double, variance: Double)
  private let cross: Double
  private let isCentred: Bool
  private let latentVariance: Double

  init(_ pair: MixturePair) {
    logWeight = pair.logWeight
    // Without a base point its terms are 0.
    base = pair.base.map { ($0.mean.first, $0.covariance.first) } ?? (0, 0)
    target = (pair.target.mean.first, pair.target.covariance.first)
    cross = pair.cross?.first ?? 0
    isCentred = pair.isCentred
    latentVariance = pair.latentCovariance?.first ?? 1
  }

  /// The pair at a time; nil where its variance is not positive.
  func at(_ own: LinearCoefficients, _ process: LatentProcess?) -> LinePairAtTime? {
    let (alpha, beta, gamma) = (own.alpha.value, own.beta.value, own.latent.value)
    let variance =
      beta * beta * target.variance + gamma * gamma * latentVariance
      + alpha * alpha * base.variance + 2 * alpha * beta * cross
    guard variance > 0 else { return nil }
    let hasSlope = own.alpha.derivative.isFinite
    var meanDot = Self.scaled(target.mean, own.beta.derivative)
    if !isCentred || hasSlope { meanDot += Self.scaled(base.mean, own.alpha.derivative) }
    var slope = target.variance * own.beta.product + base.variance * own.alpha.product
    if isCentred && !hasSlope { slope += base.mean * base.mean * own.alpha.product }
    slope += Self.scaled(cross * beta, own.alpha.derivative)
    slope += Self.scaled(cross * alpha, own.beta.derivative)
    return LinePairAtTime(
      mean: alpha * base.mean + beta * target.mean,
      precision: 1 / variance,
      offset: logWeight - 0.5 * (Double.log(variance) + logTwoPi),
      meanDot: meanDot,
      interpolantSlope: slope,
      latentSlope: own.latent.product * latentVariance,
      processDiffusion: (process?.diffusion ?? .nan) * latentVariance,
      latentGain: gamma * latentVariance,
      base: (base.mean, alpha * base.variance + beta * cross),
      target: (target.mean, beta * target.variance + alpha * cross)
    )
  }

  /// A multiple of a derivative; 0 stays 0 where the derivative is infinite.
  private static func scaled(_ value: Double, _ derivative: Double) -> Double {
    value == 0 ? 0 : value * derivative
  }
}

/// What a ``LinePair`` is at one time.
struct LinePairAtTime {
  /// m.
  let mean: Double
  /// 1/C.
  let precision: Double
  /// log p/√(2πC).
  let offset: Double

  fileprivate let meanDot: Double
  fileprivate let interpolantSlope: Double
  fileprivate let latentSlope: Double
  fileprivate let processDiffusion: Double
  fileprivate let latentGain: Double
  fileprivate let base: (offset: Double, gain: Double)
  fileprivate let target: (offset: Double, gain: Double)

  /// E[y] and Cov(y, x_t) of the number y whose regression a field is.
  func regression(_ field: VectorField) -> (offset: Double, gain: Double) {
    switch field {
    case .velocity: (meanDot, interpolantSlope + latentSlope)
    case .drift: (meanDot, interpolantSlope + latentSlope - processDiffusion)
    case .conditionalVelocity: (meanDot, interpolantSlope)
    case .score: (0, -1)
    case .denoiser: (0, latentGain)
    case .baseDenoiser: base
    case .targetDenoiser: target
    }
  }
}

extension Tensor where Scalar == Double {
  /// The first element.
  fileprivate var first: Double { withSpan { $0[0] } }
}
