internal import Gradients
internal import Tensors

/// What a network returns beside its heads, for each of them.
enum HeadDerivative: Sendable, Hashable {
  /// Nothing.
  case none
  /// ∇ · f, `[rows]`.
  case divergence
  /// pᵀ(∂f/∂x)p of K probes, `[rows, K]`; the probes are a further input of the program, so that one
  /// program serves all of them.
  case probes(Int)
  /// ∇(f·w + ∇·f), `[rows, dimension]`, with w, a further input, held fixed.
  case gradient

  /// The columns of the further input; 0 for none.
  func inputColumns(dimension: Int) -> Int {
    switch self {
    case .none, .divergence: 0
    case .probes(let count): count * dimension
    case .gradient: dimension
    }
  }

  /// The columns of the derivative of one head.
  func outputColumns(dimension: Int) -> Int {
    switch self {
    case .none: 0
    case .divergence: 1
    case .probes(let count): count
    case .gradient: dimension
    }
  }

  /// Records the derivative of a head f.
  func callAsFunction(
    _ head: Variable<Float>,
    points: Variable<Float>,
    further: Variable<Float>
  ) -> Variable<Float> {
    switch self {
    case .none, .divergence: return head.divergence(withRespectTo: points)
    case .probes(let count):
      let (rows, dimension) = (head.shape[0], head.shape[1])
      let traces = (0..<count).map { probe in
        head.divergence(
          withRespectTo: points,
          probe: further.slice(probe * dimension..<(probe + 1) * dimension, along: 1)
        ).reshaped([rows, 1])
      }
      return .concatenating(traces, along: 1)
    case .gradient:
      let product = (head * further).sum(along: 1)
      return (product + head.divergence(withRespectTo: points)).sum().gradient(of: [points])[0]
    }
  }
}
