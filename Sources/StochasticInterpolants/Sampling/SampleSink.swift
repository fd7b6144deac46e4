internal import Integrators
internal import Tensors

/// Where blocks of samples are put together; each block writes rows of its own.
final class SampleSink: Sendable {
  private let count: Int
  private let dimension: Int
  private let memory: [Buffer<Double>]
  private let notes = Lock(Notes())

  private struct Notes {
    var failures: [(firstRow: Int, error: SamplingError)] = []
    var evaluations = 0
    var reports: [(firstRow: Int, reports: [RowReport])] = []
  }

  init(count: Int, dimension: Int, saved: Int) {
    self.count = count
    self.dimension = dimension
    memory = (0...saved).map { _ in Buffer(zeros: count * dimension) }
  }

  /// Keeps the points of a block.
  func store(_ state: Tensor<Double>, _ kept: [Tensor<Double>], block: Int, evaluations: Int) {
    store(
      state,
      kept,
      rows: RowBlocks.block(block, of: count).range,
      evaluations: evaluations,
      reports: []
    )
  }

  /// Keeps the points of some rows; tensors may have further rows, which are padding.
  func store(
    _ state: Tensor<Double>,
    _ kept: [Tensor<Double>],
    rows: Range<Int>,
    evaluations: Int,
    reports: [RowReport]
  ) {
    let whole = rows.lowerBound * dimension..<rows.upperBound * dimension
    for (index, tensor) in ([state] + kept).enumerated() {
      memory[index].slice(whole).copy(from: tensor.buffer.slice(0..<rows.count * dimension))
    }
    notes.withLock {
      $0.evaluations = max($0.evaluations, evaluations)
      if !reports.isEmpty { $0.reports.append((rows.lowerBound, reports)) }
    }
  }

  func fail(_ failure: IntegrationFailure, block: Int) {
    fail(.integration(failure), firstRow: RowBlocks.block(block, of: count).range.lowerBound)
  }

  func fail(_ error: SamplingError, firstRow: Int) {
    notes.withLock { $0.failures.append((firstRow, error)) }
  }

  /// The failure of the earliest block, the same for any number of workers.
  var firstFailure: SamplingError? {
    notes.withLock { $0.failures.min { $0.firstRow < $1.firstRow }?.error }
  }

  var evaluations: Int { notes.withLock { $0.evaluations } }

  /// The steps of each sample, where there was step control.
  var reports: [RowReport] {
    notes.withLock { $0.reports.sorted { $0.firstRow < $1.firstRow }.flatMap(\.reports) }
  }

  private func tensor(_ buffer: Buffer<Double>) -> Tensor<Double> {
    Tensor(shape: [count, dimension], storage: buffer.storage)
  }

  var points: Tensor<Double> { tensor(memory[0]) }

  var saved: [Tensor<Double>] { memory.dropFirst().map { tensor($0) } }
}
