import StochasticInterpolants

extension SamplingError {
  /// One sentence that names the values, and the ways out as options of the command line.
  var inOptions: String {
    switch self {
    case .singularScore:
      "\(problem); let the noise act on an inner interval, such as --noise-times 0.001:0.999, or stop --times "
        + "there"
    case .singular: "\(problem); start --times later or end them earlier"
    case .divergentDiffusion:
      "\(problem); let ε act on an inner interval by --noise-times, end --times earlier with a --finish, or take "
        + "an ε that grows more slowly"
    case .diffusion:
      "\(problem); let it act on an inner interval by --noise-times, or take an ε that vanishes there, such as "
        + "latent:1"
    case .untrained:
      "\(problem); let the noise act on an inner interval by --noise-times, or end --times earlier with a "
        + "--finish"
    case .noStart: "\(problem); give points of it by --from, or start at t = 0 or 1"
    case .noStartScore, .missing, .pairs, .twoSided, .noStartDensity, .noProbes, .integration,
      .adaptive:
      description
    }
  }
}
