public import Tensors

/// The increments of Brownian paths on a fixed grid, each row a path of its own.
///
/// Row r at step n is a pure function of (seed, stream, sample r, n): a path is the same whatever
/// the batch, the chunk and the number of workers.
public struct BrownianIncrements: Sendable, Hashable {
  /// Seed, stream and samples; the step is the step of the grid.
  public let block: RandomBlock

  /// The increments of the samples of a block.
  public init(_ block: RandomBlock) { self.block = block }

  /// The same paths from a later step of their grid on.
  public func startingAt(step: Int) -> BrownianIncrements {
    var later = block
    later.step += UInt32(step)
    return BrownianIncrements(later)
  }

  /// Standard normal numbers for a step's increment, `[rows, components]`; the integrator scales them.
  public func standardNormal(step: Int, components: Int) -> Tensor<Double> {
    var address = block
    address.step += UInt32(step)
    return address.normal(columns: components)
  }

  /// Standard normal numbers for a step's space–time Lévy area, `[rows, components]`, independent of
  /// those of the increments: the next part of the stream.
  public func standardNormalOfArea(step: Int, components: Int) -> Tensor<Double> {
    var address = block.part(1)
    address.step += UInt32(step)
    return address.normal(columns: components)
  }

  /// The noise of a step with given moments.
  ///
  /// - Parameters:
  ///   - step: the step of the grid.
  ///   - moments: the moments of 2ε over the step.
  ///   - components: the columns of the state.
  ///   - withArea: whether the space–time Lévy area is drawn as well.
  /// - Returns: the noise, `[rows, components]`.
  public func noise(
    step: Int,
    moments: NoiseMoments,
    components: Int,
    withArea: Bool
  ) -> StepNoise {
    StepNoise(
      moments: moments,
      first: standardNormal(step: step, components: components),
      second: withArea ? standardNormalOfArea(step: step, components: components) : nil
    )
  }

  /// Stops the program unless a state has a row for each path.
  func require(rowsOf state: Tensor<Double>) {
    Tensors.require(
      state.rank == 2 && state.shape[0] == block.count,
      "\(block.count) Brownian paths need a state [\(block.count), components], got the shape "
        + "\(state.shape)"
    )
  }
}
