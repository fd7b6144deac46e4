public import Tensors

extension RungeKutta {
  /// Solves dx/dt = f(t, x) with steps that each row chooses for itself.
  ///
  /// Every row has its own t, h and controller, so that its result is the same to the last bit alone
  /// and among others, provided f keeps rows apart for blocks of one size. Rows are compacted into
  /// blocks of `blockSize`; those that end make room for those that wait.
  ///
  /// - Parameters:
  ///   - dynamics: f, always asked for `blockSize` rows.
  ///   - initial: x at the start, `[rows, components]`.
  ///   - start: the first time.
  ///   - end: the last time, another; a smaller one integrates backward.
  ///   - tolerance: how large the error of a step may be.
  ///   - controller: how step lengths follow errors.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - saving: times between the ends, in any order, at which states are kept; between steps they
  ///     are taken from the method's ``DenseOutput``.
  ///   - blockSize: the number of rows of a block.
  /// - Returns: the last states, the kept ones, and how each row ended.
  public func solve<C: StepController>(
    _ dynamics: inout some RowwiseDynamics,
    from initial: Tensor<Double>,
    start: Double,
    end: Double,
    tolerance: ErrorTolerance,
    controller: C = PIDController(),
    limits: StepLimits = StepLimits(),
    saving: [Double] = [],
    blockSize: Int = 128
  ) -> AdaptiveSolution {
    guard let error else {
      fatalError("\(name) has no error estimate; choose another method or fixed steps")
    }
    let options = AdaptiveOptions(
      for: initial,
      start: start,
      end: end,
      tolerance: tolerance,
      limits: limits,
      saving: saving
    )
    var run = OrdinaryRun(
      method: self,
      error: error,
      controller: controller,
      options: options,
      initial: initial,
      blockSize: blockSize
    )
    return run.solve(&dynamics)
  }
}
