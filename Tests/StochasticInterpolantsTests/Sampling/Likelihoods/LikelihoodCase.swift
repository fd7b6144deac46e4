import StochasticInterpolants
import Tensors
import TestSupport

/// Bridges whose densities at both ends are known, with exact fields.
struct LikelihoodCase: Sendable, CustomStringConvertible {
  let description: String
  let own: ExactCase

  /// ρ₀.
  var base: any ExplicitDensity {
    get throws { own.hasBase ? try ExactCase.base() : StandardGaussian(dimension: 2) }
  }

  static let all = ["linear, √(t(1−t))", "trigonometric, t(1−t)", "one-sided linear", "linear, 0"]
    .map { name in
      guard let own = ExactCase.all.first(where: { $0.description == name }) else {
        fatalError("no case \(name)")
      }
      return LikelihoodCase(description: name, own: own)
    }

  /// Those with a score at both ends.
  static let stochastic = [all[0], all[2]]
}

/// ρ(t) of exact fields as a density.
struct Marginal: ExplicitDensity {
  let fields: MixtureFields<AnyInterpolant>
  let time: Double

  var dimension: Int { fields.dimension }
  var entropy: Double? { nil }
  func sample(_ block: RandomBlock) -> Tensor<Double> { fatalError("nobody draws from it") }
  func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    fields(time, points, wanted: .logDensity).logDensity
  }
}
