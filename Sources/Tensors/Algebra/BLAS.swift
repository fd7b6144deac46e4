internal import COpenBLAS

/// How the library uses OpenBLAS, which solves and factorises; products are the library's own.
public enum BLAS {
  /// The number of threads OpenBLAS starts inside one call; process-wide, 1 unless set.
  ///
  /// The library runs blocks of rows on its own workers and needs 1 there: calls of several threads at
  /// once are serialised by OpenBLAS. A host that uses OpenBLAS itself shares this setting; set it
  /// before the first call to keep another value.
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
}
