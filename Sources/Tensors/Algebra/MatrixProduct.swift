internal import COpenBLAS

/// How the library uses OpenBLAS.
public enum BLAS {
  /// The number of threads OpenBLAS starts inside one product; process-wide, 1 unless set.
  ///
  /// The library runs blocks of rows on its own workers and needs 1 there: products of several
  /// threads at once are serialised by OpenBLAS. A host that uses OpenBLAS itself shares this
  /// setting; set it before the first product to keep another value.
  public static var threadCount: Int {
    get {
      prepare()
      return Int(openblas_get_num_threads())
    }
    set {
      require(newValue >= 1, "OpenBLAS needs at least one thread, got \(newValue)")
      prepare()
      openblas_set_num_threads(Int32(newValue))
    }
  }

  /// The name of the processor core that OpenBLAS chose its kernels for.
  public static var coreName: String { String(cString: openblas_get_corename()) }

  /// Whether this OpenBLAS is the pthread flavour the library is made for.
  ///
  /// The OpenMP flavour ignores ``threadCount``; start such a process with OMP_NUM_THREADS=1.
  public static var isPthreadFlavour: Bool { openblas_get_parallel() == 1 }

  private static let prepared: Void = openblas_set_num_threads(1)

  @inline(__always)
  static func prepare() { _ = prepared }

  /// C = op(A) op(B) + β C for row-major matrices, op the identity or the transpose.
  package static func product<S>(
    rows: Int,
    columns: Int,
    inner: Int,
    _ a: Buffer<S>,
    transposingFirst: Bool,
    _ b: Buffer<S>,
    transposingSecond: Bool,
    adding beta: Double = 0,
    into c: Buffer<S>
  ) {
    prepare()
    if rows == 0 || columns == 0 { return }
    Kernels.gemm(
      rows: Int32(rows),
      columns: Int32(columns),
      inner: Int32(inner),
      a,
      transposingFirst,
      b,
      transposingSecond,
      beta,
      c
    )
  }
}

extension Tensor {
  /// The product op(A) op(B) of two matrices, without copies for the transposes.
  ///
  /// - Parameters:
  ///   - first: A.
  ///   - second: B.
  ///   - transposingFirst: uses Aᵀ.
  ///   - transposingSecond: uses Bᵀ.
  /// - Returns: a matrix of op(A)'s rows and op(B)'s columns.
  public static func product(
    _ first: Tensor,
    _ second: Tensor,
    transposingFirst: Bool = false,
    transposingSecond: Bool = false
  ) -> Tensor {
    let size = MatrixProductSize(
      first.shape,
      second.shape,
      transposingFirst: transposingFirst,
      transposingSecond: transposingSecond
    )
    let result =
      size.inner == 0
      ? Tensor(zeros: [size.rows, size.columns])
      : Tensor(uninitialized: [size.rows, size.columns])
    if size.inner == 0 { return result }
    BLAS.product(
      rows: size.rows,
      columns: size.columns,
      inner: size.inner,
      first.buffer,
      transposingFirst: transposingFirst,
      second.buffer,
      transposingSecond: transposingSecond,
      into: result.buffer
    )
    return result
  }
}

/// The sizes of a matrix product; stops with both shapes named where they do not fit.
package struct MatrixProductSize: Sendable, Hashable {
  package var rows: Int
  package var columns: Int
  package var inner: Int

  package init(
    _ first: [Int],
    _ second: [Int],
    transposingFirst: Bool,
    transposingSecond: Bool
  ) {
    require(
      first.count == 2 && second.count == 2,
      "a matrix product needs two matrices, got the shapes \(first) and \(second)"
    )
    rows = first[transposingFirst ? 1 : 0]
    inner = first[transposingFirst ? 0 : 1]
    columns = second[transposingSecond ? 0 : 1]
    let other = second[transposingSecond ? 1 : 0]
    require(
      inner == other,
      "the matrix product of \(first)\(transposingFirst ? "ᵀ" : "") and "
        + "\(second)\(transposingSecond ? "ᵀ" : "") does not fit: \(inner) ≠ \(other)"
    )
  }
}
