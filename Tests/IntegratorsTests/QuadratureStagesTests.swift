import Integrators
import Tensors
import TestSupport
import Testing

/// Integrals along a solution are left out of the stages that read none.
@Suite struct QuadratureStagesTests {
  /// x′ = −x² cos t and I′ = x, which also counts how it was asked.
  private struct WithIntegral: RowwiseDynamics {
    /// What stands for I′ where it is left out; nil to evaluate it all the same.
    let placeholder: Double?
    var whole = 0
    var partial = 0

    init(placeholder: Double?) { self.placeholder = placeholder }

    mutating func evaluate(
      times: Tensor<Double>,
      state: Tensor<Double>,
      into derivative: inout Tensor<Double>
    ) {
      whole += 1
      let points = state.slice(0..<1, along: 1)
      derivative = .concatenating([SixSolutions.slope(times, points), points], along: 1)
    }

    mutating func evaluateWithoutQuadratures(
      times: Tensor<Double>,
      state: Tensor<Double>,
      into derivative: inout Tensor<Double>
    ) {
      guard let placeholder else {
        return evaluate(times: times, state: state, into: &derivative)
      }
      partial += 1
      let points = state.slice(0..<1, along: 1)
      let rest = Tensor(repeating: placeholder, shape: points.shape)
      derivative = .concatenating([SixSolutions.slope(times, points), rest], along: 1)
    }
  }

  /// The midpoint rule with a third stage, x + hk₂ at the end, that has no weight in the step.
  private static func withThirdStage(_ name: String, inError: Bool, between: Bool) -> RungeKutta {
    RungeKutta(
      name: name,
      order: 2,
      nodes: [0, 0.5, 1],
      stages: [[], [0.5], [0, 1]],
      weights: [0, 1, 0],
      error: ErrorEstimate(weights: inError ? [0.5, -1, 0.5, 0] : [1, -1, 0, 0], order: 2),
      dense: DenseOutput(
        polynomials: [[0], [1, 0], between ? [1, -1] : [0], between ? [-1, 1] : [0]],
        order: 1
      )
    )
  }

  private static let methods =
    AdaptiveTests.methods + [
      withThirdStage("read by nothing", inError: false, between: false),
      withThirdStage("read by the error", inError: true, between: false),
      withThirdStage("read between the ends", inError: false, between: true),
    ]

  /// The stages without weight: the second of Dormand and Prince's five, the second to the fifth of DOP853.
  private static func leadingStages(_ method: RungeKutta) -> Int {
    switch method.name {
    case RungeKutta.dormandPrince.name, "read by nothing": 1
    case RungeKutta.dormandPrince8.name: 4
    default: 0
    }
  }

  @Test(arguments: methods, [(0.0, 3.0), (3.0, 0.0)])
  func whatStandsForAnIntegralIsNotRead(_ method: RungeKutta, _ ends: (Double, Double)) {
    func solve(_ placeholder: Double?) -> (AdaptiveSolution, WithIntegral) {
      var dynamics = WithIntegral(placeholder: placeholder)
      let solution = method.solve(
        &dynamics,
        from: Tensor([0.5, 0, 0.3, 1, 0.6, -1], shape: [3, 2]),
        start: ends.0,
        end: ends.1,
        tolerance: ErrorTolerance(absolute: 1e-6, relative: 1e-6),
        saving: [0.4, 1.7],
        blockSize: 2
      )
      return (solution, dynamics)
    }
    let (all, allCounts) = solve(nil)
    #expect(all.failure == nil)
    // A number that is read anywhere moves the integral, or by its error the steps.
    let (partial, counts) = solve(1e9)
    #expect(areIdentical(all.state, partial.state) && all.rows == partial.rows)
    for (own, other) in zip(all.saved, partial.saved) { #expect(areIdentical(own, other)) }
    #expect(allCounts.whole == counts.whole + counts.partial)
    let leading = Self.leadingStages(method)
    #expect((counts.partial == 0) == (leading == 0))
    // Every attempt has as many of them; what is left are its other stages, first slopes and first steps, and
    // the further stages of the dense output.
    #expect(
      leading == 0
        || counts.partial % leading == 0
          && counts.whole >= counts.partial / leading * (method.stageCount - leading)
    )
  }
}
