internal import Gradients
public import Integrators
public import Tensors

/// The coupling of a point of ρ₀ with where the probability flow carries it (5.17): (x₀, X₁(x₀)).
///
/// Training another bridge on it rectifies the flow: with I = αx₀ + βX₁(x₀) and γ = 0 its paths are
/// straight for the linear schedule, its map is the same X₁ (theorem of section 5.3), and one
/// evaluation gives it, X₁(x) = (b(0, x) − α̇(0) x)/β̇(0) (5.24). No point of ρ₁ is needed.
public struct FlowCoupling<F: Fields, Base: Density>: Coupling {
  /// b of the learned map.
  public let fields: F
  /// ρ₀.
  public let base: Base
  /// The method that follows the flow.
  public let method: RungeKutta
  /// The number of its equal steps.
  public let steps: Int

  /// Couples the ends of a flow.
  ///
  /// - Parameters:
  ///   - fields: b of the learned map.
  ///   - base: ρ₀.
  ///   - method: the method that follows the flow.
  ///   - steps: the number of its equal steps.
  /// - Throws: ``SamplingError`` where the fields offer no velocity on all of [0, 1], or were trained on less.
  public init(
    _ fields: F,
    from base: Base,
    method: RungeKutta = .rk4,
    steps: Int
  ) throws(SamplingError) {
    require(steps >= 1, "a flow is followed in at least one step, got \(steps)")
    require(
      base.dimension == fields.dimension,
      "the starting density has \(base.dimension) dimensions, the fields \(fields.dimension)"
    )
    let sampler = Sampler(fields)
    let segments = Segment.plan(
      TimeGrid(from: 0, to: 1, steps: steps),
      times: 0...1,
      noise: nil,
      direction: .forward,
      saving: []
    )
    for segment in segments {
      try sampler.checkFields(over: segment, motion: .flow, nodes: method.nodes)
    }
    self.fields = fields
    self.base = base
    self.method = method
    self.steps = steps
  }

  /// d.
  public var dimension: Int { fields.dimension }

  /// ρ₀ and its image under the flow.
  public var marginals: (base: any Density, target: any Density) {
    (base, FlowImage(coupling: self))
  }

  /// Draws x₀ and follows it to t = 1, on the calling thread.
  ///
  /// Where a point of a block leaves the finite numbers its points x₁ are NaN, with which a training stops at
  /// once.
  public func pairs(_ block: RandomBlock) -> (x0: Tensor<Double>, x1: Tensor<Double>) {
    let start = base.sample(block.inStream(Streams.base))
    var end = start
    let grid = TimeGrid(from: 0, to: 1, steps: steps)
    for part in RowBlocks(count: block.count) {
      var flow = Drift(fields, .flow, rows: part.rows, sign: 1)
      let solution = method.solve(&flow, from: part.padded(start), over: grid)
      // Not where it had come to: that is no point of ρ₁.
      let reached =
        solution.outcome == .completed
        ? solution.state : Tensor(repeating: .nan, shape: solution.state.shape)
      part.write(reached, into: &end)
    }
    return (start, end)
  }

  /// A fixed set of pairs, drawn once: cheaper to train on than fresh ones.
  ///
  /// - Parameters:
  ///   - count: the number of pairs.
  ///   - seed: the key of the draws.
  ///   - workers: the threads.
  /// - Returns: the pairs.
  /// - Throws: ``SamplingError`` where a point does not stay finite.
  public func paired(
    count: Int,
    seed: UInt64,
    workers: Workers = .shared
  ) throws(SamplingError) -> PairedCoupling {
    let samples = try Sampler(fields, workers: workers).ode(
      count: count,
      from: base,
      method: method,
      steps: steps,
      seed: seed
    )
    let block = RandomBlock(seed: seed, samples: 0..<count)
    do {
      return try PairedCoupling(x0: base.sample(block.inStream(Streams.base)), x1: samples.points)
    } catch {
      throw .pairs(error)
    }
  }
}

/// The law of X₁(x₀).
private struct FlowImage<F: Fields, Base: Density>: Density {
  let coupling: FlowCoupling<F, Base>

  var dimension: Int { coupling.dimension }

  func sample(_ block: RandomBlock) -> Tensor<Double> { coupling.pairs(block).x1 }
}
