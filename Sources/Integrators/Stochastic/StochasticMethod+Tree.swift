public import Tensors

extension StochasticMethod {
  /// Solves dX = f(t, X) dt + √(2ε(t)) dW over a fixed grid along the paths of a Brownian tree.
  ///
  /// The same tree gives the same paths on any grid, to which the grid's times are moved:
  /// ``BrownianTree/snapped(_:)``.
  ///
  /// - Parameters:
  ///   - dynamics: the drift f.
  ///   - initial: X at the grid's first time, `[rows, components]`, a row for each of the tree's.
  ///   - grid: the times of the steps, in the direction of the tree.
  ///   - tree: the Brownian path of each row.
  ///   - saving: times at which the state is kept; each must be a time of the grid.
  /// - Returns: the last state, the kept ones and how the integration ended.
  public func solve(
    _ dynamics: inout some Dynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    tree: BrownianTree,
    saving: [Double] = []
  ) -> Solution {
    require(
      initial.rank == 2 && initial.shape[0] == tree.block.count,
      "a tree of \(tree.block.count) paths needs as many rows, got the shape \(initial.shape)"
    )
    let snapped = tree.snapped(grid)
    let leaves = grid.times.map { tree.leaf(nearest: $0) }
    var walk = TreeWalk(tree, components: initial.shape[1])
    return follow(
      &dynamics,
      from: initial,
      over: snapped,
      saving: grid.positions(of: saving).map { snapped.times[$0] }
    ) { step, _, _, noise in
      noise = walk.noise(from: leaves[step], to: leaves[step + 1])
    }
  }

  /// Solves dX = f(t, X) dt + √(2ε(t)) dW with steps that each row chooses for itself, along the
  /// paths of a Brownian tree.
  ///
  /// Steps are whole numbers of the tree's leaves. A rejected step is refined along the same path, so
  /// that rejections do not change the law. Rows are treated as in
  /// ``RungeKutta/solve(_:from:start:end:tolerance:controller:limits:saving:blockSize:)``.
  ///
  /// - Parameters:
  ///   - dynamics: the drift f, always asked for `blockSize` rows.
  ///   - initial: X at the tree's first time, `[rows, components]`, a row for each of the tree's.
  ///   - tree: the Brownian path of each row; its ends are those of the integration.
  ///   - tolerance: how large the error of a step may be: the difference of the step from one with the
  ///     first slope alone.
  ///   - controller: how step lengths follow errors.
  ///   - limits: the first step, a hundredth of the interval unless given, the shortest, at least a
  ///     leaf, the longest, and the number of attempts.
  ///   - saving: times between the ends, in any order, at which states are kept; steps end at the
  ///     leaves nearest to them.
  ///   - blockSize: the number of rows of a block.
  /// - Returns: the last states, the kept ones, and how each row ended.
  public func solve<C: StepController>(
    _ dynamics: inout some RowwiseDynamics,
    from initial: Tensor<Double>,
    tree: BrownianTree,
    tolerance: ErrorTolerance,
    controller: C = PIDController(),
    limits: StepLimits = StepLimits(),
    saving: [Double] = [],
    blockSize: Int = 128
  ) -> AdaptiveSolution {
    require(
      !Self.tableau.errors.isEmpty,
      "\(Self.name) has no error estimate; choose another method or fixed steps"
    )
    require(
      initial.rank == 2 && initial.shape[0] == tree.block.count,
      "a tree of \(tree.block.count) paths needs as many rows, got the shape \(initial.shape)"
    )
    let options = AdaptiveOptions(
      for: initial,
      start: tree.start,
      end: tree.end,
      tolerance: tolerance,
      limits: limits,
      saving: saving
    )
    var run = StochasticRun(
      tableau: Self.tableau,
      controller: controller,
      options: options,
      tree: tree,
      initial: initial,
      blockSize: blockSize
    )
    return run.solve(&dynamics)
  }
}
