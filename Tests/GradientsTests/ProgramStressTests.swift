import Gradients
import Tensors
import TestSupport
import Testing

/// The planner under stress: 200 random programs of 30 operations against one tensor a node.
///
/// Outputs are drawn among all nodes: inputs, constants, the same node twice, reshaped inputs,
/// nodes that others read. The kernels are the same on both sides: equality is to the last bit.
@Suite struct ProgramStressTests {
  static let seeds: [UInt64] = Array(1...200)

  private func isSame(_ first: Tensor<Double>, _ second: Tensor<Double>) -> Bool {
    areIdentical(first, second)
  }

  @Test(arguments: seeds) func overwriting(_ seed: UInt64) {
    var graph = RandomGraph(seed: seed, operations: 30)
    var chosen = (0..<1 + graph.number(below: 5)).map { _ in graph.pick() }
    if seed.isMultiple(of: 3) { chosen.append(chosen[0]) }
    if seed.isMultiple(of: 4) { chosen.append(graph.number(below: graph.inputs.count)) }
    if seed.isMultiple(of: 5) { chosen.append(graph.values.count - 1) }
    let program = Program(chosen.map { graph.variables[$0] })
    let kept = graph.inputs.map { Tensor($0.elements, shape: $0.shape) }
    let workspace = Program<Double>.Workspace(program)
    // Leave other numbers in the workspace first.
    let others = graph.inputs.map { testTensor($0.shape, seed: seed + 999, as: Double.self) }
    _ = program(others, workspace: workspace)
    for _ in 0..<2 {
      let results = program(graph.inputs, workspace: workspace)
      for (result, node) in zip(results, chosen) {
        #expect(isSame(result, graph.values[node]), "\(program)")
      }
    }
    #expect(zip(graph.inputs, kept).allSatisfy(isSame))
  }

  /// Every node an output, and every node the only output.
  @Test(arguments: seeds.prefix(40)) func allNodesAndEachNode(_ seed: UInt64) {
    let graph = RandomGraph(seed: seed + 5_000, operations: 30)
    let all = Program(graph.variables)(graph.inputs)
    #expect(zip(all, graph.values).allSatisfy(isSame))
    for (variable, value) in zip(graph.variables, graph.values) {
      #expect(isSame(Program([variable])(graph.inputs)[0], value))
    }
  }

  /// Accumulating outputs add to what is there: sums of products, reshaped sums, inputs, nodes that
  /// are other outputs as well.
  @Test(arguments: seeds) func accumulating(_ seed: UInt64) {
    var graph = RandomGraph(seed: seed + 9_000, operations: 30)
    var outputs: [(Variable<Double>, Tensor<Double>)] = []
    var sizes: [Double] = []
    for _ in 0..<4 {
      let (a, b) = (graph.pick(), graph.pick())
      let (x, y) = (graph.variables[a], graph.variables[b])
      let (u, w) = (graph.values[a], graph.values[b])
      let flat = [u.count]
      if u.rank == 2 && w.rank == 2 && u.shape[1] == w.shape[0] && u.count == w.count {
        // A product, the term itself and the term again, under another shape.
        let product = Variable.product(x, y)
        let value = Tensor.product(u, w)
        if value.count == u.count {
          outputs.append(
            (
              (product.reshaped(flat) + x.reshaped(flat)) + product.reshaped(flat).sin,
              (value.reshaped(flat) + u.reshaped(flat)) + value.reshaped(flat).applying(.sin)
            )
          )
        } else {
          outputs.append((product, value))
        }
        sizes.append(magnitude(u.elements) * magnitude(w.elements) * 5 + magnitude(u.elements))
      } else {
        outputs.append((x, u))
        sizes.append(magnitude(u.elements))
      }
    }
    outputs.append(outputs[0])
    sizes.append(sizes[0])
    let adds = outputs.indices.map { _ in graph.number(below: 3) > 0 }
    let program = Program(outputs.map(\.0), accumulating: adds)
    let starts = outputs.enumerated().map { index, output in
      testTensor(output.1.shape, seed: seed + UInt64(index), as: Double.self)
    }
    let workspace = Program<Double>.Workspace(program)
    var bits: [[Tensor<Double>]] = []
    for _ in 0..<2 {
      // Own memory each: `run` writes through shared storage.
      let results = starts.map { Tensor($0.elements, shape: $0.shape) }
      program.run(graph.inputs.map(\.buffer), outputs: results.map(\.buffer), workspace: workspace)
      bits.append(results)
      for index in outputs.indices {
        let wanted = adds[index] ? starts[index] + outputs[index].1 : outputs[index].1
        // C + AB may be summed in another order than C + (AB): ten roundings of Σ|terms|.
        let tolerance = adds[index] ? 10 * 0x1p-53 * (1.5 + sizes[index]) : 0
        let problem = mismatch(results[index], wanted, tolerance: tolerance)
        #expect(problem == nil, "output \(index) of \(program)")
      }
    }
    #expect(zip(bits[0], bits[1]).allSatisfy(isSame))
  }

  /// Gradients as training takes them: accumulated over two blocks they are those of both.
  @Test func gradientsOverBlocks() {
    let network = MLP(dimension: 2, hidden: [16, 16], activation: .silu)
    let parameters = network.initialParameters(seed: 1)
    let tape = Tape<Double>()
    let variables = parameters.map { tape.input($0.shape) }
    let (t, x) = (tape.input([8, 1]), tape.input([8, 2]))
    let loss = network(variables, time: t, points: x).squared.sum()
    let outputs = [loss] + loss.gradient(of: variables)
    let adding = Program(outputs, accumulating: outputs.map { _ in true })
    let plain = Program(outputs)
    let blocks = (0..<2).map { block in
      parameters + [
        testTensor([8, 1], seed: UInt64(block), in: 0...1),
        testTensor([8, 2], seed: UInt64(block + 2)),
      ]
    }
    let sums = adding.outputShapes.map { Tensor<Double>(zeros: $0) }
    let workspace = Program<Double>.Workspace(adding)
    for block in blocks {
      adding.run(block.map(\.buffer), outputs: sums.map(\.buffer), workspace: workspace)
    }
    let parts = blocks.map { plain($0) }
    for index in sums.indices {
      let scale = max(1, magnitude(sums[index].elements))
      let wanted = parts[0][index] + parts[1][index]
      #expect(mismatch(sums[index], wanted, tolerance: 32 * 0x1p-53 * scale) == nil)
    }
  }
}
