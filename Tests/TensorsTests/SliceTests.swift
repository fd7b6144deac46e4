import Tensors
import TestSupport
import Testing

/// Slices, gathers, concatenations, transposes and reshapes: which element goes where.
@Suite struct SliceTests {
  static let shapes: [[Int]] = [[6], [4, 5], [5, 1], [2, 3, 4], [2, 1, 3, 2]]

  /// Elements that name their own position.
  private func numbered(_ shape: [Int], from start: Int = 0) -> Tensor<Double> {
    Tensor((0..<shape.reduce(1, *)).map { Double($0 + start) }, shape: shape)
  }

  @Test(arguments: shapes) func slices(_ shape: [Int]) {
    let x = numbered(shape)
    for axis in shape.indices {
      for lower in 0...shape[axis] {
        for upper in lower...shape[axis] {
          var target = shape
          target[axis] = upper - lower
          let wanted = indices(of: target).map { index -> Double in
            var own = index
            own[axis] += lower
            return Double(position(own, in: shape))
          }
          #expect(x.slice(lower..<upper, along: axis) == Tensor(wanted, shape: target))
        }
      }
    }
    #expect(x.slice(0..<1) == x.slice(0..<1, along: 0))
  }

  @Test(arguments: shapes) func concatenations(_ shape: [Int]) {
    for axis in shape.indices {
      let parts = [2, 0, 1, 3].enumerated().map { index, length in
        var own = shape
        own[axis] = length
        return numbered(own, from: 1_000 * index)
      }
      let whole = Tensor.concatenating(parts, along: axis)
      #expect(whole.shape[axis] == 6)
      var lower = 0
      for part in parts {
        let length = part.shape[axis]
        #expect(whole.slice(lower..<lower + length, along: axis) == part)
        lower += length
      }
    }
    #expect(Tensor.concatenating([numbered(shape)]) == numbered(shape))
  }

  @Test(arguments: shapes) func gathers(_ shape: [Int]) {
    let x = numbered(shape)
    let rows = [shape[0] - 1, 0, 0, 1 % shape[0]]
    let wanted = Tensor.concatenating(rows.map { x.slice($0..<$0 + 1) })
    #expect(x.gatheringRows(rows) == wanted)
    #expect(x.gatheringRows([]).shape == [0] + shape.dropFirst())
  }

  @Test func copiesOfRows() {
    var x = numbered([5, 2])
    x.copyRows(from: numbered([3, 2], from: 100), count: 2, at: 2)
    #expect(x == Tensor(rows: [[0, 1], [2, 3], [100, 101], [102, 103], [8, 9]]))
    x.copyRows(from: numbered([3, 2]), count: 0, at: 5)
    #expect(x[4, 1] == 9)
  }

  @Test(arguments: [(1, 1), (1, 9), (9, 1), (3, 4), (33, 18), (64, 64), (0, 3)])
  func transposes(_ rows: Int, _ columns: Int) {
    let x = numbered([rows, columns])
    let y = x.transposed
    #expect(y.shape == [columns, rows])
    let wanted = indices(of: [columns, rows]).map { Double($0[1] * columns + $0[0]) }
    #expect(y.elements == wanted)
    #expect(y.transposed == x)
  }

  @Test func reshapes() {
    let x = numbered([2, 6])
    #expect(x.reshaped([3, 4]).elements == x.elements)
    #expect(x.reshaped([3, 4]).shape == [3, 4])
    #expect(x.reshaped([12]).reshaped([2, 6]) == x)
    #expect(numbered([1]).reshaped([]).shape == [])
    #expect(numbered([0, 3]).reshaped([7, 0]).shape == [7, 0])
  }

  @Test func constructors() {
    #expect(Tensor<Float>(zeros: [2, 2]).elements == [0, 0, 0, 0])
    #expect(Tensor(repeating: 2.5, shape: [3]).elements == [2.5, 2.5, 2.5])
    #expect(Tensor(rows: [[1.0, 2], [3, 4]]).transposed.elements == [1, 3, 2, 4])
    #expect(Tensor<Double>(identity: 3).elements == [1, 0, 0, 0, 1, 0, 0, 0, 1])
    #expect(Tensor(7.5).scalar == 7.5)
    #expect(Tensor(7.5).rank == 0)
    #expect(Tensor<Double>(rows: []).shape == [0, 0])
    let third = Tensor([1.0 / 3, 1e300, -0.5])
    #expect(Tensor<Float>(third).elements == [Float(1.0 / 3), .infinity, -0.5])
    #expect(Tensor<Double>(Tensor<Float>(third)).elements[0] == Double(Float(1.0 / 3)))
    #expect(Tensor<Double>(third) == third)
    #expect("\(Tensor([Float(1), 2]))" == "Tensor<Float>[2][1.0, 2.0]")
    #expect(numbered([9]).description.hasSuffix("7.0, …]"))
  }

  @Test func noElements() {
    let none = Tensor<Double>(zeros: [0, 3])
    #expect(none.count == 0)
    #expect(none.elements == [])
    #expect((none + none).shape == [0, 3])
    #expect((none * 2).shape == [0, 3])
    #expect(none.applying(.exp).shape == [0, 3])
    #expect(none.activated(.silu).shape == [0, 3])
    #expect(none.slice(0..<0) == none)
    #expect(none.slice(1..<2, along: 1).shape == [0, 1])
    #expect(Tensor.concatenating([none, numbered([2, 3])]) == numbered([2, 3]))
    #expect(Tensor.product(none, numbered([3, 2])).shape == [0, 2])
    #expect(none.transposed.shape == [3, 0])
    #expect(none == none)
    var copy = none
    copy += none
    copy.scale(by: 3)
    #expect(copy == none)
  }
}
