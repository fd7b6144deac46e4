internal import Integrators
internal import Tensors

/// A stretch of the grid on which noise acts, or on which it does not.
struct Segment: Sendable {
  let grid: TimeGrid
  let isNoisy: Bool
  /// Its place among the segments of a run, at most three.
  let index: Int
  /// The position of the segment's first step in the whole grid, which addresses its noise.
  let firstStep: Int
  /// The times to keep, in the order in which they are passed.
  let saving: [Double]

  /// How far a time may lie from another that it is taken for.
  static let tolerance = 1e-12

  /// Its times.
  var range: ClosedRange<Double> { min(grid.start, grid.end)...max(grid.start, grid.end) }

  /// Cuts a grid at the ends of the noise's interval.
  ///
  /// A time of the grid beside a cut, by no more than ``tolerance``, gives way to it: fields are trained up to the
  /// cut and not a rounding further. The ends of the grid stay as they are.
  ///
  /// - Parameters:
  ///   - grid: the times of the steps, and those to keep where steps end at them.
  ///   - times: the ends of the grid, the earlier first.
  ///   - noise: where noise acts.
  ///   - direction: the grid's.
  ///   - saving: the times to keep.
  /// - Returns: at least one segment, in the grid's order.
  static func plan(
    _ grid: TimeGrid,
    times: ClosedRange<Double>,
    noise: ClosedRange<Double>?,
    direction: Direction,
    saving: [Double]
  ) -> [Segment] {
    let isForward = direction == .forward
    let cuts = noise.map { [$0.lowerBound, $0.upperBound] } ?? []
    let inner = cuts.filter {
      $0 > times.lowerBound + tolerance && $0 < times.upperBound - tolerance
    }
    let others = grid.times.filter { time in
      inner.allSatisfy { abs($0 - time) > tolerance }
    }
    let grid = TimeGrid(others).including(inner)
    var segments: [Segment] = []
    var start = 0
    for position in 1...grid.stepCount {
      if !inner.contains(grid.times[position]) && position != grid.stepCount { continue }
      let piece = Array(grid.times[start...position])
      let middle = (piece[0] + piece[piece.count - 1]) / 2
      let low = min(piece[0], piece[piece.count - 1])
      let high = max(piece[0], piece[piece.count - 1])
      // A time on a cut belongs to the segment that ends there; the first time to the first.
      let own = saving.filter { time in
        let isFirst = start == 0 && abs(time - piece[0]) <= tolerance
        let isInside =
          time >= low - tolerance && time <= high + tolerance
          && abs(time - piece[0]) > tolerance
        return isFirst || isInside
      }
      segments.append(
        Segment(
          grid: TimeGrid(piece),
          isNoisy: noise.map { $0.contains(middle) } ?? false,
          index: segments.count,
          firstStep: start,
          // One beyond an end by a rounding is the end: no integrator goes further.
          saving: own.sorted { isForward ? $0 < $1 : $0 > $1 }.map { min(max($0, low), high) }
        )
      )
      start = position
    }
    return segments
  }

  /// What was kept in the order of passing, brought to the order in which it was asked for.
  static func ordered(
    _ kept: [Tensor<Double>],
    saving: [Double],
    direction: Direction
  ) -> [Tensor<Double>] {
    let order = saving.indices.sorted {
      direction == .forward ? saving[$0] < saving[$1] : saving[$0] > saving[$1]
    }
    var result = kept
    for (position, index) in order.enumerated() {
      result[index] = kept[position]
    }
    return result
  }
}

extension Outcome {
  /// The outcome with its row as a sample of the whole run.
  func shifted(by first: Int) -> Outcome {
    switch self {
    case .completed: .completed
    case .nonFiniteField(let time, let row, let component):
      .nonFiniteField(time: time, row: row + first, component: component)
    case .nonFiniteState(let time, let row, let component):
      .nonFiniteState(time: time, row: row + first, component: component)
    }
  }
}
