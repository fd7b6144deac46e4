import Gradients
import Tensors
import TestSupport
import Testing

/// Programs by hand: outputs that are inputs, shared memory, bindings, misuse.
@Suite struct ProgramTests {
  @Test func outputsThatAreInputs() {
    let tape = Tape<Double>()
    let (x, c) = (tape.input([2, 3]), tape.constant(Tensor([7.0, 8])))
    let f = tape.fill(4, shape: [2])
    let program = Program([
      x, x, x.reshaped([6]), x.detached, c, f, x.reshaped([3, 2]).reshaped([6]),
    ])
    let value = Tensor(rows: [[1.0, 2, 3], [4, 5, 6]])
    let results = program([value])
    #expect(results[0] == value && results[1] == value && results[3] == value)
    #expect(results[2] == value.reshaped([6]) && results[6] == value.reshaped([6]))
    #expect(results[4].elements == [7, 8])
    #expect(results[5].elements == [4, 4])
    // Results are values of their own.
    var changed = results[0]
    changed[0, 0] = 99
    #expect(results[1] == value && value[0, 0] == 1)
  }

  /// A value that dies is overwritten only by what reads it elementwise: a chain in one buffer.
  @Test func chainWorksInPlace() {
    let tape = Tape<Double>()
    let x = tape.input([1_000])
    var y = x
    for _ in 0..<20 { y = y.sin + 0.25 }
    let program = Program([y])
    let value: Tensor<Double> = testTensor([1_000], seed: 1)
    var wanted = value
    for _ in 0..<20 { wanted = wanted.applying(.sin) + 0.25 }
    #expect(program([value])[0] == wanted)
    // One buffer of the size of x, and nothing that grows with the length of the chain.
    let header = program.description.split(separator: "\n").first ?? ""
    let count = header.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? .max
    #expect(count <= 1_024, "\(header)")
  }

  /// Equal records are stored once, and what no output needs is not computed.
  @Test func equalRecordsAndUnneededOnes() {
    let tape = Tape<Double>()
    let x = tape.input([3])
    let y = x.sin + x.sin
    let count = tape.records.count
    _ = x.sin + x.sin
    #expect(tape.records.count == count)
    _ = x.exp.log
    #expect(!Program([y]).description.contains("exp"))
  }

  /// Unused inputs are bound all the same; zero-size values pass through.
  @Test func emptyAndUnused() {
    let tape = Tape<Double>()
    let (x, _, z) = (tape.input([0, 3]), tape.input([5]), tape.input([3, 2]))
    let program = Program([
      Variable.product(x, z), x.sum(along: 0), x.exp,
      Variable.product(x, x, transposingFirst: true),
    ])
    #expect(program.inputShapes == [[0, 3], [5], [3, 2]])
    #expect(program.outputShapes == [[0, 2], [3], [0, 3], [3, 3]])
    let results = program([Tensor(zeros: [0, 3]), Tensor(zeros: [5]), Tensor(zeros: [3, 2])])
    #expect(results[1].elements == [0, 0, 0])
    #expect(results[3] == Tensor(zeros: [3, 3]))
  }

  /// One program, two threads, a workspace each.
  @Test func runsOnSeveralThreads() {
    let network = MLP(dimension: 2, hidden: [32, 32], activation: .silu)
    let tape = Tape<Double>()
    let parameters = network.initialParameters(seed: 1)
    let variables = parameters.map { tape.input($0.shape) }
    let (t, x) = (tape.input([16, 1]), tape.input([16, 2]))
    let program = Program([network(variables, time: t, points: x)])
    let blocks = (0..<32).map { block in
      parameters + [
        testTensor([16, 1], seed: UInt64(block), in: 0...1),
        testTensor([16, 2], seed: UInt64(block + 100)),
      ]
    }
    let results = blocks.map { _ in Tensor<Double>(zeros: [16, 2]) }
    let workers = Workers(count: 2)
    let workspaces = PerWorker(count: 2) { Workspaces(program) }
    workers.forEach(32) { task, worker in
      workspaces.withValue(of: worker) {
        program.run(
          blocks[task].map(\.buffer),
          outputs: [results[task].buffer],
          workspace: $0.workspace
        )
      }
    }
    for (block, result) in zip(blocks, results) {
      #expect(areIdentical(program(block)[0], result))
    }
  }

  private struct Workspaces {
    let workspace: Program<Double>.Workspace
    init(_ program: Program<Double>) { workspace = Program<Double>.Workspace(program) }
  }

  private func expect(_ result: ExitTest.Result?, says texts: String...) {
    let output = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    for text in texts { #expect(output.contains(text), "\(output)") }
  }

  @Test func misuseOfPrograms() async {
    let shapes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape<Double>()
      _ = Program([tape.input([2, 3]).exp])([Tensor(zeros: [3, 2])])
    }
    expect(shapes, says: "[[2, 3]]", "[[3, 2]]")
    let workspace = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      let tape = Tape<Double>()
      let x = tape.input([2])
      let other = Program<Double>.Workspace(Program([x.exp]))
      _ = Program([x.sin])([Tensor([1, 2])], workspace: other)
    }
    expect(workspace, says: "one of another program")
    let gather = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape<Double>()
      let (x, rows) = (tape.input([2, 3]), tape.input([1]))
      _ = Program([x.gatheringRows(rows)])([Tensor(zeros: [2, 3]), Tensor([1.5])])
    }
    expect(gather, says: "row 1.5", "[2, 3]")
    let tapes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tape<Double>().input([2]) + Tape<Double>().input([2])
    }
    expect(tapes, says: "two tapes")
    let gradients = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      let x = Tape<Double>().input([2])
      _ = x.sum().gradient(of: [Tape<Double>().input([2])])
    }
    expect(gradients, says: "tape")
  }

  @Test func misuseOfShapes() async {
    let scalar = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tape<Double>().input([2, 3])
      _ = x.exp.gradient(of: [x])
    }
    expect(scalar, says: "needs a scalar", "[2, 3]")
    let cotangent = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      let tape = Tape<Double>()
      let x = tape.input([2, 3])
      _ = Variable.vectorJacobianProduct(of: [(x.exp, tape.input([3]))], withRespectTo: [x])
    }
    expect(cotangent, says: "[2, 3]", "[3]")
    let bias = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape<Double>()
      _ = tape.input([5, 2]).linear(weight: tape.input([3, 2]), bias: tape.input([4]))
    }
    expect(bias, says: "[3, 2]", "[3]", "[4]")
    let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape<Double>()
      _ = tape.input([5, 2]) + tape.input([3, 2])
    }
    expect(sum, says: "[5, 2]", "[3, 2]")
    let divergence = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      let tape = Tape<Double>()
      _ = tape.input([5, 2]).divergence(withRespectTo: tape.input([5, 3]))
    }
    expect(divergence, says: "[5, 2]", "[5, 3]")
  }
}
