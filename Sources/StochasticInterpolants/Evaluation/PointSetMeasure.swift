internal import Gradients
public import Tensors

/// A measure of how far two sets of points are apart, with its sampling floor.
///
/// Whoever conforms says how one pair of sets is measured; the floor, true against true, and the
/// comparison of a model's points with a density follow from that:
///
/// ```swift
/// let distance = ExactWasserstein(order: 2)
/// let points = TwoMoons().sample(count: 200, seed: 2) * 1.5
/// let measured = distance.measure(points, against: TwoMoons(), seed: 1)
/// print("above the sampling floor:", measured.value.value > measured.floor.value)
/// ```
///
/// ```text
/// above the sampling floor: true
/// ```
///
/// Measures of points against a law whose probabilities are known, ``HistogramDivergence`` and
/// ``ModeShares``, know their floor in closed form and give a ``MeasuredDistance`` at once.
public protocol PointSetMeasure: Sendable {
  /// The measure of two sets of points.
  ///
  /// - Parameters:
  ///   - first: the points in question, `[count, dimension]`.
  ///   - second: points of the right law, `[otherCount, dimension]`.
  ///   - workers: the threads that share out the work; the result does not depend on them.
  /// - Returns: the value; its standard error is NaN where one pair of sets does not tell it. The
  ///   value is NaN where a point is not finite.
  func estimate(
    _ first: Tensor<Double>,
    _ second: Tensor<Double>,
    workers: Workers
  ) -> Estimate
}

extension PointSetMeasure {
  /// The measure of two sets of points, by all workers.
  public func estimate(_ first: Tensor<Double>, _ second: Tensor<Double>) -> Estimate {
    estimate(first, second, workers: .shared)
  }

  /// What two independent sets of draws of one density measure: true against true.
  ///
  /// - Parameters:
  ///   - density: what is drawn from.
  ///   - count: the number of points in the first set.
  ///   - otherCount: that in the second; the same unless given.
  ///   - repeats: how often, at least 1, with new draws each time.
  ///   - seed: the key of the draws; not that of the points one compares.
  ///   - workers: the threads that share out the work.
  /// - Returns: the mean over the repeats; with one repeat its standard error is NaN. The spread of
  ///   a single value is the standard error times √repeats.
  public func floor(
    of density: some Density,
    count: Int,
    against otherCount: Int? = nil,
    repeats: Int = 5,
    seed: UInt64,
    workers: Workers = .shared
  ) -> Estimate {
    floor(
      of: density,
      counts: (count, otherCount ?? count),
      repeats: repeats,
      seed: seed,
      from: 0,
      workers: workers
    )
  }

  /// How far points are from a density, beside the floor for as many.
  ///
  /// - Parameters:
  ///   - points: the points in question, `[count, dimension]`.
  ///   - density: the right law.
  ///   - otherCount: how many points are drawn from it; as many unless given.
  ///   - repeats: how often the floor is measured, at least 1.
  ///   - seed: the key of the draws from the density; not that of the points.
  ///   - workers: the threads that share out the work.
  /// - Returns: the measure against one set of draws, and the floor from others.
  public func measure(
    _ points: Tensor<Double>,
    against density: some Density,
    count otherCount: Int? = nil,
    repeats: Int = 5,
    seed: UInt64,
    workers: Workers = .shared
  ) -> MeasuredDistance {
    checkPointSet(points, rows: 1)
    let counts = (points.shape[0], otherCount ?? points.shape[0])
    let reference = Self.draws(of: density, 0..<counts.1, seed: seed)
    return MeasuredDistance(
      value: estimate(points, reference, workers: workers),
      floor: floor(
        of: density,
        counts: counts,
        repeats: repeats,
        seed: seed,
        from: counts.1,
        workers: workers
      )
    )
  }

  private func floor(
    of density: some Density,
    counts: (Int, Int),
    repeats: Int,
    seed: UInt64,
    from firstSample: Int,
    workers: Workers
  ) -> Estimate {
    require(repeats >= 1, "a floor needs at least one repeat, got \(repeats)")
    require(
      counts.0 >= 1 && counts.1 >= 1,
      "a floor needs points, got the counts \(counts.0) and \(counts.1)"
    )
    let values = (0..<repeats).map { index in
      let start = firstSample + index * (counts.0 + counts.1)
      let middle = start + counts.0
      let first = Self.draws(of: density, start..<middle, seed: seed)
      let second = Self.draws(of: density, middle..<middle + counts.1, seed: seed)
      return estimate(first, second, workers: workers).value
    }
    return Estimate(meanOf: Tensor(values))
  }

  private static func draws(
    of density: some Density,
    _ samples: Range<Int>,
    seed: UInt64
  ) -> Tensor<Double> {
    density.sample(RandomBlock(seed: seed, stream: Streams.target, samples: samples))
  }
}

/// Stops unless this is a matrix with a column and enough rows.
func checkPointSet(_ points: Tensor<Double>, rows: Int) {
  require(
    points.rank == 2 && points.shape[0] >= rows && points.shape[1] >= 1,
    "a set of points has the shape [count, dimension] with at least \(rows) rows and one column, "
      + "got \(points.shape)"
  )
}

/// Stops unless these are two sets of points of one dimension.
func checkPointSets(_ first: Tensor<Double>, _ second: Tensor<Double>, rows: Int) {
  checkPointSet(first, rows: rows)
  checkPointSet(second, rows: rows)
  require(
    first.shape[1] == second.shape[1],
    "the two sets of points have \(first.shape[1]) and \(second.shape[1]) columns"
  )
}
