internal import Tensors

/// Points kept column by column, for squared distances to many of them at a time.
struct ColumnPoints: Sendable {
  /// The number of points.
  let count: Int
  private let columns: Tensor<Double>

  /// The rows of `[count, dimension]`.
  init(_ points: Tensor<Double>) {
    count = points.shape[0]
    columns = points.transposed
  }

  /// |x − yⱼ|² of a row x of some points and a range of these; an element depends on its pair alone.
  ///
  /// - Parameters:
  ///   - row: the row.
  ///   - points: of the same dimension.
  ///   - range: the js.
  ///   - target: as many numbers as there are js.
  func squaredDistances(
    fromRow row: Int,
    of points: Tensor<Double>,
    to range: Range<Int>,
    into target: Buffer<Double>
  ) {
    let dimension = columns.shape[0]
    points.withSpan { x in
      target.withMutableSpan { target in
        for column in 0..<dimension {
          let value = x[row * dimension + column]
          let start = column * count
          let slice = columns.buffer.slice(start + range.lowerBound..<start + range.upperBound)
          slice.withSpan { y in
            if column == 0 {
              for index in 0..<target.count {
                target[index] = (value - y[index]) * (value - y[index])
              }
            } else {
              for index in 0..<target.count {
                target[index] += (value - y[index]) * (value - y[index])
              }
            }
          }
        }
      }
    }
  }
}
