package import Tensors

extension GaussianFlow {
  /// M by integration of Ṁ = Cov(ẋ, x_t) C⁻¹ M, closed form or not.
  ///
  /// Extrapolation of the midpoint rule in h², in steps that halve where the last two columns differ by
  /// more than 10⁻¹⁴ of the largest element of M. Only changes of M are extrapolated, so that rounding
  /// is in proportion to the step.
  package func integratedMatrix(
    from start: Double,
    to end: Double
  ) throws(MixtureFieldsError) -> Tensor<Double> {
    var (matrix, time) = (Tensor<Double>(identity: dimension), start)
    _ = try slope(start)
    var step = (end - start) / 8
    while time != end {
      // The last steps share out what is left, so that none is a rounding error long.
      let rest = end - time
      let isLast = step.magnitude >= rest.magnitude
      let own = isLast ? rest : (2 * step.magnitude > rest.magnitude ? rest / 2 : step)
      let next = isLast ? end : time + own
      let (change, error) = try change(of: matrix, from: time, to: next)
      let scale = matrix.elements.reduce(0) { max($0, $1.magnitude) }
      if error <= 1e-14 * scale {
        matrix += change
        time = next
        step = error < 1e-16 * scale ? own * 2 : own
      } else {
        step = own / 2
        if step.magnitude < 1e-12 { throw .unresolved(time: time) }
      }
    }
    return matrix
  }

  /// Cov(ẋ, x_t) C⁻¹.
  private func slope(_ time: Double) throws(MixtureFieldsError) -> Tensor<Double> {
    let own = try pairAtTime(time)
    let gain = own.regression(.velocity).gain
    if gain.firstNonFinite != nil {
      throw .infiniteSlope(
        coefficient: own.own.alpha.derivative.isFinite ? "β" : "α",
        component: 0,
        time: time,
        moment: "the covariance of x0 and x1"
      )
    }
    return .product(gain, own.precision)
  }

  /// The change of M over a step and the difference of the last two extrapolations.
  private func change(
    of matrix: Tensor<Double>,
    from start: Double,
    to end: Double
  ) throws(MixtureFieldsError) -> (change: Tensor<Double>, error: Double) {
    var row: [Tensor<Double>] = []
    var error = Double.infinity
    for index in 1...7 {
      let previous = row
      row = [try midpoint(matrix, from: start, to: end, count: 2 * index)]
      for column in 1..<max(1, index) {
        let ratio = Double(index) / Double(index - column)
        let correction = (row[column - 1] - previous[column - 1]) / (ratio * ratio - 1)
        row.append(row[column - 1] + correction)
        if column == index - 1 {
          error = correction.elements.reduce(0) { $1.isNaN ? .infinity : max($0, $1.magnitude) }
        }
      }
    }
    return (row[6], error)
  }

  /// The change of M over a step by the smoothed midpoint rule with `count` substeps.
  private func midpoint(
    _ matrix: Tensor<Double>,
    from start: Double,
    to end: Double,
    count: Int
  ) throws(MixtureFieldsError) -> Tensor<Double> {
    let size = (end - start) / Double(count)
    var previous = Tensor<Double>(zeros: matrix.shape)
    var current = Tensor.product(try slope(start), matrix) * size
    for index in 1..<count {
      let slope = try slope(start + Double(index) * size)
      let next = previous + Tensor.product(slope, matrix + current) * (2 * size)
      (previous, current) = (current, next)
    }
    let last = Tensor.product(try slope(end), matrix + current) * size
    return (previous + current + last) * 0.5
  }
}
