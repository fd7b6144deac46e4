import ArgumentParser
import StochasticInterpolants

/// ε(t) as typed: a number, a formula in t, or a multiple of γ.
enum DiffusionOption {
  static let help: ArgumentHelp = """
    The diffusion ε(t) of the SDE: a number; a formula in t such as 0.5*sin(pi*t)^2 (+ - * / ^, sin, cos, \
    exp, log, sqrt, abs, min, max); or latent:C for C γ(t), which acts up to the ends where a denoiser \
    was learned. 0 follows the probability flow ODE.
    """

  /// The coefficient, which acts on `times`, or on those on which the fields were trained; nil for the
  /// ODE.
  static func diffusion(
    _ text: String,
    on times: ClosedRange<Double>?,
    of interpolant: some Interpolant
  ) throws -> Diffusion? {
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
      return .latent(size, of: interpolant)
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
