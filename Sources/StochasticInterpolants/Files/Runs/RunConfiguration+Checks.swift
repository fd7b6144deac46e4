internal import Gradients

extension RunConfiguration {
  /// What the types cannot say: a damaged or edited configuration must not reach the library's own
  /// checks, which stop the program.
  func check(_ file: String) throws(RunError) {
    func fail(_ problem: String) -> RunError { RunError(path: file, problem: problem) }
    if fields.isEmpty { throw fail("it names no trained field") }
    if dimension < 1 || dimension > 1 << 20 { throw fail("its dimension is \(dimension)") }
    if standardization.dimension != dimension {
      throw fail(
        "its standardisation has \(standardization.dimension) dimensions, not \(dimension)"
      )
    }
    if !(holdingOut > 0 && holdingOut < 1) {
      throw fail("the share held out is \(holdingOut), which is not between 0 and 1")
    }
    if checkpoints.interval < 1 || checkpoints.keep < 1 {
      throw fail(
        "checkpoints have the interval \(checkpoints.interval) and \(checkpoints.keep) are kept; "
          + "both are at least 1"
      )
    }
    do {
      _ = try interpolant.interpolant()
    } catch {
      throw fail("\(error)")
    }
    switch (interpolant, base) {
    case (.oneSided, .standardGaussian), (.twoSided, _): break
    case (.oneSided, _):
      throw fail(
        "its interpolant is one-sided, from N(0, Id) of standardised points, and its base is not standardGaussian"
      )
    }
    if let problem = training.problem { throw fail(problem) }
    if Set(fields.map(\.kind)).count != fields.count {
      throw fail("a field stands twice in \(fields.map(\.kind.rawValue))")
    }
    for field in fields { if let problem = problem(of: field) { throw fail(problem) } }
  }

  private func problem(of field: Field) -> String? {
    let widths = field.network.hidden
    if field.times.count != 2 || !(field.times[0] >= 0 && field.times[0] < field.times[1])
      || field.times[1] > 1
    {
      return "the times \(field.times) of the \(field.kind.rawValue) are no part of [0, 1]"
    }
    if let own = field.preconditioning {
      if field.kind != .velocity {
        return "the \(field.kind.rawValue) has a preconditioning, which only a velocity has"
      }
      if let fault = PreconditionedVelocity<MLP>.fault(
        own.baseScale,
        own.targetScale,
        own.latentScale
      ) {
        return "its preconditioning cannot be used: \(fault)"
      }
    }
    // What no embedding is is refused where it is read; this is what no machine has the memory for.
    let isEmbeddingUsable =
      switch field.network.embedding {
      case .plain: true
      case .sinusoidal(let pairs, _), .randomFourier(let pairs, _, _): pairs <= 1 << 12
      }
    let arePointsUsable =
      switch field.network.pointEmbedding {
      case .plain: true
      case .sinusoidal(let octaves, _): octaves <= 64
      }
    if !isEmbeddingUsable || !arePointsUsable || field.network.dimension != dimension
      || field.network.heads != 1
      || !widths.allSatisfy({ $0 >= 1 && $0 <= 1 << 16 }) || widths.count > 1_000
      || (field.network.isResidual && Set(widths).count > 1)
    {
      return "the \(field.kind.rawValue)'s network (dimension \(field.network.dimension), hidden "
        + "\(widths)) does not fit"
    }
    return nil
  }
}
