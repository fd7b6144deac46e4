/// The rule by which two shapes combine elementwise.
///
/// Shapes are aligned at their last axis; a missing axis counts as 1, and an axis of length 1 is
/// repeated along the other shape's axis, as in NumPy, PyTorch and JAX.
package enum Broadcasting {
  /// The common shape, or nil where the two do not combine.
  package static func combine(_ first: [Int], _ second: [Int]) -> [Int]? {
    if first == second { return first }
    let rank = max(first.count, second.count)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let left = extent(of: first, axis: axis, rank: rank)
      let right = extent(of: second, axis: axis, rank: rank)
      guard left == right || left == 1 || right == 1 else { return nil }
      result[axis] = left == 1 ? right : left
    }
    return result
  }

  /// The common shape; stops with both shapes named where there is none.
  package static func require(_ first: [Int], _ second: [Int], for name: String) -> [Int] {
    guard let shape = combine(first, second) else {
      fatalError(
        "\(name): the shapes \(first) and \(second) do not combine; each axis, counted from the "
          + "last, must have equal lengths or length 1"
      )
    }
    return shape
  }

  static func extent(of shape: [Int], axis: Int, rank: Int) -> Int {
    let own = axis - (rank - shape.count)
    return own < 0 ? 1 : shape[own]
  }
}

/// Two operands seen as a matrix operation: element (r, c) of an operand stands at
/// r·row + c·column of its storage.
///
/// Most broadcasts (a scalar, a row, a column against a matrix) are of this form once neighbouring
/// axes that behave alike are merged; the others repeat an operand explicitly first.
package struct MatrixBroadcast: Sendable, Equatable {
  package var rows: Int
  package var columns: Int
  package var firstRow: Int
  package var firstColumn: Int
  package var secondRow: Int
  package var secondColumn: Int

  /// Nil where the two shapes need more than two merged axes.
  package init?(_ first: [Int], _ second: [Int], result: [Int]) {
    struct Axis {
      var length: Int
      var first: Bool
      var second: Bool
    }
    var merged: [Axis] = []
    for axis in 0..<result.count where result[axis] != 1 {
      let entry = Axis(
        length: result[axis],
        first: Broadcasting.extent(of: first, axis: axis, rank: result.count) != 1,
        second: Broadcasting.extent(of: second, axis: axis, rank: result.count) != 1
      )
      if let last = merged.last, last.first == entry.first, last.second == entry.second {
        merged[merged.count - 1].length *= entry.length
      } else {
        merged.append(entry)
      }
    }
    guard merged.count <= 2 else { return nil }
    let inner = merged.last ?? Axis(length: 1, first: true, second: true)
    let outer = merged.count == 2 ? merged[0] : Axis(length: 1, first: false, second: false)
    rows = outer.length
    columns = inner.length
    firstColumn = inner.first ? 1 : 0
    secondColumn = inner.second ? 1 : 0
    firstRow = outer.first ? (inner.first ? inner.length : 1) : 0
    secondRow = outer.second ? (inner.second ? inner.length : 1) : 0
  }
}

extension [Int] {
  /// The number of elements of a shape.
  package var elementCount: Int {
    var count = 1
    for length in self {
      let (product, isTooLarge) = count.multipliedReportingOverflow(by: length)
      // Bytes are counted too, of at most eight an element.
      require(
        !isTooLarge && product <= Int.max / 8,
        "a tensor of shape \(self) has more elements than memory has addresses"
      )
      count = product
    }
    return count
  }

  /// A shape as outer × axis × inner, for an operation along one axis.
  package func around(axis: Int) -> (outer: Int, length: Int, inner: Int) {
    (self[..<axis].reduce(1, *), self[axis], self[(axis + 1)...].reduce(1, *))
  }
}
