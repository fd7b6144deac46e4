internal import Tensors

/// One attempted step of every slot, each from its own time and of its own length, in buffers that
/// serve all attempts of a solve.
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
  /// The slopes of the attempt, `[slots, components]` each, as far as they are evaluated.
  var slopes: [Tensor<Double>]
  /// x + h Σ_i w_i k_i, as last asked for.
  var stage: Tensor<Double>
  /// The state at the end of the step.
  var proposal: Tensor<Double>
  /// How often a whole block was evaluated, in all attempts.
  private(set) var evaluations = 0

  /// Whether NaN gives up the attempt alone.
  private let retriesNotANumber: Bool
  private var places: Tensor<Double>
  private var sum: Tensor<Double>

  /// Buffers for as many slopes as an attempt has.
  init(slopes count: Int, shape: [Int], retriesNotANumber: Bool) {
    self.retriesNotANumber = retriesNotANumber
    let slots = shape[0]
    times = [Double](repeating: 0, count: slots)
    ends = times
    sizes = times
    isIdle = [Bool](repeating: false, count: slots)
    troubles = [RowOutcome?](repeating: nil, count: slots)
    isFatal = isIdle
    stage = Tensor(zeros: shape)
    proposal = stage
    sum = stage
    slopes = [Tensor<Double>](repeating: stage, count: count)
    places = Tensor(zeros: [slots])
  }

  /// Begins a new attempt at the slots' times; slots without a row stand where the model does.
  mutating func begin(_ slots: [ActiveRow?], model: Int) {
    let time = slots[model]?.time ?? 0
    for slot in slots.indices {
      times[slot] = slots[slot]?.time ?? time
      ends[slot] = times[slot]
      sizes[slot] = 0
      isIdle[slot] = slots[slot] == nil
      troubles[slot] = nil
      isFatal[slot] = false
    }
  }

  /// Sets the stage to x + h Σ_i w_i k_i, and to x in idle slots.
  ///
  /// - Parameters:
  ///   - state: x.
  ///   - weights: w, as many as slopes or fewer.
  ///   - noise: what is added besides.
  mutating func setStage(
    _ state: Tensor<Double>,
    weights: [Double],
    noise: Tensor<Double>? = nil
  ) {
    accumulate(weights)
    stage.copy(from: state)
    if let noise { stage.add(noise, scaledBy: 1) }
    let components = state.shape[1]
    let (sum, sizes, isIdle) = (self.sum, self.sizes, self.isIdle)
    stage.withMutableSpan { stage in
      state.withSpan { own in
        sum.withSpan { sum in
          for slot in sizes.indices {
            let size = sizes[slot]
            for index in slot * components..<(slot + 1) * components {
              stage[index] = isIdle[slot] ? own[index] : stage[index] + size * sum[index]
            }
          }
        }
      }
    }
  }

  /// Sets the proposal as ``setStage(_:weights:noise:)`` sets the stage; slots that the step leads out of
  /// the finite numbers are given up and put back.
  mutating func setProposal(
    _ state: Tensor<Double>,
    weights: [Double],
    noise: Tensor<Double>? = nil
  ) {
    setStage(state, weights: weights, noise: noise)
    swap(&stage, &proposal)
    if proposal.firstNonFinite == nil { return }
    for slot in isIdle.indices where !isIdle[slot] {
      guard let component = proposal.firstNonFinite(inRow: slot) else { continue }
      isIdle[slot] = true
      troubles[slot] = .nonFiniteState(time: ends[slot], component: component)
      proposal.copyRow(slot, from: state, row: slot)
    }
  }

  /// Σ_i w_i k_i into `estimate`.
  mutating func estimate(_ weights: [Double], into estimate: inout Tensor<Double>) {
    accumulate(weights)
    estimate.copy(from: sum)
  }

  private mutating func accumulate(_ weights: [Double]) {
    sum.uniqueBuffer.fill(0)
    for (index, weight) in weights.enumerated() where weight != 0 {
      sum.add(slopes[index], scaledBy: weight)
    }
  }

  /// Evaluates f at t + c h into a slope; slots where it is not finite are given up.
  ///
  /// NaN at a finite state is the field's fault and ends the row, unless retries are wanted; an
  /// infinite value may be the state's, which a shorter step avoids.
  ///
  /// - Parameters:
  ///   - dynamics: f.
  ///   - index: the slope.
  ///   - node: c.
  ///   - point: where; the stage unless given.
  ///   - hasQuadratures: whether quadratures are read.
  mutating func evaluate(
    _ dynamics: inout some RowwiseDynamics,
    slope index: Int,
    node: Double,
    at point: Tensor<Double>? = nil,
    hasQuadratures: Bool = true
  ) {
    evaluations += 1
    let (starts, ends, sizes, stay) = (times, self.ends, self.sizes, isIdle)
    places.withMutableSpan { places in
      for slot in starts.indices {
        let moved = node == 1 ? ends[slot] : starts[slot] + node * sizes[slot]
        places[slot] = stay[slot] ? starts[slot] : moved
      }
    }
    let point = point ?? stage
    if hasQuadratures {
      dynamics.evaluate(times: places, state: point, into: &slopes[index])
    } else {
      dynamics.evaluateWithoutQuadratures(times: places, state: point, into: &slopes[index])
    }
    require(
      slopes[index].shape == point.shape,
      "the dynamics returned the shape \(slopes[index].shape) for a state of shape "
        + "\(point.shape)"
    )
    if slopes[index].firstNonFinite == nil { return }
    for slot in isIdle.indices where !isIdle[slot] {
      guard let component = slopes[index].firstNonFinite(inRow: slot) else { continue }
      isIdle[slot] = true
      if let bad = point.firstNonFinite(inRow: slot) {
        troubles[slot] = .nonFiniteState(time: places[slot], component: bad)
      } else {
        troubles[slot] = .nonFiniteField(time: places[slot], component: component)
        isFatal[slot] = !retriesNotANumber && slopes[index].hasNotANumber(inRow: slot)
      }
    }
  }
}
