import Foundation
import StochasticInterpolants
import Tensors

/// The variance of a draw of the loss ½|f|² − target · f at the exact field.
struct VarianceTables {
  let interpolant: TwoSidedInterpolant<LinearSchedule, BrownianLatent>
  let fields: MixtureFields<TwoSidedInterpolant<LinearSchedule, BrownianLatent>>
  let base = Design.base
  let target: GaussianMixture

  init() throws {
    interpolant = .linear(gamma: BrownianLatent())
    target = try Design.target()
    fields = MixtureFields(interpolant, base: base, target: target)
  }

  static let kinds: [(name: String, kind: VectorField)] = [
    ("b", .velocity), ("v", .conditionalVelocity), ("s", .score), ("η_z", .denoiser),
    ("η₀", .baseDenoiser), ("η₁", .targetDenoiser), ("u", .drift),
  ]

  /// The exact field at points, on this thread.
  private func exact(_ kind: VectorField, _ time: Double, _ points: Tensor<Double>) -> [Double] {
    let (rows, wanted) = (points.shape[0], kind.quantity)
    var values = FieldValues(wanted, rows: rows, dimension: 1)
    fields.makeEvaluator(wanted, rows: rows).evaluate(time: time, points: points, into: &values)
    return values[wanted].elements
  }

  /// The losses of the rows of a block at z and at −z.
  func losses(
    _ kind: VectorField,
    _ block: RandomBlock,
    time: Double
  ) -> (plus: [Double], minus: [Double]) {
    let sample = interpolant(
      time: Tensor(repeating: time, shape: [block.count]),
      x0: base.sample(block.inStream(100)),
      x1: target.sample(block.inStream(200)),
      latent: block.inStream(300).normal(columns: 1)
    )
    func side(_ sign: Double) -> [Double] {
      let field = exact(kind, time, sample.points(sign: sign))
      let wanted = sample.target(kind, sign: sign).elements
      return zip(field, wanted).map { 0.5 * $0 * $0 - $0 * $1 }
    }
    return (side(1), side(-1))
  }

  private static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  }

  private static func text(_ number: Double) -> String {
    String(format: number >= 1_000 ? "%.1e" : "%.3g", number)
  }

  /// Var of one draw, and twice the variance of a pair's mean: the same number of evaluations.
  func printPairs() {
    print("Variance of one loss at time t: a draw | twice a pair's mean (as many evaluations)")
    let times = [1e-4, 1e-2, 0.1, 0.5, 0.9, 0.99, 1 - 1e-4]
    print("| field | " + times.map { "t = \($0)" }.joined(separator: " | ") + " |")
    print("|---|" + times.map { _ in "---|" }.joined())
    for (name, kind) in Self.kinds {
      let cells = times.map { time -> String in
        let own = losses(kind, RandomBlock(seed: 6, samples: 0..<200_000), time: time)
        let single = Self.variance(own.plus)
        let pair = Self.variance(zip(own.plus, own.minus).map { 0.5 * ($0 + $1) })
        return Self.text(single) + " \\| " + Self.text(2 * pair)
      }
      print("| \(name) | " + cells.joined(separator: " | ") + " |")
    }
  }

  /// How the variance of a draw grows towards t = 0: whether ∫ Var dt exists (E14).
  func printEnds() {
    print(
      "\nVar · γ² of one loss towards t = 0; a limit that is not 0 means ∫ Var dt = ∞ on [0, 1]"
    )
    let times = [1e-2, 1e-4, 1e-6, 1e-8]
    print("| field | " + times.map { "t = \($0)" }.joined(separator: " | ") + " | with pairs |")
    print("|---|" + times.map { _ in "---|" }.joined() + "---|")
    for (name, kind) in Self.kinds {
      func scaled(_ time: Double, isPair: Bool) -> Double {
        let own = losses(kind, RandomBlock(seed: 6, samples: 0..<100_000), time: time)
        let values = isPair ? zip(own.plus, own.minus).map { 0.5 * ($0 + $1) } : own.plus
        return Self.variance(values) * time * (1 - time)
      }
      let cells = times.map { Self.text(scaled($0, isPair: false)) }
      let isPairFinite = scaled(1e-8, isPair: true) < 1e-4 ? "finite" : "infinite"
      print("| \(name) | " + cells.joined(separator: " | ") + " | \(isPairFinite) |")
    }
  }

  /// What the law of times does to the variance of one row's loss, relative to uniform times.
  ///
  /// With m(t) and v(t) the mean and variance of the loss at t: uniform times have ∫v + Var m; evenly
  /// spread ones, in the limit of many rows, ∫v; the law p ∝ √(v + m²) has (∫√(v + m²))² − (∫m)², and
  /// spread evenly ∫v/p less what is left of the means within a part, which vanishes.
  func printTimes() {
    let (nodes, draws) = (64, 20_000)
    let range = 0.001...0.999
    print("\nVariance of one row's loss (pairs, t in \(range)), uniform times = 1")
    print("| field | uniform | spread evenly | importance | both |")
    print("|---|---|---|---|---|")
    for (name, kind) in Self.kinds {
      let moments = (0..<nodes).map { node -> (mean: Double, variance: Double) in
        let time = 0.001 + 0.998 * (Double(node) + 0.5) / Double(nodes)
        let block = RandomBlock(seed: 9, samples: node * draws..<(node + 1) * draws)
        let own = losses(kind, block, time: time)
        let values = zip(own.plus, own.minus).map { 0.5 * ($0 + $1) }
        return (values.reduce(0, +) / Double(draws), Self.variance(values))
      }
      func integral(_ value: ((mean: Double, variance: Double)) -> Double) -> Double {
        moments.reduce(0) { $0 + value($1) } / Double(nodes)
      }
      let mean = integral(\.mean)
      let second = integral { $0.variance + $0.mean * $0.mean }
      let root = integral { ($0.variance + $0.mean * $0.mean).squareRoot() }
      let both = root * integral { $0.variance / ($0.variance + $0.mean * $0.mean).squareRoot() }
      let uniform = second - mean * mean
      let cells = [uniform, integral(\.variance), root * root - mean * mean, both]
        .map { Self.text($0 / uniform) }
      print("| \(name) | " + cells.joined(separator: " | ") + " |")
    }
  }
}
