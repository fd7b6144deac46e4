import Foundation
import Integrators
import StochasticInterpolants
import Synchronization
import Tensors

/// Errors along common Brownian paths: every method and every number of steps sees the same starts and the
/// same paths, so that differences from a fine solution X* show far below the sampling floor.
///
/// The strong error is √E|X − X*|², the weak one |E cos X − E cos X*|. X* is SRA1's with 2,048 steps, for the
/// flow that of Dormand and Prince's method of order 8 with 128.
struct CommonPaths: Sendable {
  let problem: Problem
  /// ε.
  let diffusion: Double
  let count: Int

  struct Row: Sendable {
    let method: String
    let isFlow: Bool
    let evaluations: Int
    let strong: Estimate
    let weak: Estimate
  }

  private struct End {
    let points: Tensor<Double>
    let evaluations: Int
  }

  private static let depth = 11
  private static let blockSize = 128
  private static let stepCounts = [4, 8, 16, 32, 64, 128]
  private static let flows: [RungeKutta] = [.heun, .rk4]

  /// All rows; prints a line a method.
  func rows() throws -> [Row] {
    print("\n\(problem.title), ε = \(diffusion), \(count) common paths: strong error")
    var rows: [Row] = []
    let exact = try follow(SRA1(), steps: 1 << Self.depth)
    for method in StochasticMethods.all { rows += try self.rows(of: method, against: exact) }
    let flow = try follow(.dormandPrince8, steps: 128)
    for method in Self.flows {
      rows += try Self.stepCounts.map { steps in
        let end = try follow(method, steps: steps)
        return row("ODE, \(method.name)", end, against: flow, isFlow: true)
      }
      show(rows)
    }
    return rows
  }

  private func rows(of method: some StochasticMethod, against exact: End) throws -> [Row] {
    let name = type(of: method).name
    let rows = try Self.stepCounts.map { steps in
      row(name, try follow(method, steps: steps), against: exact, isFlow: false)
    }
    show(rows)
    return rows
  }

  private func show(_ rows: [Row]) {
    guard let last = rows.last else { return }
    let own = rows.filter { $0.method == last.method }
    let values = own.map { String(format: "%.5f", $0.strong.value) }
    let padded = last.method.padding(toLength: 40, withPad: " ", startingAt: 0)
    print("  " + padded + values.joined(separator: " "))
    fflush(nil)
  }

  private func row(_ method: String, _ end: End, against exact: End, isFlow: Bool) -> Row {
    let difference = end.points - exact.points
    let square = Estimate(meanOf: difference.applying(.square))
    let root = square.value.squareRoot()
    let weak = Estimate(meanOf: end.points.applying(.cos) - exact.points.applying(.cos))
    return Row(
      method: method,
      isFlow: isFlow,
      evaluations: end.evaluations,
      strong: Estimate(
        value: root,
        standardError: square.standardError / (2 * root),
        count: count
      ),
      weak: Estimate(
        value: weak.value.magnitude,
        standardError: weak.standardError,
        count: count
      )
    )
  }

  // MARK: One method

  private func follow(_ method: some StochasticMethod, steps: Int) throws -> End {
    try blocks { start, block in
      var dynamics = drift(diffusion)
      let tree = BrownianTree(
        block,
        noise: .constant(diffusion),
        from: 0,
        to: 1,
        depth: Self.depth
      )
      let grid = TimeGrid(from: 0, to: 1, steps: steps)
      return method.solve(&dynamics, from: start, over: grid, tree: tree)
    }
  }

  private func follow(_ method: RungeKutta, steps: Int) throws -> End {
    try blocks { start, _ in
      var dynamics = drift(0)
      return method.solve(&dynamics, from: start, over: TimeGrid(from: 0, to: 1, steps: steps))
    }
  }

  private func drift(_ diffusion: Double) -> ClosureDynamics {
    let fields = problem.fields
    return ClosureDynamics { time, points in
      let values = fields(time, points, wanted: [.velocity, .score])
      return values.velocity + values.score * diffusion
    }
  }

  private func blocks(
    _ solve: @Sendable (Tensor<Double>, RandomBlock) -> Solution
  ) throws -> End {
    let number = (count + Self.blockSize - 1) / Self.blockSize
    let solutions = Mutex([Solution?](repeating: nil, count: number))
    Workers.shared.forEach(number) { index, _ in
      let first = index * Self.blockSize
      let samples = first..<min(count, first + Self.blockSize)
      let start = problem.base.sample(RandomBlock(seed: 1, samples: samples))
      let solution = solve(start, RandomBlock(seed: 2, samples: samples))
      solutions.withLock { $0[index] = solution }
    }
    let all = solutions.withLock { $0 }.compactMap(\.self)
    return End(
      points: Tensor.concatenating(try all.map { try $0.completed() }),
      evaluations: all.map(\.evaluations).max() ?? 0
    )
  }
}

extension CommonPaths.Row {
  static func csv(_ rows: [CommonPaths.Row]) -> String {
    CSV.line(["method", "evaluations", "strong", "strong_error", "weak", "weak_error"])
      + rows.map { row in
        CSV.line(
          [row.method, "\(row.evaluations)"]
            + [row.strong, row.weak].flatMap { ["\($0.value)", "\($0.standardError)"] }
        )
      }.joined()
  }
}
