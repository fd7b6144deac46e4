import Tensors
import Testing

/// Misuse stops the program in release builds with a message that names what did not fit.
@Suite struct MisuseTests {
  private func expect(_ result: ExitTest.Result?, says texts: String...) {
    let output = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    for text in texts { #expect(output.contains(text), "\(output)") }
  }

  @Test func elementwise() async {
    let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>(zeros: [2, 3]) + Tensor(zeros: [4, 3])
    }
    expect(sum, says: "add", "[2, 3]", "[4, 3]")
    let select = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>.select(Tensor(zeros: [5]), Tensor(zeros: [2]), Tensor(zeros: [2]))
    }
    expect(select, says: "select", "[5]", "[2]")
    let add = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var x = Tensor<Double>(zeros: [2, 3])
      x.add(Tensor(zeros: [3, 2]), scaledBy: 1)
    }
    expect(add, says: "[2, 3]", "[3, 2]")
    let copy = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var x = Tensor<Double>(zeros: [2, 3])
      x.copy(from: Tensor(zeros: [6]))
    }
    expect(copy, says: "[2, 3]", "[6]")
    let wide = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>(zeros: [2, 3]).broadcast(to: [2, 4])
    }
    expect(wide, says: "[2, 3]", "[2, 4]")
  }

  @Test func matrices() async {
    let product = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>.product(
        Tensor(zeros: [2, 3]),
        Tensor(zeros: [4, 5]),
        transposingSecond: true
      )
    }
    expect(product, says: "[2, 3]", "[4, 5]ᵀ", "3 ≠ 5")
    let vector = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>.product(Tensor(zeros: [2]), Tensor(zeros: [2, 2]))
    }
    expect(vector, says: "two matrices", "[2] and [2, 2]")
    let solve = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Tensor<Double>(identity: 3).solvingLowerTriangular(Tensor(zeros: [2, 7]))
    }
    expect(solve, says: "[3, 3]", "[2, 7]")
    let square = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Tensor<Double>(zeros: [3, 2]).cholesky()
    }
    expect(square, says: "cholesky", "[3, 2]")
  }

  @Test func shapes() async {
    let fill = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([1.0, 2, 3], shape: [2, 2])
    }
    expect(fill, says: "3 elements", "[2, 2]")
    let reshape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>(zeros: [2, 3]).reshaped([4, 2])
    }
    expect(reshape, says: "[2, 3]", "[4, 2]")
    let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>(zeros: [2, 3]).reshaped([-2, -3])
    }
    expect(negative, says: "[2, 3]", "[-2, -3]")
    let join = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>.concatenating([Tensor(zeros: [2, 3]), Tensor(zeros: [2, 4])])
    }
    expect(join, says: "[2, 3]", "[2, 4]", "axis 0")
    let ragged = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(rows: [[1.0, 2], [3]])
    }
    expect(ragged, says: "[2, 1]")
  }

  @Test func positions() async {
    let slice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>(zeros: [2, 3]).slice(1..<4, along: 1)
    }
    expect(slice, says: "1..<4", "axis 1", "[2, 3]")
    let gather = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>(zeros: [2, 3]).gatheringRows([0, 2])
    }
    expect(gather, says: "row 2", "[2, 3]")
    let index = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>(zeros: [2, 3])[2, 0]
    }
    expect(index, says: "[2, 0]", "[2, 3]")
    let axis = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>(zeros: [2, 3]).sum(along: 2)
    }
    expect(axis, says: "sum", "axis 2", "[2, 3]")
    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>(zeros: [2, 0]).max(along: 1)
    }
    expect(empty, says: "max", "[2, 0]")
    let rows = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var x = Tensor<Double>(zeros: [2, 3])
      x.copyRows(from: Tensor(zeros: [2, 3]), count: 2, at: -1)
    }
    expect(rows, says: "row -1", "[2, 3]")
  }

  @Test func randomAndWorkers() async {
    let part = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RandomBlock(seed: 1, samples: 0..<1).part(16)
    }
    expect(part, says: "part 16")
    let bound = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RandomBlock(seed: 1, samples: 0..<1).integers(below: 0)
    }
    expect(bound, says: "bound 0")
    let sample = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RandomBlock(seed: 1, samples: 0..<(1 << 48) + 1)
    }
    expect(sample, says: "2^48")
    let workers = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Workers(count: 0)
    }
    expect(workers, says: "at least one, got 0")
  }
}
