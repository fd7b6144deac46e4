internal import Tensors

/// One attempted step of every slot, each from its own time and of its own length.
struct RowwiseAttempt {
  /// t of each slot.
  var times: [Double]
  /// t + h of each slot, exact at the end of the interval.
  var ends: [Double]
  /// h of each slot, with its sign.
  var sizes: [Double]
  /// Slots that stay where they are: without a row, or given up in this attempt.
  var isIdle: [Bool]
  /// Why a slot's attempt was given up.
  var troubles: [RowOutcome?]
  /// Slots whose trouble ends the row.
  var isFatal: [Bool]

  init<Memory>(_ slots: [ActiveRow<Memory>?], model: Int) {
    let time = slots[model]?.time ?? 0
    times = slots.map { $0?.time ?? time }
    ends = times
    sizes = [Double](repeating: 0, count: slots.count)
    isIdle = slots.map { $0 == nil }
    troubles = [RowOutcome?](repeating: nil, count: slots.count)
    isFatal = [Bool](repeating: false, count: slots.count)
  }

  /// The times t + c h, `[slots]`.
  func times(at node: Double) -> Tensor<Double> {
    Tensor(
      times.indices.map { slot in
        if isIdle[slot] { return times[slot] }
        return node == 1 ? ends[slot] : times[slot] + node * sizes[slot]
      }
    )
  }

  /// x + h Σ_i w_i k_i, and x in idle slots.
  ///
  /// - Parameters:
  ///   - state: x.
  ///   - slopes: k.
  ///   - weights: w, as many as slopes or fewer.
  ///   - noise: what is added besides.
  /// - Returns: the stage, `[slots, components]`.
  func stage(
    _ state: Tensor<Double>,
    slopes: [Tensor<Double>],
    weights: [Double],
    noise: Tensor<Double>? = nil
  ) -> Tensor<Double> {
    let sum = Self.sum(slopes, weights, shape: state.shape)
    var result = noise.map { state + $0 } ?? state
    let components = state.shape[1]
    state.withSpan { own in
      sum.withSpan { sum in
        result.withMutableSpan { result in
          for slot in sizes.indices {
            let size = sizes[slot]
            for index in slot * components..<(slot + 1) * components {
              result[index] = isIdle[slot] ? own[index] : result[index] + size * sum[index]
            }
          }
        }
      }
    }
    return result
  }

  /// Σ_i w_i k_i.
  static func sum(
    _ slopes: [Tensor<Double>],
    _ weights: [Double],
    shape: [Int]
  ) -> Tensor<Double> {
    var sum = Tensor<Double>(zeros: shape)
    for (slope, weight) in zip(slopes, weights) where weight != 0 {
      sum.add(slope, scaledBy: weight)
    }
    return sum
  }

  /// Evaluates f at t + c h; slots where it is not finite are given up.
  ///
  /// NaN at a finite stage is the field's fault and ends the row, unless retries are wanted; an
  /// infinite value may be the stage's, which a shorter step avoids.
  mutating func evaluate(
    _ dynamics: inout some RowwiseDynamics,
    node: Double,
    stage: Tensor<Double>,
    retriesNotANumber: Bool
  ) -> Tensor<Double> {
    let times = times(at: node)
    var slope = Tensor<Double>(zeros: stage.shape)
    dynamics.evaluate(times: times, state: stage, into: &slope)
    require(
      slope.shape == stage.shape,
      "the dynamics returned the shape \(slope.shape) for a state of shape \(stage.shape)"
    )
    if slope.firstNonFinite == nil { return slope }
    for slot in isIdle.indices where !isIdle[slot] {
      let own = slope.slice(slot..<slot + 1)
      guard let component = own.firstNonFinite else { continue }
      isIdle[slot] = true
      if let bad = stage.slice(slot..<slot + 1).firstNonFinite {
        troubles[slot] = .nonFiniteState(time: times[slot], component: bad)
      } else {
        troubles[slot] = .nonFiniteField(time: times[slot], component: component)
        isFatal[slot] = own.elements.contains(where: \.isNaN) && !retriesNotANumber
      }
    }
    return slope
  }

  /// Gives up the slots that a step leads out of the finite numbers, and puts them back.
  mutating func check(_ proposal: inout Tensor<Double>, from state: Tensor<Double>) {
    if proposal.firstNonFinite == nil { return }
    for slot in isIdle.indices where !isIdle[slot] {
      guard let component = proposal.slice(slot..<slot + 1).firstNonFinite else { continue }
      isIdle[slot] = true
      troubles[slot] = .nonFiniteState(time: ends[slot], component: component)
      proposal.copyRows(from: state.slice(slot..<slot + 1), count: 1, at: slot)
    }
  }
}
