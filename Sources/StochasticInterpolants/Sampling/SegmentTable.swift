internal import Tensors

/// What the segments of a run need for their steps, computed once for all blocks of rows.
///
/// It is made when the first block asks, after ε has been checked.
final class SegmentTable<Value: Sendable>: Sendable {
  private let known = Lock<[Int: Value]>([:])

  /// The value of a segment, made if it is not there.
  func value(of segment: Segment, make: () -> Value) -> Value {
    known.withLock { known in
      if let own = known[segment.index] { return own }
      let own = make()
      known[segment.index] = own
      return own
    }
  }
}
