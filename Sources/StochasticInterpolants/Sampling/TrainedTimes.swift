/// Fields that know on which times they may be used.
protocol BoundedFields {
  /// The times on which what is behind some quantities inside (0, 1) was trained.
  func times(of quantities: Quantities) -> ClosedRange<Double>

  /// The times on which what is behind some quantities at a time was trained, where that time is none of them;
  /// nil where it is.
  ///
  /// At an end, or where a coefficient vanishes, that may be another network than inside (0, 1).
  func timesMissing(_ time: Double, of quantities: Quantities) -> ClosedRange<Double>?
}

extension LearnedFields: BoundedFields {
  func times(of quantities: Quantities) -> ClosedRange<Double> {
    trainedTimes(of: plan.used(for: quantities))
  }

  func timesMissing(_ time: Double, of quantities: Quantities) -> ClosedRange<Double>? {
    let trained = trainedTimes(of: plan.used(for: quantities, at: time))
    return trained.contains(time) ? nil : trained
  }

  /// The times on which the networks of all of some heads were trained.
  private func trainedTimes(of used: Set<Int>) -> ClosedRange<Double> {
    let times = used.map { fields[heads[$0].network].times }
    let lower = times.map(\.lowerBound).max() ?? 0
    let upper = times.map(\.upperBound).min() ?? 1
    return lower...max(lower, upper)
  }
}

extension TransferredFields: BoundedFields {
  func times(of quantities: Quantities) -> ClosedRange<Double> {
    (known as? any BoundedFields).map { taken(from: $0.times(of: quantities)) } ?? 0...1
  }

  func timesMissing(_ time: Double, of quantities: Quantities) -> ClosedRange<Double>? {
    guard let point = transfer.point(time), let bounded = known as? any BoundedFields else {
      return nil
    }
    return bounded.timesMissing(point.time, of: needed(quantities, at: time, point))
      .map(taken(from:))
  }

  /// The times that the transfer takes to those of the known fields.
  private func taken(from trained: ClosedRange<Double>) -> ClosedRange<Double> {
    // What the known schedule does not reach lies before its first time, or after its last.
    func knownTime(_ time: Double) -> Double {
      transfer.point(time)?.time ?? (time < 0.5 ? -.infinity : .infinity)
    }
    let first =
      trained.lowerBound <= 0 ? 0 : 1 - lastTime { knownTime(1 - $0) >= trained.lowerBound }
    let last = trained.upperBound >= 1 ? 1 : lastTime { knownTime($0) <= trained.upperBound }
    return first...max(first, last)
  }
}

extension Fields {
  /// Whether quantities are offered, and were trained, on a range of times.
  func checkOffered(
    _ wanted: Quantities,
    over used: ClosedRange<Double>,
    purpose: String
  ) throws(SamplingError) {
    if !wanted.isSubset(of: available) {
      throw .missing(wanted.subtracting(available), purpose: purpose)
    }
    guard let trained = (self as? any BoundedFields)?.times(of: wanted) else { return }
    if used.lowerBound < trained.lowerBound || used.upperBound > trained.upperBound {
      throw .untrained(used: used, trained: trained)
    }
  }

  /// Whether what is behind quantities at one time was trained there.
  func checkTrained(_ wanted: Quantities, at time: Double) throws(SamplingError) {
    guard let trained = (self as? any BoundedFields)?.timesMissing(time, of: wanted) else { return }
    throw .untrained(used: time...time, trained: trained)
  }
}
