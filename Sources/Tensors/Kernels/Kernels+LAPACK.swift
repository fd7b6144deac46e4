internal import CLAPACKE
internal import COpenBLAS

/// The calls into BLAS and LAPACK, the continuation of `Kernels.swift` for matrices.
extension Kernels {
  /// Cholesky in place; returns LAPACK's info.
  static func potrf<S>(size: Int32, _ a: Buffer<S>) -> Int32 {
    BLAS.prepare()
    if size == 0 { return 0 }
    return S.self == Float.self
      ? LAPACKE_spotrf_work(LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), size, f32(a), size)
      : LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), size, f64(a), size)
  }

  /// Solves with a lower triangular matrix in place.
  static func trsm<S>(
    size: Int32,
    columns: Int32,
    _ a: Buffer<S>,
    _ transposed: Bool,
    _ b: Buffer<S>
  ) {
    BLAS.prepare()
    if size == 0 || columns == 0 { return }
    let operation = transposed ? CblasTrans : CblasNoTrans
    if S.self == Float.self {
      cblas_strsm(
        CblasRowMajor,
        CblasLeft,
        CblasLower,
        operation,
        CblasNonUnit,
        size,
        columns,
        1,
        f32(a),
        size,
        f32(b),
        columns
      )
    } else {
      cblas_dtrsm(
        CblasRowMajor,
        CblasLeft,
        CblasLower,
        operation,
        CblasNonUnit,
        size,
        columns,
        1,
        f64(a),
        size,
        f64(b),
        columns
      )
    }
  }

  /// Symmetric eigenvalues and vectors, the vectors in place; returns LAPACK's info.
  static func syevd<S>(size: Int32, _ a: Buffer<S>, _ values: Buffer<S>) -> Int32 {
    BLAS.prepare()
    let job = CChar(UInt8(ascii: "V"))
    let triangle = CChar(UInt8(ascii: "U"))
    return S.self == Float.self
      ? LAPACKE_ssyevd(LAPACK_COL_MAJOR, job, triangle, size, f32(a), size, f32(values))
      : LAPACKE_dsyevd(LAPACK_COL_MAJOR, job, triangle, size, f64(a), size, f64(values))
  }
}
