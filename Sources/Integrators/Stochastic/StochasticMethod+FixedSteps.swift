public import Tensors

extension StochasticMethod {
  /// Solves dX = f(t, X) dt + √(2ε(t)) dW over a fixed grid, with ε given by its integrals.
  ///
  /// A method with a space–time Lévy area takes the area's law from the variances of the halves of
  /// each step, ``NoiseMoments/init(first:second:)``.
  ///
  /// - Parameters:
  ///   - dynamics: the drift f.
  ///   - initial: X at the grid's first time, `[rows, components]`.
  ///   - grid: the times of the steps; decreasing times solve the backward equation.
  ///   - variance: ∫ 2ε between two times, the earlier first; finite and not negative.
  ///   - increments: the Brownian path of each row.
  ///   - saving: times at which the state is kept; each must be a time of the grid.
  /// - Returns: the last state, the kept ones and how the integration ended.
  public func solve(
    _ dynamics: inout some Dynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    variance: (Double, Double) -> Double,
    increments: BrownianIncrements,
    saving: [Double] = []
  ) -> Solution {
    func amount(_ time: Double, _ end: Double) -> Double {
      let amount = variance(min(time, end), max(time, end))
      require(
        amount >= 0 && amount.isFinite,
        "the variance of the noise between t = \(time) and \(end) must be finite and not "
          + "negative, got \(amount)"
      )
      return amount
    }
    let usesArea = Self.tableau.usesArea
    return solve(&dynamics, from: initial, over: grid, increments, nil, saving) { time, end in
      let middle = time + (end - time) / 2
      return usesArea
        ? NoiseMoments(first: amount(time, middle), second: amount(middle, end))
        : NoiseMoments(uniform: amount(time, end))
    }
  }

  /// Solves dX = f(t, X) dt + √(2ε(t)) dW over a fixed grid.
  ///
  /// Who solves many blocks of rows over one grid hands in ``AdditiveNoise/tabulated(over:)``.
  ///
  /// - Parameters:
  ///   - dynamics: the drift f.
  ///   - initial: X at the grid's first time, `[rows, components]`.
  ///   - grid: the times of the steps; decreasing times solve the backward equation.
  ///   - noise: √(2ε(t)) dW.
  ///   - increments: the Brownian path of each row.
  ///   - noisyComponents: the number of leading components on which the noise acts; all unless given. The
  ///     others are integrals along the path, for which the orders hold too: the noise of the whole
  ///     state is still additive.
  ///   - saving: times at which the state is kept; each must be a time of the grid.
  /// - Returns: the last state, the kept ones and how the integration ended.
  public func solve(
    _ dynamics: inout some Dynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    noise: AdditiveNoise,
    increments: BrownianIncrements,
    noisyComponents: Int? = nil,
    saving: [Double] = []
  ) -> Solution {
    solve(&dynamics, from: initial, over: grid, increments, noisyComponents, saving) { time, end in
      noise.moments(from: time, to: end)
    }
  }

  private func solve(
    _ dynamics: inout some Dynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    _ increments: BrownianIncrements,
    _ noisyComponents: Int?,
    _ saving: [Double],
    moments: (Double, Double) -> NoiseMoments
  ) -> Solution {
    increments.require(rowsOf: initial)
    let components = initial.shape[1]
    let noisy = noisyComponents ?? components
    require(
      noisy >= 0 && noisy <= components,
      "noise acts on at most the \(components) components of the state, got \(noisy)"
    )
    var drawn = DrawnNoise(
      increments,
      components: noisy,
      of: components,
      stepCount: grid.stepCount,
      withArea: Self.tableau.usesArea
    )
    return follow(&dynamics, from: initial, over: grid, saving: saving) { step, time, end, noise in
      drawn.fill(&noise, step: step, moments: moments(time, end))
    }
  }

  /// Steps over a grid with noise from anywhere, written in place given the step's number and its two
  /// times.
  func follow(
    _ dynamics: inout some Dynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    saving: [Double],
    noise fill: (Int, Double, Double, inout StepNoise) -> Void
  ) -> Solution {
    let savedPositions = grid.positions(of: saving)
    var solution = Solution(state: initial, at: grid.start, saving: saving.count)
    var evaluation = CheckedEvaluation()
    var workspace = TableauStep(Self.tableau, shape: initial.shape)
    let zeros = Tensor<Double>(zeros: initial.shape)
    var noise = StepNoise(increment: zeros, area: Self.tableau.usesArea ? zeros : nil)
    solution.keep(at: 0, positions: savedPositions)
    for step in 0..<grid.stepCount {
      let (time, end) = (grid.times[step], grid.times[step + 1])
      fill(step, time, end, &noise)
      var failure: Outcome?
      let result = workspace.step(&solution.state, from: time, to: end, noise: noise) {
        failure = evaluation.evaluate(&dynamics, time: $0, state: $1, into: &$2)
        return failure == nil
      }
      solution.evaluations = evaluation.evaluations
      switch result {
      case .stopped:
        solution.outcome = failure ?? .completed
        return solution
      case .overflowed(let position):
        solution.overflowed(at: end, position: position)
        return solution
      case .made:
        solution.finishStep(step, at: end, positions: savedPositions)
      }
    }
    return solution
  }
}
