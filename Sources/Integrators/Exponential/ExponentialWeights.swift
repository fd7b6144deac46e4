internal import Glibc
internal import Tensors

/// The weights of a step of the exponential method.
///
/// With G(s) = exp ∫_s^{t+h} a: the propagator G(t), the weights ∫ G (1 − u) ds and ∫ G u ds of the
/// nonlinear part at both ends, u = (s − t)/h, and the variance ∫ G² 2ε |ds| of the noise.
struct ExponentialWeights {
  var propagator: Double
  var first = 0.0
  var second = 0.0
  var variance = 0.0

  /// The weights of a step, by Gauss's rule of 16 points on panels over which ∫ a changes by at most 2:
  /// to rounding where a and ε are analytic on the scale of a panel.
  init(
    _ linear: LinearCoefficient,
    diffusion: (Double) -> Double,
    from time: Double,
    to end: Double
  ) {
    let places = ExponentialPlaces(linear, from: time, to: end)
    propagator = exp(places.exponent)
    let size = end - time
    for (now, place, share) in places.all {
      let growth = exp(linear.integral(from: now, to: end))
      let density = diffusion(now)
      require(density >= 0, "ε must not be negative, got \(density) at t = \(now)")
      first += share * size * growth * (1 - place)
      second += share * size * growth * place
      variance += share * abs(size) * growth * growth * 2 * density
    }
  }
}

/// Where a step of the exponential method is looked at: Gauss's rule of 16 points on each of its panels.
struct ExponentialPlaces {
  /// ∫ a over the step.
  let exponent: Double
  /// The times, their places in the step from 0 to 1, and their shares of the whole.
  let all: [(time: Double, place: Double, share: Double)]

  init(_ linear: LinearCoefficient, from time: Double, to end: Double) {
    let exponent = linear.integral(from: time, to: end)
    require(
      exponent.isFinite,
      "the integral of the linear coefficient from \(time) to \(end) must be finite, got \(exponent)"
    )
    self.exponent = exponent
    let panels = max(1, Int((abs(exponent) / 2).rounded(.up)))
    let rule = GaussLegendre.sixteen
    all = (0..<panels).flatMap { panel in
      zip(rule.nodes, rule.weights).map { node, weight in
        let place = (Double(panel) + node) / Double(panels)
        return (time + (end - time) * place, place, weight / Double(panels))
      }
    }
  }
}
