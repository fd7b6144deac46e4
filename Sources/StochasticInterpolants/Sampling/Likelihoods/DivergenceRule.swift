internal import Gradients
internal import Tensors

/// How the divergence along a path is found.
public enum DivergenceRule: Sendable, Hashable {
  /// ∇ · b itself: for a network one Jacobian-vector product for each dimension.
  case exact
  /// Hutchinson's estimates pᵀ(∂b/∂x)p of K probes, one Jacobian-vector product for each.
  ///
  /// The probes of a sample are drawn once, addressed by (seed, sample), and stay the same along its
  /// path, so that the integrand is a smooth function of time: a probe drawn again at each evaluation
  /// is noise to the integrator. Each probe gives a log-density of its own; their mean and its
  /// standard error are returned. The first probes are the same for any K.
  case hutchinson(probes: Int, law: ProbeLaw = .rademacher, seed: UInt64)

  /// K, or nil for the exact divergence.
  var probes: Int? {
    if case .hutchinson(let probes, _, _) = self { return probes }
    return nil
  }

  /// The number of divergences that are integrated along a path.
  var traces: Int { probes ?? 1 }

  /// The probes of the rows of a block, `[rows, K · dimension]`; no columns for the exact divergence.
  func draw(_ block: RowBlocks.Block, dimension: Int) -> Tensor<Double> {
    guard case .hutchinson(let probes, let law, let seed) = self else {
      return Tensor(zeros: [block.rows, 0])
    }
    let address = block.address(seed: seed).inStream(Streams.probe)
    return law.draw(address, columns: probes * dimension)
  }

  /// The probes of consecutive rows, without padding.
  func draw(_ rows: Range<Int>, dimension: Int) -> Tensor<Double> {
    guard case .hutchinson(let probes, let law, let seed) = self else {
      return Tensor(zeros: [rows.count, 0])
    }
    let address = RandomBlock(seed: seed, samples: rows).inStream(Streams.probe)
    return law.draw(address, columns: probes * dimension)
  }

  func check() {
    guard let probes else { return }
    require(probes >= 1, "Hutchinson's estimate needs at least one probe, got \(probes)")
  }
}

/// The law of the components of a probe: independent, of mean 0 and variance 1.
public enum ProbeLaw: String, Sendable, Hashable, Codable, CaseIterable {
  /// ±1: of all laws the least variance, 2 Σ_{i≠j} S_ij² with S the symmetric part of the Jacobian; none for a
  /// diagonal one.
  case rademacher
  /// Normal: the variance 2 Σ_ij S_ij².
  case gaussian

  func draw(_ block: RandomBlock, columns: Int) -> Tensor<Double> {
    switch self {
    case .gaussian: return block.normal(columns: columns)
    case .rademacher:
      let uniform = block.uniform(columns: columns)
      return Tensor(uniform.elements.map { $0 < 0.5 ? -1 : 1 }, shape: uniform.shape)
    }
  }
}
