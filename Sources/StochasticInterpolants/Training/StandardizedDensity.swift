internal import Tensors

/// A density seen in standardised coordinates.
struct StandardizedDensity: Density {
  let original: any Density
  let standardization: Standardization

  var dimension: Int { original.dimension }

  func sample(_ block: RandomBlock) -> Tensor<Double> {
    standardization.apply(original.sample(block))
  }

  /// E[x] of a density in the coordinates it is seen in, where its moments are known.
  static func mean(of density: any Density) -> Tensor<Double>? {
    func mean(
      of original: any Density,
      _ standardization: Standardization
    ) -> Tensor<Double>? {
      (original as? any MomentedDensity).map { moments in
        standardization.apply(moments.mean.reshaped([1, moments.dimension]))
          .reshaped([moments.dimension])
      }
    }
    return switch density {
    case let moments as any MomentedDensity: moments.mean
    case let own as StandardizedDensity: mean(of: own.original, own.standardization)
    case let own as StandardizedExplicitDensity: mean(of: own.original, own.standardization)
    case let own as StandardizedScoredDensity: mean(of: own.original, own.standardization)
    default: nil
    }
  }

  /// The density itself where there is nothing to standardise.
  static func wrapping(_ density: any Density, _ standardization: Standardization?) -> any Density {
    guard let standardization else { return density }
    return switch density {
    case let scored as any ScoredDensity:
      StandardizedScoredDensity(original: scored, standardization: standardization)
    case let explicit as any ExplicitDensity:
      StandardizedExplicitDensity(original: explicit, standardization: standardization)
    default: StandardizedDensity(original: density, standardization: standardization)
    }
  }
}

/// A coupling seen in standardised coordinates, the same for both ends.
struct StandardizedCoupling: Coupling {
  let original: any Coupling
  let standardization: Standardization

  var dimension: Int { original.dimension }

  var marginals: (base: any Density, target: any Density) {
    let own = original.marginals
    return (
      StandardizedDensity.wrapping(own.base, standardization),
      StandardizedDensity.wrapping(own.target, standardization)
    )
  }

  func pairs(_ block: RandomBlock) -> (x0: Tensor<Double>, x1: Tensor<Double>) {
    let pair = original.pairs(block)
    return (standardization.apply(pair.x0), standardization.apply(pair.x1))
  }

  /// The coupling itself where there is nothing to standardise.
  static func wrapping(_ coupling: any Coupling, _ standardization: Standardization?)
    -> any Coupling
  {
    guard let standardization else { return coupling }
    return StandardizedCoupling(original: coupling, standardization: standardization)
  }
}

/// An explicit density seen in standardised coordinates: log ρ̃(y) = log ρ(x) + log|det A|.
struct StandardizedExplicitDensity: ExplicitDensity {
  let original: any ExplicitDensity
  let standardization: Standardization

  var dimension: Int { original.dimension }

  var entropy: Double? { original.entropy.map { $0 - standardization.logAbsDeterminant } }

  func sample(_ block: RandomBlock) -> Tensor<Double> {
    standardization.apply(original.sample(block))
  }

  func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    original.logDensity(standardization.undo(points)) + standardization.logAbsDeterminant
  }
}

/// A scored density seen in standardised coordinates: ∇ log ρ̃(y) = Aᵀ ∇ log ρ(x).
struct StandardizedScoredDensity: ScoredDensity {
  let original: any ScoredDensity
  let standardization: Standardization

  private var explicit: StandardizedExplicitDensity {
    StandardizedExplicitDensity(original: original, standardization: standardization)
  }

  var dimension: Int { original.dimension }

  var entropy: Double? { explicit.entropy }

  func sample(_ block: RandomBlock) -> Tensor<Double> { explicit.sample(block) }

  func logDensity(_ points: Tensor<Double>) -> Tensor<Double> { explicit.logDensity(points) }

  func score(_ points: Tensor<Double>) -> Tensor<Double> {
    standardization.apply(gradients: original.score(standardization.undo(points)))
  }
}
