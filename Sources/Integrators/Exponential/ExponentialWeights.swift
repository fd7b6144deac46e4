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

  /// The weights of a step, by Gauss's rule of 16 points on panels over which ∫ a changes by at most 2, up and
  /// down together: to rounding where a and ε are analytic on the scale of a panel.
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
    let rule = GaussLegendre.sixteen
    all = Self.panels(linear, from: time, to: end).flatMap { panel in
      zip(rule.nodes, rule.weights).map { node, weight in
        let width = panel.upperBound - panel.lowerBound
        let place = panel.lowerBound + node * width
        return (time + (end - time) * place, place, weight * width)
      }
    }
  }

  /// Parts of a step, from 0 to 1, halved until ∫ a changes by at most 2 over the pieces of each together: over
  /// a whole it may cancel.
  private static func panels(
    _ linear: LinearCoefficient,
    from time: Double,
    to end: Double
  ) -> [ClosedRange<Double>] {
    func place(_ part: Double) -> Double { time + (end - time) * part }
    var (panels, waiting) = ([ClosedRange<Double>](), [0.0...1.0])
    while let panel = waiting.popLast() {
      let middle = 0.5 * (panel.lowerBound + panel.upperBound)
      let ends = probed.map { place(panel.lowerBound + $0 * (panel.upperBound - panel.lowerBound)) }
      // What has no weight in the step's end is left out: most of a step that is far too long for its a.
      if ends.allSatisfy({ linear.integral(from: $0, to: end) < -800 }) { continue }
      let change = zip(ends, ends.dropFirst()).reduce(0) {
        $0 + abs(linear.integral(from: $1.0, to: $1.1))
      }
      require(
        change.isFinite,
        "the integral of the linear coefficient from \(ends[0]) to \(ends[ends.count - 1]) must be finite in its "
          + "parts, got \(change)"
      )
      // A panel that cannot be halved is as short as times allow.
      if change <= 2 || !(panel.lowerBound < middle && middle < panel.upperBound) {
        panels.append(panel)
      } else {
        waiting.append(middle...panel.upperBound)
        waiting.append(panel.lowerBound...middle)
      }
      require(
        panels.count + waiting.count <= mostPanels,
        "the linear coefficient goes up and down so much that the step from \(time) to \(end) needs more than "
          + "\(mostPanels) panels; take shorter steps"
      )
    }
    return panels
  }

  private static let mostPanels = 1 << 12

  /// The ends of the pieces of a panel, of different lengths so that no wave of a cancels over each.
  private static let probed = [0, 0.19, 0.41, 0.53, 0.78, 1]
}
