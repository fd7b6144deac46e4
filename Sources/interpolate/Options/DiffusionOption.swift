import ArgumentParser
import StochasticInterpolants

/// ε(t) as typed: a number, a formula in t, or a multiple of γ.
enum DiffusionOption {
  /// What can be typed, without what 0 stands for.
  static let text = """
    The diffusion ε(t) of the SDE: a number; a formula in t such as 0.5*sin(pi*t)^2 (+ - * / ^, sin, cos, \
    exp, log, sqrt, abs, min, max); or latent:C for C γ(t), from a Gaussian base C α(t). It belongs to \
    points as the networks see them: standardised, but for runs of --standardize identity.
    """

  static let help = ArgumentHelp(stringLiteral: text + " 0 follows the probability flow ODE.")

  /// Whether a text is the ODE's.
  static func isZero(_ text: String) -> Bool { Double(text) == 0 }

  /// The coefficient, which acts on `noiseTimes`, or on those on which the fields were trained; nil for the
  /// ODE.
  ///
  /// A learned denoiser has no score at the ends: without times of its own an ε that does not vanish with γ
  /// stays a thousandth away from them, and any ε where s itself is asked for.
  static func diffusion(
    _ text: String,
    on noiseTimes: ClosedRange<Double>?,
    of run: RunConfiguration,
    _ interpolant: some Interpolant,
    asksForScore: Bool = false
  ) throws -> Diffusion? {
    let hasScore = run.fields.contains { $0.kind == .score }
    let times = noiseTimes ?? (hasScore ? nil : 0.001...0.999)
    if let number = Double(text) {
      guard number >= 0, number.isFinite else {
        throw ValidationError("--diffusion must be finite and not negative, got \(number)")
      }
      return number == 0 ? nil : .constant(number, on: times)
    }
    if text == "latent" || text.hasPrefix("latent:") {
      let typed = text.dropFirst("latent:".count)
      guard let size = text == "latent" ? 1 : Double(typed), size > 0, size.isFinite else {
        throw ValidationError(
          "--diffusion latent: takes a positive number, got '\(typed.prefix(60))'"
        )
      }
      return .latent(size, of: interpolant, on: asksForScore ? times : noiseTimes)
    }
    do {
      let formula = try Formula(text)
      return .custom(on: times) { formula($0) }
    } catch let error as Formula.SyntaxError {
      throw ValidationError(
        "--diffusion '\(text.prefix(60))': expected \(error.expected) at character \(error.position)"
      )
    }
  }
}
