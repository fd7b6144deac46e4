internal import RealModule
internal import Tensors

/// What ``MixturePosterior`` is for points on the line: the same means in plain numbers, without a matrix
/// for each product of two of them.
struct LinePosterior: FieldPosterior {
  private let pairs: [LinePairAtTime]
  private let rows: Int
  /// g = (x − m)/C, `[pairs, rows]`.
  private let residuals: Tensor<Double>
  /// The posterior weights, `[pairs, rows]`.
  private let responsibilities: Tensor<Double>
  /// The largest log pN(x; m, C) of each row.
  private let largest: Tensor<Double>
  /// Σ pN(x; m, C) over its largest term.
  private let total: Tensor<Double>

  /// The posterior at points `[rows, 1]`.
  init(_ pairs: [LinePairAtTime], at points: Tensor<Double>) {
    let rows = points.shape[0]
    self.pairs = pairs
    self.rows = rows
    residuals = Tensor(uninitialized: [pairs.count, rows])
    largest = Tensor(repeating: -.infinity, shape: [rows])
    total = Tensor(zeros: [rows])
    let terms = Tensor<Double>(uninitialized: [pairs.count, rows])
    Self.write(pairs, points, residuals.buffer, terms.buffer, largest: largest.buffer)
    responsibilities = terms.applying(.exp)
    Self.normalise(responsibilities.buffer, total: total.buffer)
    if largest.firstNonFinite != nil { giveFarPointsToTheNearest(points) }
  }

  /// Writes g and log pN(x; m, C) less its largest over the pairs.
  private static func write(
    _ pairs: [LinePairAtTime],
    _ points: Tensor<Double>,
    _ residuals: Buffer<Double>,
    _ terms: Buffer<Double>,
    largest: Buffer<Double>
  ) {
    let rows = points.shape[0]
    for (index, pair) in pairs.enumerated() {
      let (mean, precision, offset) = (pair.mean, pair.precision, pair.offset)
      let own = index * rows..<(index + 1) * rows
      points.withSpan { x in
        residuals.slice(own).withMutableSpan { residuals in
          terms.slice(own).withMutableSpan { terms in
            largest.withMutableSpan { largest in
              for row in 0..<rows {
                let difference = x[row] - mean
                let residual = difference * precision
                let term = offset - 0.5 * difference * residual
                residuals[row] = residual
                terms[row] = term
                largest[row] = term > largest[row] || term.isNaN ? term : largest[row]
              }
            }
          }
        }
      }
    }
    largest.withSpan { largest in
      terms.withMutableSpan { terms in
        for index in 0..<pairs.count {
          for row in 0..<rows { terms[index * rows + row] -= largest[row] }
        }
      }
    }
  }

  private static func normalise(_ weights: Buffer<Double>, total: Buffer<Double>) {
    weights.withMutableSpan { weights in
      total.withMutableSpan { total in
        let rows = total.count
        for index in 0..<weights.count / rows {
          for row in 0..<rows { total[row] += weights[index * rows + row] }
        }
        for index in 0..<weights.count / rows {
          for row in 0..<rows { weights[index * rows + row] /= total[row] }
        }
      }
    }
  }

  /// Gives all the weight to the nearest pair in rows where every |x − m|² overflows, so that log ρ is −∞.
  private func giveFarPointsToTheNearest(_ points: Tensor<Double>) {
    for row in 0..<rows where largest[row] == -.infinity {
      total.buffer.withMutableSpan { $0[row] = 1 }
      guard let nearest = nearest(to: points[row, 0]) else { continue }
      responsibilities.buffer.withMutableSpan { weights in
        for index in pairs.indices { weights[index * rows + row] = index == nearest ? 1 : 0 }
      }
    }
  }

  /// The pair of the least |x − m|/√C, of equal ones that of the largest p/√C; nil where one is infinite.
  private func nearest(to point: Double) -> Int? {
    let distances = pairs.map { (point - $0.mean).magnitude * $0.precision.squareRoot() }
    guard distances.allSatisfy(\.isFinite) else { return nil }
    return distances.indices.min {
      (distances[$0], -pairs[$0].offset) < (distances[$1], -pairs[$1].offset)
    }
  }

  var logDensity: Tensor<Double> {
    largest + total.applying(.log)
  }

  func means(
    of field: VectorField,
    withDivergence: Bool
  ) -> (field: Tensor<Double>, divergence: Tensor<Double>?) {
    let mean = Tensor<Double>(zeros: [rows, 1])
    for (index, pair) in pairs.enumerated() {
      let (offset, gain) = pair.regression(field)
      add(index, to: mean) { _, g in offset + gain * g }
    }
    if !withDivergence { return (mean, nil) }
    // Σ r (f′ + f · (log r)′) with f′ = gain/C and (log r)′ = −(g + s), which is 0 where one pair has all
    // the weight, however far it is.
    let divergence = Tensor<Double>(zeros: [rows])
    let score = field == .score ? mean : means(of: .score, withDivergence: false).field
    score.withSpan { score in
      for (index, pair) in pairs.enumerated() {
        let (offset, gain) = pair.regression(field)
        let slope = gain * pair.precision
        add(index, to: divergence) { row, g in slope - (offset + gain * g) * (g + score[row]) }
      }
    }
    return (mean, divergence)
  }

  /// Adds a pair's weight times a number of each row, given the row and its g.
  private func add(
    _ index: Int,
    to sum: Tensor<Double>,
    _ value: (Int, Double) -> Double
  ) {
    let own = index * rows..<(index + 1) * rows
    responsibilities.buffer.slice(own).withSpan { weights in
      residuals.buffer.slice(own).withSpan { residuals in
        sum.buffer.withMutableSpan { sum in
          for row in 0..<sum.count {
            let weight = weights[row]
            // A pair of weight 0 counts nothing, whatever its value.
            sum[row] += weight == 0 ? 0 : weight * value(row, residuals[row])
          }
        }
      }
    }
  }
}
