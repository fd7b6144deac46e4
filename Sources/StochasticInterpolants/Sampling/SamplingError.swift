public import Integrators

/// Why samples or likelihoods could not be computed.
public enum SamplingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A quantity is needed that the fields do not offer.
  case missing(Quantities, purpose: String)
  /// The score is infinite where noise would act.
  case singularScore(time: Double, cause: ConversionError)
  /// A field cannot be had at a time at which it is needed.
  case singular(ConversionError)
  /// ∫ε is infinite at an end of the times on which it would act.
  case divergentDiffusion(time: Double)
  /// ε is negative, infinite or NaN where it would act.
  case diffusion(time: Double, value: Double)
  /// ε/γ, by which the noise term is taken of η_z, is infinite or NaN where it would act.
  case diffusionOverLatent(time: Double, value: Double)
  /// A point whose density is asked for is NaN or infinite; row and component are counted from 0.
  case pointNotFinite(row: Int, component: Int)
  /// The points of a flow make no coupling.
  case pairs(PointsError)
  /// A field would be used at times on which it was not trained.
  case untrained(used: ClosedRange<Double>, trained: ClosedRange<Double>)
  /// ε would act at no time of a run: it has no times of its own, and those of training are others.
  case noNoise(used: ClosedRange<Double>, trained: ClosedRange<Double>)
  /// No density with the law ρ(t) is at hand at the time from which paths would start.
  case noStart(time: Double)
  /// Fields of an interpolant with a point x₀ of its own, where a one-sided one is needed.
  case twoSided(purpose: String)
  /// Fields of an interpolant that is not αz + βx₁, where one is needed.
  case notLinear(purpose: String)
  /// A schedule was given that is not the one of the fields.
  case otherSchedule(
    purpose: String,
    time: Double,
    coefficient: String,
    given: Double,
    fields: Double
  )
  /// The density at an end from which a likelihood starts can only be drawn from.
  case noStartDensity(time: Int)
  /// The score of the density at an end from which a gradient starts is not known.
  case noStartScore(time: Int)
  /// Probes are wanted of fields that offer no products of their Jacobians.
  case noProbes
  /// The integration failed; the sample is that of the whole run.
  case integration(IntegrationFailure)
  /// Samples failed under step control: which, why, and what was computed of all.
  case adaptive(UnfinishedRun)

  /// One sentence that names the values and the ways out.
  public var description: String { wayOut.map { "\(problem); \($0)" } ?? problem }

  /// What is wrong.
  package var problem: String {
    switch self {
    case .missing(let quantities, let purpose):
      "\(purpose) needs the \(quantities.names.joined(separator: " and the ")), which these fields do not offer"
    case .singularScore(let time, let cause):
      "the score is infinite or not determined at t = \(time): \(cause)"
    case .singular(let error): "\(error)"
    case .divergentDiffusion(let time):
      "∫ε dt is infinite at t = \(time): no step there has a finite noise"
    case .diffusion(let time, let value):
      "ε is \(value) at t = \(time), where it must be finite and not negative"
    case .diffusionOverLatent(let time, let value):
      "ε/γ is \(value) at t = \(time), where it must be finite"
    case .pointNotFinite(let row, let component):
      "the point in row \(row) whose density is asked for is NaN or infinite in component \(component)"
    case .pairs(let error): "\(error)"
    case .untrained(let used, let trained):
      "the fields were trained on t in \(trained) and would be used on \(used)"
    case .noNoise(let used, let trained):
      "ε acts where the fields it needs were trained, on t in \(trained), of which the times \(used) have none"
    case .noStart(let time):
      "no density with the law of x_t at t = \(time) is at hand to start from"
    case .twoSided(let purpose):
      "\(purpose) is for a one-sided interpolant αz + βx₁, and these fields belong to one that draws a "
        + "point x₀ too"
    case .notLinear(let purpose):
      "\(purpose) is for an interpolant αz + βx₁, and these fields belong to one that is not linear in x₁"
    case .otherSchedule(let purpose, let time, let coefficient, let given, let fields):
      "\(purpose) was given a schedule of \(coefficient) = \(given) at t = \(time), where these fields have "
        + "\(fields)"
    case .noStartDensity(let time):
      "a likelihood needs a density at t = \(time) whose value is known; this one can only be drawn from"
    case .noStartScore(let time):
      "the gradient of a log-density needs a density at t = \(time) whose score is known, a ScoredDensity such "
        + "as a Gaussian or a mixture"
    case .noProbes:
      "Hutchinson's estimate needs products of the fields' Jacobians with probes, which these fields do "
        + "not offer"
    case .integration(let failure): "\(failure)"
    case .adaptive(let run): "\(run)"
    }
  }

  /// What can be done about it, in Swift.
  private var wayOut: String? {
    switch self {
    case .singularScore:
      "let the noise act on an inner interval, which ε takes as on:, such as .constant(ε, on: "
        + "0.001...0.999), or stop the times there"
    case .singular: "start the times later or end them earlier"
    case .divergentDiffusion:
      "let ε act on an inner interval by .custom(on:), start the times later with points of ρ there, end "
        + "them earlier with a finishing step, or take an ε that grows more slowly"
    case .diffusion:
      "let it act on an inner interval by .custom(on:), start the times later, or take an ε that vanishes "
        + "there, such as .latent"
    case .diffusionOverLatent:
      "let it act on an inner interval, which ε takes as on:, or give .custom without overLatent:, which takes "
        + "s in the place of η_z"
    case .untrained:
      "let the noise act on an inner interval, which ε takes as on:, stop the times there, or train "
        + "them on more"
    case .noNoise: "follow other times, or the ODE, which has the same law"
    case .noStart:
      "give one, or points of it as GivenPoints, by from:, or start at an end whose density the bridge has"
    case .twoSided, .notLinear: "follow their ODE or SDE"
    case .otherSchedule:
      "give that of the interpolant they belong to, or follow their ODE or SDE alone"
    case .noStartScore: "give it by from:, or take differences of the log-density"
    case .noProbes: "take the exact divergence"
    case .missing, .pointNotFinite, .pairs, .noStartDensity, .integration, .adaptive: nil
    }
  }
}
