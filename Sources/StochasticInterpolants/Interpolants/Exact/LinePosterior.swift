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

  /// The posterior at points `[rows, 1]`; nil where some log ρ is −∞, as |x|² overflows, or x is NaN.
  init?(_ pairs: [LinePairAtTime], at points: Tensor<Double>) {
    let rows = points.shape[0]
    self.pairs = pairs
    self.rows = rows
    residuals = Tensor(uninitialized: [pairs.count, rows])
    largest = Tensor(repeating: -.infinity, shape: [rows])
    total = Tensor(zeros: [rows])
    let terms = Tensor<Double>(uninitialized: [pairs.count, rows])
    Self.write(pairs, points, residuals.buffer, terms.buffer, largest: largest.buffer)
    guard largest.firstNonFinite == nil else { return nil }
    responsibilities = terms.applying(.exp)
    Self.normalise(responsibilities.buffer, total: total.buffer)
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

  var logDensity: Tensor<Double> {
    largest + total.applying(.log)
  }

  func means(
    of field: VectorField,
    withDivergence: Bool
  ) -> (field: Tensor<Double>, divergence: Tensor<Double>?) {
    let mean = Tensor<Double>(zeros: [rows, 1])
    let divergence = withDivergence ? Tensor<Double>(zeros: [rows]) : nil
    for (index, pair) in pairs.enumerated() {
      let (offset, gain) = pair.regression(field)
      add(index, (offset, gain, 0), to: mean)
      if let divergence {
        add(index, (gain * pair.precision, -offset, -gain), to: divergence)
      }
    }
    guard let divergence else { return (mean, nil) }
    // Σ r (f′ + f · (log r)′) with f′ = gain/C and (log r)′ = −g − s.
    let score = means(of: .score, withDivergence: false).field
    return (mean, divergence - (mean * score).reshaped([rows]))
  }

  /// Adds a pair's weight times c₀ + c₁g + c₂g².
  private func add(
    _ index: Int,
    _ coefficients: (Double, Double, Double),
    to sum: Tensor<Double>
  ) {
    let own = index * rows..<(index + 1) * rows
    responsibilities.buffer.slice(own).withSpan { weights in
      residuals.buffer.slice(own).withSpan { residuals in
        sum.buffer.withMutableSpan { sum in
          for row in 0..<sum.count {
            let (weight, g) = (weights[row], residuals[row])
            let value = coefficients.0 + g * (coefficients.1 + g * coefficients.2)
            // A pair of weight 0 counts nothing, whatever its value.
            sum[row] += weight == 0 ? 0 : weight * value
          }
        }
      }
    }
  }
}
