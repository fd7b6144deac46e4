import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// Integrals along solutions, from values at the times of a grid.
@Suite struct GridQuadratureTests {
  /// dx/dt = f and g = f/x, so that ∫ g dt = log x(t₁)/x(t₀).
  struct Logarithmic: IntegralDynamics {
    let problem: OrdinaryProblem
    var times: [Double] = []
    let integralCount = 1

    mutating func evaluate(
      time: Double,
      state: Tensor<Double>,
      into derivative: inout Tensor<Double>
    ) {
      derivative[0, 0] = problem.field(time, state.scalar)
    }

    mutating func evaluate(
      time: Double,
      state: Tensor<Double>,
      into derivative: inout Tensor<Double>,
      integrand: inout Tensor<Double>
    ) {
      times.append(time)
      evaluate(time: time, state: state, into: &derivative)
      integrand[0, 0] = derivative.scalar / state.scalar
    }
  }

  /// The trapezoidal rule and Gill and Miller's cubic one on equal steps, forward and backward.
  @Test(arguments: [1.0, -1.0]) func equalSteps(_ sign: Double) throws {
    let grid = TimeGrid(from: 0, to: sign * 8, steps: 8)
    let rules: [(order: Int, ends: [Double])] = [
      (1, [1.0 / 2]), (2, [1.0 / 2]), (3, [1.0 / 3, 31.0 / 24, 5.0 / 6, 25.0 / 24]),
      (4, [1.0 / 3, 31.0 / 24, 5.0 / 6, 25.0 / 24]),
    ]
    for (order, ends) in rules {
      let middle = [Double](repeating: 1, count: 9 - 2 * ends.count)
      let weights = try #require(GridQuadrature(grid, order: order)).weights
      for (weight, wanted) in zip(weights, ends + middle + ends.reversed()) {
        // Sums of at most four parts of a size below 1, each of some ten roundings.
        #expect(abs(sign * weight - wanted) <= 40 * 0x1p-53, "order \(order): \(weights)")
      }
      #expect(weights.count == 9)
    }
  }

  /// Polynomials of a degree below m are integrated exactly, on uneven steps too.
  @Test(arguments: 1...9) func polynomials(_ order: Int) throws {
    let points = 2 * ((order + 1) / 2)
    let grids = [
      TimeGrid.cosine(from: 0.1, to: 0.9, steps: 12), TimeGrid.cosine(from: 1, to: -1, steps: 12),
      TimeGrid([0, 0.1, 0.25, 0.3, 0.5, 0.6, 0.65, 0.8, 0.9, 1]),
      TimeGrid(from: 0, to: 1, steps: points - 1),
    ]
    for grid in grids {
      let weights = try #require(GridQuadrature(grid, order: order)).weights
      let size = weights.reduce(0) { $0 + abs($1) }
      for degree in 0..<points {
        let power = Double(degree + 1)
        let wanted = (pow(grid.end, power) - pow(grid.start, power)) / power
        let found = zip(grid.times, weights).reduce(0) { $0 + $1.1 * pow($1.0, Double(degree)) }
        // Lagrange polynomials of nine places cancel coefficients up to 10⁴ times their integral.
        #expect(abs(found - wanted) <= 1e4 * size * 0x1p-52, "order \(order), degree \(degree)")
      }
    }
  }

  @Test func gridsWithoutOne() {
    let graded = { (ratio: Double) in TimeGrid([0, 1, 2, 2 + ratio, 3 + ratio, 4 + ratio]) }
    #expect(GridQuadrature(TimeGrid(from: 0, to: 1, steps: 2), order: 3) == nil)
    #expect(GridQuadrature(TimeGrid(from: 0, to: 1, steps: 3), order: 3) != nil)
    for ratio in [1 / 4.1, 4.1] { #expect(GridQuadrature(graded(ratio), order: 2) == nil) }
    for ratio in [1.0 / 4, 4] { #expect(GridQuadrature(graded(ratio), order: 2) != nil) }
  }

  /// The integral converges with the method's order, forward and backward.
  @Test(arguments: RungeKutta.all, [false, true])
  func order(_ method: RungeKutta, _ isBackward: Bool) throws {
    let (problem, start, end, counts) = RungeKuttaTests.measurement(method.order)
    let (first, last) = isBackward ? (end, start) : (start, end)
    let exact = log(problem.solution(last) / problem.solution(first))
    let errors = try counts.map { count in
      let grid = TimeGrid(from: first, to: last, steps: count)
      var dynamics = Logarithmic(problem: problem)
      let initial = Tensor<Double>([problem.solution(first)], shape: [1, 1])
      let quadrature = try #require(GridQuadrature(grid, order: method.order))
      let found = method.solve(&dynamics, from: initial, over: grid, quadrature: quadrature)
      // g is asked for once at each time, and the path is that without it.
      #expect(dynamics.times == grid.times)
      #expect(found.solution.evaluations == count * method.stageCount + 1)
      var plain = Logarithmic(problem: problem)
      let alone = method.solve(&plain, from: initial, over: grid)
      #expect(areIdentical(found.solution.state, alone.state) && found.solution.steps == count)
      return abs(found.integral.scalar - exact)
    }
    // The path's error and the quadrature's, of the next even order, may cancel on the coarser grids.
    let slope = log(errors[1] / errors[2]) / log(Double(counts[2]) / Double(counts[1]))
    #expect(slope > Double(method.order) - 0.2, "\(method.name) \(slope), \(errors)")
    // Far above rounding, or the slope would be one of rounding.
    #expect(errors[2] > 100 * Double(counts[2]).squareRoot() * 0x1p-54, "\(errors)")
  }

  /// Two rows of one component that is 1, and two integrands that are not finite where asked.
  struct Failing: IntegralDynamics {
    let time: Double
    let integralCount = 2

    mutating func evaluate(
      time: Double,
      state: Tensor<Double>,
      into derivative: inout Tensor<Double>
    ) {
      derivative.scale(by: 0)
    }

    mutating func evaluate(
      time: Double,
      state: Tensor<Double>,
      into derivative: inout Tensor<Double>,
      integrand: inout Tensor<Double>
    ) {
      derivative.scale(by: 0)
      integrand = Tensor(repeating: 1, shape: [2, 2])
      if time == self.time { integrand[1, 0] = .nan }
    }
  }

  /// An integrand that is not a number is found at once, at the last time too.
  @Test(arguments: [(0.5, 2), (1.0, 4)]) func nonFiniteIntegrand(_ time: Double, _ steps: Int)
    throws
  {
    let grid = TimeGrid(from: 0, to: 1, steps: 4)
    var dynamics = Failing(time: time)
    let found = RungeKutta.rk4.solve(
      &dynamics,
      from: Tensor(repeating: 1, shape: [2, 1]),
      over: grid,
      quadrature: try #require(GridQuadrature(grid, order: 4))
    )
    #expect(found.solution.outcome == .nonFiniteField(time: time, row: 1, component: 1))
    #expect(found.solution.steps == steps && found.solution.evaluations == 4 * steps + 1)
    #expect(found.integral.firstNonFinite == nil)
  }

  @Test func aQuadratureOfAnotherGridIsMisuse() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let grid = TimeGrid(from: 0, to: 1, steps: 4)
      var dynamics = Failing(time: 2)
      _ = RungeKutta.rk4.solve(
        &dynamics,
        from: Tensor(zeros: [2, 1]),
        over: grid,
        quadrature: try #require(
          GridQuadrature(TimeGrid(from: 0, to: 1, steps: 5), order: 4)
        )
      )
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("a quadrature of 6 times was given for a grid of 5"))
  }
}
