import StochasticInterpolants

/// An ε(t) of the grid, by name.
struct Noise: Sendable {
  let name: String
  let diffusion: Diffusion

  static func constant(_ value: Double) -> Noise {
    Noise(name: "\(value)", diffusion: .constant(value))
  }

  /// ε = 2γ(t), which vanishes at the ends as the latent does.
  static func latent(of interpolant: some Interpolant) -> Noise {
    Noise(name: "2γ", diffusion: .latent(2, of: interpolant))
  }

  /// SiT's "increasing-decreasing" with n = 2.
  static let bump = Noise(name: "2 sin²(πt)", diffusion: .increasingDecreasing(2))

  /// SiT's "decreasing" with n = 1.
  static let falling = Noise(name: "¼(cos(πt) + 1)²", diffusion: .decreasing())

  /// SiT's "SBDM": ∫ε is infinite at 0, so it acts from t = 0.2 on.
  static let klOptimal = Noise(
    name: "(1−t)/t, t > 0.2",
    diffusion: .klOptimal(LinearSchedule(), from: 0.2)
  )
}

/// A spacing of the steps, by name.
struct Spacing: Sendable {
  let name: String
  let spacing: StepSpacing

  static let uniform = Spacing(name: "uniform", spacing: .uniform)
  static let cosine = Spacing(name: "cosine", spacing: .cosine)

  /// Tuned with ε = 1.75 for 10 evaluations on the paper's mixture.
  static let leaning = Spacing(
    name: "leaning(0.08, 0.015)",
    spacing: .leaning(0.08, 0.015)
  )
}
