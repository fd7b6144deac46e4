internal import CFloorBLAS
internal import Tensors

/// The matrix products of a workload and nothing else, in the precision in which it does them: OpenBLAS
/// on one thread of each worker.
///
/// A task is one block of rows with its own activations, which stay where they are from run to run, as
/// the weights do. What a program does beyond its floor is everything that is no product.
public final class Floor: Sendable {
  /// One call of gemm: C = op(A) op(B), or C += op(A) op(B).
  struct Product: Sendable {
    var rows: Int
    var columns: Int
    var inner: Int
    var transposesFirst = false
    var transposesSecond = false
    var adds = false
    /// The number of the matrix among the block's activations, the weights or the gradients.
    var first: Matrix
    var second: Matrix
    var result: Matrix
  }

  /// A matrix of a worker (activations, gradients) or of all (weights).
  enum Matrix: Sendable, Hashable {
    case own(Int)
    case shared(Int)
  }

  /// The rows of a block.
  public let rows: Int
  /// The number of multiplications and additions of a run.
  public let flops: Double

  private let products: [Product]
  private let tasks: Int
  private let repeats: Int
  private let workers: Workers
  private let memory: Memory

  /// - Parameters:
  ///   - products: the calls of a task, in order.
  ///   - rows: the rows of a block.
  ///   - tasks: the number of tasks of a run.
  ///   - repeats: how often a task goes through its calls.
  ///   - isDouble: whether the numbers are doubles.
  ///   - workers: the threads.
  init(
    products: [Product],
    rows: Int,
    tasks: Int,
    repeats: Int = 1,
    isDouble: Bool = false,
    workers: Workers
  ) {
    self.products = products
    self.rows = rows
    self.tasks = tasks
    self.repeats = repeats
    self.workers = workers
    flops =
      products.reduce(0) { $0 + 2 * Double($1.rows) * Double($1.columns) * Double($1.inner) }
      * Double(tasks * repeats)
    memory = Memory(products, isDouble: isDouble, workers: workers.count)
    openblas_set_num_threads(1)
  }

  /// Runs all products once.
  public func run() {
    let (products, repeats, memory) = (self.products, self.repeats, self.memory)
    workers.forEach(tasks) { _, worker in
      for _ in 0..<repeats { for product in products { memory.multiply(product, worker: worker) } }
    }
  }

  /// The matrices, made once.
  private final class Memory: @unchecked Sendable {
    private var shared: [Int: UnsafeMutableRawPointer] = [:]
    private var own: [[Int: UnsafeMutableRawPointer]] = []
    private let isDouble: Bool

    init(_ products: [Product], isDouble: Bool, workers: Int) {
      self.isDouble = isDouble
      var counts: [Matrix: Int] = [:]
      for p in products {
        for (matrix, count) in [
          (p.first, p.rows * p.inner), (p.second, p.inner * p.columns),
          (p.result, p.rows * p.columns),
        ] { counts[matrix] = max(counts[matrix] ?? 0, count) }
      }
      func make(_ count: Int) -> UnsafeMutableRawPointer {
        let size = isDouble ? 8 : 4
        let memory = UnsafeMutableRawPointer.allocate(
          byteCount: max(64, size * count),
          alignment: 64
        )
        // Small, so that sums that add up from run to run stay far from infinity.
        for index in 0..<count {
          let value = Double(index % 17 - 8) * 1e-6
          if isDouble {
            memory.storeBytes(of: value, toByteOffset: 8 * index, as: Double.self)
          } else {
            memory.storeBytes(of: Float(value), toByteOffset: 4 * index, as: Float.self)
          }
        }
        return memory
      }
      own = (0..<workers).map { _ in [:] }
      for (matrix, count) in counts {
        switch matrix {
        case .shared(let index): shared[index] = make(count)
        case .own(let index): for worker in 0..<workers { own[worker][index] = make(count) }
        }
      }
    }

    deinit {
      for memory in shared.values { memory.deallocate() }
      for memory in own.flatMap(\.values) { memory.deallocate() }
    }

    private func pointer(_ matrix: Matrix, _ worker: Int) -> UnsafeMutableRawPointer? {
      switch matrix {
      case .shared(let index): shared[index]
      case .own(let index): own[worker][index]
      }
    }

    func multiply(_ p: Product, worker: Int) {
      let first = p.transposesFirst ? CblasTrans : CblasNoTrans
      let second = p.transposesSecond ? CblasTrans : CblasNoTrans
      let (rows, columns, inner) = (Int32(p.rows), Int32(p.columns), Int32(p.inner))
      let leading = p.transposesFirst ? rows : inner
      let other = p.transposesSecond ? inner : columns
      let a = pointer(p.first, worker)
      let b = pointer(p.second, worker)
      let c = pointer(p.result, worker)
      if isDouble {
        cblas_dgemm(
          CblasRowMajor,
          first,
          second,
          rows,
          columns,
          inner,
          1,
          a?.assumingMemoryBound(to: Double.self),
          leading,
          b?.assumingMemoryBound(to: Double.self),
          other,
          p.adds ? 1 : 0,
          c?.assumingMemoryBound(to: Double.self),
          columns
        )
      } else {
        cblas_sgemm(
          CblasRowMajor,
          first,
          second,
          rows,
          columns,
          inner,
          1,
          a?.assumingMemoryBound(to: Float.self),
          leading,
          b?.assumingMemoryBound(to: Float.self),
          other,
          p.adds ? 1 : 0,
          c?.assumingMemoryBound(to: Float.self),
          columns
        )
      }
    }
  }
}
