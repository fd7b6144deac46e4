internal import Integrators
internal import Synchronization

/// The noise of the segments of a run, its moments over the steps computed once for all blocks of rows.
///
/// It is made when the first block asks, after ε has been checked.
final class SegmentNoise: Sendable {
  private let known = Mutex<[Int: AdditiveNoise]>([:])

  /// √(2ε) dW over a segment; the same moments, to the last bit, as those of ε itself.
  func noise(
    _ diffusion: @escaping @Sendable (Double) -> Double,
    over segment: Segment
  ) -> AdditiveNoise {
    known.withLock { known in
      if let own = known[segment.index] { return own }
      let own = AdditiveNoise(diffusion: diffusion).tabulated(over: segment.grid)
      known[segment.index] = own
      return own
    }
  }
}
