public import Tensors

/// L[f̂] − min L = ½ ∫ E|f̂ − f|² dt of a quadratic objective: what the likelihood bounds are made of.
///
/// A loss alone bounds nothing: its minimum, −½ ∫ E|f|² dt for the losses of this library, is neither 0
/// nor known from data. So an excess is measured against an exact field, or the minimum comes from who
/// knows it.
public struct ExcessLoss: Sendable, Hashable {
  /// The excess, with its standard error.
  public let estimate: Estimate

  /// An excess measured elsewhere.
  init(measured estimate: Estimate) { self.estimate = estimate }

  /// A loss less its minimum.
  ///
  /// - Parameters:
  ///   - loss: ∫ E[½|f̂|² − target · f̂] dt over uniform times, without weights.
  ///   - minimum: min L; nil where it is not known.
  /// - Throws: ``LikelihoodBoundError`` where the minimum is not known, or the loss lies below it by more
  ///   than five standard errors.
  public init(loss: Estimate, minimum: Double?) throws(LikelihoodBoundError) {
    guard let minimum else { throw .unknownMinimum(loss: loss) }
    let excess = loss - minimum
    if excess.value < -5 * excess.standardError {
      throw .belowMinimum(loss: loss, minimum: minimum)
    }
    estimate = excess
  }

  /// ½ ∫ E|f̂ − f|² dt of one field, measured on draws of x_t.
  ///
  /// On a grid of times other than [0, 1] it is the part of those times: the bounds made of it then bound
  /// what they add to the divergence, and not KL(ρ(1) ‖ ρ̂(1)).
  ///
  /// - Parameters:
  ///   - field: which field.
  ///   - model: f̂.
  ///   - exact: f.
  ///   - grid: the times and the number of draws.
  ///   - path: the law of x_t.
  ///   - workers: the threads.
  /// - Throws: ``SamplingError`` where a field is not offered, or singular or not trained at a time.
  public init(
    of field: VectorField,
    in model: some Fields,
    from exact: some Fields,
    on grid: DeviationGrid,
    along path: some InterpolantPath,
    workers: Workers = .shared
  ) throws(SamplingError) {
    let squares = try grid.measure(model, exact, field.quantity, path, workers) { own, other in
      let difference = own[field.quantity] - other[field.quantity]
      return [(difference * difference).sum(along: 1)]
    }
    estimate = grid.integral(of: squares[0] * 0.5)
  }
}

/// Why no bound can be given.
public enum LikelihoodBoundError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The minimum of a loss is not known.
  case unknownMinimum(loss: Estimate)
  /// A loss lies below what was said to be its minimum.
  case belowMinimum(loss: Estimate, minimum: Double)
  /// An excess is not positive, as may be within its error: there is no ε* > 0.
  case noOptimalDiffusion(velocityExcess: Estimate, scoreExcess: Estimate)

  /// One sentence that names the values and the way out.
  public var description: String {
    switch self {
    case .unknownMinimum(let loss):
      "the loss \(loss) alone bounds nothing, since its minimum −½∫E|f|² is not known; measure the excess "
        + "against an exact field, or give the minimum"
    case .belowMinimum(let loss, let minimum):
      "the loss \(loss) lies more than five standard errors below \(minimum), which therefore is not the "
        + "minimum; losses with weights or other times than uniform ones have another"
    case .noOptimalDiffusion(let velocity, let score):
      "ε* is the root of the ratio of two positive excess losses, got \(velocity) of the velocity and "
        + "\(score) of the score; measure them on more draws, or choose a constant ε"
    }
  }
}
