import StochasticInterpolants

extension SamplingError {
  /// One sentence that names the values, and the ways out as options of a command.
  func inOptions(of command: String) -> String {
    // Times are an option of `sample` alone, and those of the noise of all but `plot`.
    let noise =
      command == "plot"
      ? "take another --diffusion"
      : "let ε act on an inner interval, such as --noise-times 0.001:0.999"
    let isSample = command == "sample"
    let ways: [String]
    switch self {
    case .singularScore, .untrained:
      ways = [noise] + (isSample ? ["end --times earlier with a --finish"] : [])
    case .divergentDiffusion:
      ways =
        [noise] + (isSample ? ["end --times earlier with a --finish"] : [])
        + ["take an ε that grows more slowly"]
    case .diffusion: ways = [noise, "take an ε that vanishes there, such as latent:1"]
    case .diffusionOverLatent: ways = [noise]
    case .singular where isSample: ways = ["start --times later", "end them earlier"]
    case .noNoise where isSample: ways = ["change --times", "leave --diffusion out"]
    case .noStart where isSample: ways = ["give points of it by --from", "start at t = 0 or 1"]
    case .missing(_, purpose: FinishingStep.purpose): ways = ["take --finish flow"]
    case .missing(let quantities, _) where quantities.contains(.score):
      ways = [
        isSample ? "leave --diffusion out" : "take the ODE",
        "train a run that learns the score or a denoiser, for which γ is not zero",
      ]
    case .singular, .noNoise, .noStart, .noStartScore, .missing, .pointNotFinite, .pairs, .twoSided,
      .notLinear,
      .otherSchedule,
      .noStartDensity,
      .noProbes, .integration, .adaptive:
      return description
    }
    return "\(problem); \(ways.joined(separator: ", or "))"
  }
}
