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

  /// The weights of a step, by Gauss's rule of 16 points on the panels of ``ExponentialPlaces``.
  ///
  /// The propagator is exact to some 10⁻¹⁴ a panel, or to rounding where ∫ a is known; the other weights are
  /// exact where a and ε are analytic on the scale of a panel.
  init(
    _ linear: LinearCoefficient,
    diffusion: (Double) -> Double,
    from time: Double,
    to end: Double
  ) {
    let places = ExponentialPlaces(linear, from: time, to: end)
    propagator = exp(places.exponent)
    for place in places.all {
      let growth = exp(place.exponent)
      let density = diffusion(place.time)
      require(density >= 0, "ε must not be negative, got \(density) at t = \(place.time)")
      first += place.weight * growth * (1 - place.position)
      second += place.weight * growth * place.position
      variance += abs(place.weight) * growth * growth * 2 * density
    }
  }
}
