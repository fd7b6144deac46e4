internal import Integrators
internal import Synchronization
internal import Tensors

/// Where blocks of samples are put together; each block writes rows of its own.
final class SampleSink: Sendable {
  private let count: Int
  private let dimension: Int
  private let memory: [Buffer<Double>]
  private let notes = Mutex(Notes())

  private struct Notes {
    var failures: [(block: Int, failure: IntegrationFailure)] = []
    var evaluations = 0
  }

  init(count: Int, dimension: Int, saved: Int) {
    self.count = count
    self.dimension = dimension
    memory = (0...saved).map { _ in Buffer(zeros: count * dimension) }
  }

  func store(_ state: Tensor<Double>, _ kept: [Tensor<Double>], block: Int, evaluations: Int) {
    let rows = RowBlocks.block(block, of: count).range
    let whole = rows.lowerBound * dimension..<rows.upperBound * dimension
    for (index, tensor) in ([state] + kept).enumerated() {
      memory[index].slice(whole).copy(from: tensor.buffer.slice(0..<rows.count * dimension))
    }
    notes.withLock { $0.evaluations = max($0.evaluations, evaluations) }
  }

  func fail(_ failure: IntegrationFailure, block: Int) {
    notes.withLock { $0.failures.append((block, failure)) }
  }

  /// The failure of the earliest block, the same for any number of workers.
  var firstFailure: IntegrationFailure? {
    notes.withLock { $0.failures.min { $0.block < $1.block }?.failure }
  }

  var evaluations: Int { notes.withLock { $0.evaluations } }

  private func tensor(_ buffer: Buffer<Double>) -> Tensor<Double> {
    Tensor(shape: [count, dimension], storage: buffer.storage)
  }

  var points: Tensor<Double> { tensor(memory[0]) }

  var saved: [Tensor<Double>] { memory.dropFirst().map { tensor($0) } }
}
