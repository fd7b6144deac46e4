import StochasticInterpolants

/// What is measured of the end of a run, beside what points of the right law have.
enum Measure: String, CaseIterable, Sendable {
  /// KL(histogram ‖ exact); in space its mean over 32 directions.
  case divergence = "kl"
  /// W₂ on the line, sliced W₂ in space.
  case wasserstein = "w2"
  /// |m − m′|.
  case mean
  /// |C − C′|, Frobenius.
  case covariance
  /// The root mean square error of E cos(u y) and E sin(u y) for u = ¼, ½, 1, along every direction.
  case bounded
  /// ½ Σ |pₖ − qₖ| over the shares of the modes, in space.
  case modes

  /// As axes and tables say it.
  var title: String {
    switch self {
    case .divergence: "KL(histogram ‖ exact)"
    case .wasserstein: "W₂"
    case .mean: "|mean − exact|"
    case .covariance: "|covariance − exact|"
    case .bounded: "E cos, E sin: rms error"
    case .modes: "shares of modes: total variation"
    }
  }
}

/// One run and what was measured.
struct Row: Sendable {
  let problem: String
  let design: String
  let method: String
  let noise: String
  let spacing: String
  /// The number of evaluations allowed; the run may need a few less.
  let budget: Int
  let evaluations: Int
  let samples: Int
  let values: [Measure: MeasuredDistance]

  /// Method, ε and spacing, as far as they are not the usual ones.
  var label: String {
    let diffusion = noise.isEmpty ? "" : ", ε = \(noise)"
    return method + diffusion + (spacing == Spacing.uniform.name ? "" : ", \(spacing)")
  }

  var title: String { "\(problem), \(design)" }
}

extension Row {
  /// The table of all runs: a line each, a header, an empty field where there is no such measure.
  static func csv(_ rows: [Row]) -> String {
    let names = [
      "problem", "interpolant", "method", "diffusion", "spacing", "budget", "evaluations",
      "samples",
    ]
    let measured = Measure.allCases.flatMap { own in
      [own.rawValue, "\(own.rawValue)_error", "\(own.rawValue)_floor"]
    }
    return CSV.line(names + measured)
      + rows.map { row in
        let key = [row.problem, row.design, row.method, row.noise, row.spacing]
        let counts = [row.budget, row.evaluations, row.samples].map { "\($0)" }
        let values = Measure.allCases.flatMap { own -> [String] in
          guard let value = row.values[own] else { return ["", "", ""] }
          return [value.value.value, value.value.standardError, value.floor.value].map { "\($0)" }
        }
        return CSV.line(key + counts + values)
      }.joined()
  }
}
