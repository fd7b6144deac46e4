internal import Tensors

/// Where a step of the exponential method is looked at: Gauss's rule of 16 points on each of its panels.
///
/// The panels are halves of halves of the step, so short that ∫ a changes by at most 2 over the pieces of each
/// together (over a whole it may cancel), and that ∫ a, where it is taken by the rule, is the same by the rule on both
/// halves to 10⁻¹⁴ of ∫|a| or of 1. In a step of 1,024 panels no more are cut for the latter: values of a that are
/// rounded coarsely never agree.
struct ExponentialPlaces {
  /// A node of the rule on a panel.
  struct Place {
    let time: Double
    /// u, the place in the step from 0 to 1.
    let position: Double
    /// The weight in an integral over the step.
    let weight: Double
    /// ∫ a from the time to the end of the step.
    let exponent: Double
  }

  /// ∫ a over the step.
  let exponent: Double
  /// The nodes of all panels, in the direction of the step.
  let all: [Place]

  init(_ linear: LinearCoefficient, from time: Double, to end: Double) {
    // From the end back, so that ∫ a from a panel on is a sum over panels that are known.
    var (exponent, places, waiting) = (0.0, [[Place]](), [0.0...1.0])
    while let parts = waiting.popLast() {
      let panel = ExponentialPanel(linear, parts, from: time, to: end)
      let agrees = panel.agrees || places.count + waiting.count >= Self.mostForAgreement
      let counts = !agrees || panel.counts(before: exponent)
      if counts && (panel.change > 2 || !agrees), let halves = panel.halves {
        waiting += [halves.first, halves.second]
      } else {
        if counts { places.append(panel.places(before: exponent)) }
        exponent += panel.integral
      }
      require(
        places.count + waiting.count <= Self.most,
        "the linear coefficient goes up and down so much that the step from \(time) to \(end) needs more than "
          + "\(Self.most) panels; take shorter steps"
      )
    }
    self.exponent = exponent
    all = places.reversed().flatMap { $0 }
  }

  private static let most = 1 << 12
  private static let mostForAgreement = 1 << 10
}

/// A part of a step of the exponential method.
private struct ExponentialPanel {
  /// The change of ∫ a over the panel's pieces, up and down together.
  let change: Double
  /// ∫ a over the panel.
  let integral: Double

  private let linear: LinearCoefficient
  /// The part of the step, from 0 to 1.
  private let parts: ClosedRange<Double>
  /// The ends of the pieces.
  private let times: [Double]

  init(
    _ linear: LinearCoefficient,
    _ parts: ClosedRange<Double>,
    from time: Double,
    to end: Double
  ) {
    let times = Self.probed.map {
      let part = parts.lowerBound + $0 * (parts.upperBound - parts.lowerBound)
      return part < 1 ? time + (end - time) * part : end
    }
    let change = zip(times, times.dropFirst()).reduce(0) {
      $0 + abs(linear.integral(from: $1.0, to: $1.1))
    }
    let integral = linear.integral(from: times[0], to: times[times.count - 1])
    require(
      (change + integral).isFinite,
      "the integral of the linear coefficient from \(times[0]) to \(times[times.count - 1]) must be finite, "
        + "got \(integral), in parts \(change)"
    )
    self.linear = linear
    self.parts = parts
    self.times = times
    self.change = change
    self.integral = integral
  }

  /// The ends of the pieces, of different lengths so that no wave of a cancels over each.
  private static let probed = [0, 0.19, 0.41, 0.53, 0.78, 1]

  private var start: Double { times[0] }
  private var end: Double { times[times.count - 1] }

  /// Whether the rule for ∫ a is the same on both halves, or ∫ a is known.
  var agrees: Bool {
    abs(linear.refinement(from: start, to: end)) <= 1e-14 * max(1, change)
  }

  /// Whether it has a weight in the step's end, given ∫ a from its own end on: most of a step that is far too long
  /// for its a has none.
  func counts(before later: Double) -> Bool {
    times.contains { later + linear.integral(from: $0, to: end) >= -800 }
  }

  /// Both halves; nil where the panel is as short as numbers allow.
  var halves: (first: ClosedRange<Double>, second: ClosedRange<Double>)? {
    let middle = 0.5 * (parts.lowerBound + parts.upperBound)
    guard parts.lowerBound < middle && middle < parts.upperBound else { return nil }
    return (parts.lowerBound...middle, middle...parts.upperBound)
  }

  /// The nodes, given ∫ a from the panel's end on.
  func places(before later: Double) -> [ExponentialPlaces.Place] {
    let rule = GaussLegendre.sixteen
    // Of the times, which may be rounded to a part of a short panel, and not of the parts.
    let size = end - start
    return zip(rule.nodes, rule.weights).map { node, weight in
      let time = start + size * node
      return ExponentialPlaces.Place(
        time: time,
        position: parts.lowerBound + node * (parts.upperBound - parts.lowerBound),
        weight: weight * size,
        exponent: later + linear.integral(from: time, to: end)
      )
    }
  }
}
