/// What one step of training did.
public struct TrainingStep: Sendable, Hashable {
  /// The number of the step, from 1.
  public let step: Int
  /// The loss of each objective over the step's rows, E[½|f|² − target · f], before the update; the
  /// sum of its heads' losses.
  public let losses: [Double]
  /// The norm of each objective's gradient, before clipping.
  public let gradientNorms: [Double]
  /// The learning rate of the update.
  public let learningRate: Double
  /// Rows trained on in a second of this step.
  public let rowsPerSecond: Double
  /// The loss of each objective on held-out points, at steps where it was computed.
  ///
  /// It is that of the parameters a model uses, after the update and averaged where an average is kept, over at
  /// least 4,096 draws of points, times and latents, which are the same at every step: differences between
  /// steps are the training's.
  public let heldOutLosses: [Double]?

  /// The sum of the objectives' losses.
  public var loss: Double { losses.reduce(0, +) }
}

/// Why a training could not start or go on.
public enum TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A loss or a gradient was NaN or infinite, or too large for Adam, which keeps squares in single precision; the
  /// parameters are those before the step. The time is that of the row whose loss is not finite, or the largest.
  case diverged(
    step: Int,
    objective: VectorField,
    time: Double,
    loss: Double,
    gradientNorm: Double
  )
  /// A step left a parameter NaN or infinite; the training cannot go on.
  case parametersNotFinite(step: Int, objective: VectorField)
  /// A stored state is not one of this training.
  case foreignState(problem: String)
  /// A score or denoiser was to be learned where the interpolant has no latent.
  case noLatent(objective: VectorField)
  /// The denoiser of x₀ was to be learned where x₀ is no point of its own.
  case noBasePoint
  /// The drift of the latent's process was to be learned where γ is the law of no process.
  case noProcess
  /// A fixed x₀ or a base N(0, C₀) would be taken in standardised coordinates.
  case standardizedBase
  /// An interpolant is made for points of another dimension.
  case interpolantDimension(interpolant: Int, densities: Int)
  /// A network is made for points of another dimension.
  case dimensionMismatch(objective: VectorField, network: Int, densities: Int)
  /// Points that are not trained on have another dimension.
  case heldOutDimension(heldOut: Int, densities: Int)
  /// An objective appears twice.
  case repeatedObjective(VectorField)
  /// No objective was given.
  case noObjective
  /// The points cannot be split or standardised.
  case points(PointsError)

  /// One sentence that names the values and what would be right.
  public var description: String {
    switch self {
    case .diverged(let step, let objective, let time, let loss, let gradientNorm):
      "training diverged at step \(step): the \(objective.rawValue)'s loss is \(decimal(loss, digits: 4)) and its "
        + "gradient's norm \(decimal(gradientNorm, digits: 4)), worst in a row at t = \(time); the parameters are those "
        + "before the step; try a smaller learning rate or a limit on the gradient's norm"
    case .parametersNotFinite(let step, let objective):
      "step \(step) left a parameter of the \(objective.rawValue) NaN or infinite; try a smaller learning rate"
    case .foreignState(let problem):
      "the stored state does not belong to this training: \(problem)"
    case .noLatent(let objective):
      "the \(objective.rawValue) cannot be learned with γ = 0, which has no latent z; choose "
        + "another γ or learn the velocity alone"
    case .noBasePoint:
      "the baseDenoiser E[x0 | x_t] cannot be learned where x0 is the latent, x1 or a fixed point; "
        + "learn the denoiser or the targetDenoiser"
    case .noProcess:
      "the drift needs a latent that is the law of a process, such as BrownianLatent, "
        + "DiffusiveLatent or FollmerLatent; learn the velocity and the score instead"
    case .standardizedBase:
      "an interpolant from a point or from N(0, C0) has its x0 or C0 in the coordinates of the points: "
        + "train without a standardisation (standardizing: .identity for points)"
    case .interpolantDimension(let interpolant, let densities):
      "the interpolant is made for \(interpolant) dimensions, the densities have \(densities)"
    case .dimensionMismatch(let objective, let network, let densities):
      "the \(objective.rawValue)'s network is made for \(network) dimensions, the densities have "
        + "\(densities)"
    case .heldOutDimension(let heldOut, let densities):
      "the points that are held out have \(heldOut) dimensions, the densities have \(densities)"
    case .repeatedObjective(let objective):
      "the objective \(objective.rawValue) was given twice"
    case .points(let error): "\(error)"
    case .noObjective:
      "a training needs at least one objective, such as .velocity(network)"
    }
  }
}
