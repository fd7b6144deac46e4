internal import Tensors

/// What a solve with step control is asked for besides its equation and its method.
struct AdaptiveOptions {
  let start: Double
  let end: Double
  let tolerance: ErrorTolerance
  let limits: StepLimits
  let saving: SavingTimes

  /// Options for a state; stops the program where they do not fit it or are out of range.
  init(
    for initial: Tensor<Double>,
    start: Double,
    end: Double,
    tolerance: ErrorTolerance,
    limits: StepLimits,
    saving: [Double]
  ) {
    self.start = start
    self.end = end
    self.tolerance = tolerance
    self.limits = limits
    self.saving = SavingTimes(saving, start: start, end: end)
    require(
      initial.rank == 2,
      "step control needs a state [rows, components], got \(initial.shape)"
    )
    tolerance.check(components: initial.shape[1])
    limits.check()
  }

  /// The direction of time.
  var sign: Double { end > start ? 1 : -1 }
}

/// The times at which states are kept, in the order in which they are met.
struct SavingTimes {
  /// The times in the direction of travel.
  let times: [Double]
  /// Where each stands in the caller's list.
  let positions: [Int]

  init(_ times: [Double], start: Double, end: Double) {
    require(
      start != end && start.isFinite && end.isFinite,
      "an integration needs two different finite ends, got \(start) and \(end)"
    )
    let range = min(start, end)...max(start, end)
    require(
      times.allSatisfy { range.contains($0) },
      "the times to be saved must lie between \(start) and \(end), got \(times)"
    )
    positions = times.indices.sorted {
      times[$0] == times[$1] ? $0 < $1 : (times[$0] < times[$1]) == (start < end)
    }
    self.times = positions.map { times[$0] }
  }
}
