import Foundation
import Tensors
import Testing

/// A copy is a value: writing one leaves the other, through every way to write.
@Suite struct ValueSemanticsTests {
  struct Mutation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let apply: @Sendable (inout Tensor<Double>) -> Void
  }

  static let mutations = [
    Mutation(testDescription: "subscript") { $0[1, 2] = 99 },
    Mutation(testDescription: "elements") { $0.elements = [9, 8, 7, 6, 5, 4] },
    Mutation(testDescription: "span") { $0.withMutableSpan { span in span[0] = 99 } },
    Mutation(testDescription: "+=") { $0 += Tensor(repeating: 1, shape: [2, 3]) },
    Mutation(testDescription: "+= with broadcasting") { $0 += Tensor([1.0, 2, 3]) },
    Mutation(testDescription: "add") {
      $0.add(Tensor(repeating: 1, shape: [2, 3]), scaledBy: 0.5)
    },
    Mutation(testDescription: "scale") { $0.scale(by: 3) },
    Mutation(testDescription: "copy") { $0.copy(from: Tensor(zeros: [2, 3])) },
    Mutation(testDescription: "copyRows") {
      $0.copyRows(from: Tensor(zeros: [1, 3]), count: 1, at: 1)
    },
  ]

  @Test(arguments: mutations) func originalStays(_ mutation: Mutation) {
    let original = Tensor(rows: [[1.0, 2, 3], [4, 5, 6]])
    var copy = original
    mutation.apply(&copy)
    #expect(original.elements == [1, 2, 3, 4, 5, 6])
    #expect(copy != original)
    // A reshaped value shares storage as well.
    var reshaped = original.reshaped([6]).reshaped([2, 3])
    mutation.apply(&reshaped)
    #expect(original.elements == [1, 2, 3, 4, 5, 6])
    #expect(reshaped == copy)
    // And the original may be the one that is written.
    var owner = original
    let kept = owner
    mutation.apply(&owner)
    #expect(kept == original)
    #expect(owner == copy)
  }

  @Test func withItself() {
    var x = Tensor([1.0, 2, 3])
    let kept = x
    x += x
    #expect(x.elements == [2, 4, 6])
    x.add(x, scaledBy: -0.5)
    #expect(x.elements == [1, 2, 3])
    x.copy(from: x)
    #expect(x.elements == [1, 2, 3])
    #expect(kept == x)
  }

  /// A sole owner writes in place: the elements do not move.
  @Test func soleOwnerWritesInPlace() {
    func address(_ x: borrowing Tensor<Double>) -> UInt {
      x.withSpan { span in span.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } }
    }
    var x = Tensor<Double>(zeros: [1_000])
    let before = address(x)
    x[3] = 1
    x.scale(by: 2)
    x += Tensor(repeating: 1, shape: [1_000])
    #expect(address(x) == before)
    #expect(before % 64 == 0)
    let shared = x
    x[0] = 5
    #expect(address(x) != before)
    #expect(address(shared) == before)
  }

  private func roundTrip<Scalar: TensorScalar>(_ x: Tensor<Scalar>) throws {
    let data = try JSONEncoder().encode(x)
    #expect(try JSONDecoder().decode(Tensor<Scalar>.self, from: data) == x)
  }

  @Test func coding() throws {
    try roundTrip(Tensor([1.0 / 3, 1e-300, -.pi, .leastNonzeroMagnitude], shape: [2, 2]))
    try roundTrip(Tensor([Float(1.0 / 3), .leastNonzeroMagnitude, -3e38]))
    try roundTrip(Tensor<Double>(zeros: [0, 4]))
    try roundTrip(Tensor(2.5))
  }

  @Test(
    arguments: [
      #"{"shape":[3],"elements":[1,2]}"#, #"{"shape":[-1,-2],"elements":[1,2]}"#,
      #"{"shape":[4294967296,4294967296],"elements":[]}"#, #"{"elements":[1]}"#,
    ])
  func corruptedCoding(_ text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Tensor<Double>.self, from: Data(text.utf8))
    }
  }

  @Test func equality() {
    #expect(Tensor([1.0, 2]) != Tensor([1.0, 2], shape: [2, 1]))
    #expect(Tensor([Double.nan]) != Tensor([Double.nan]))
    #expect(Tensor([0.0]) == Tensor([-0.0]))
  }
}
