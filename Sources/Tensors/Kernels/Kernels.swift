internal import CKernels

/// The calls into the C kernels: the only place that tells Float from Double.
///
/// Pointers to elements live in the files of this folder and of `Memory`, nowhere else. Every function works on
/// buffers whose counts the caller has matched; an output may be an input, never a shifted one.
package enum Kernels {
  @inline(__always)
  static var table: ck_table {
    guard let table = ck_table_for_level(ck_level(UInt32(KernelLevel.current.rawValue))) else {
      fatalError("the kernel level \(KernelLevel.current) is not available on this processor")
    }
    return table.pointee
  }

  @inline(__always)
  static func f32<S>(_ buffer: Buffer<S>) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(buffer.pointer).assumingMemoryBound(to: Float.self)
  }

  @inline(__always)
  static func f64<S>(_ buffer: Buffer<S>) -> UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(buffer.pointer).assumingMemoryBound(to: Double.self)
  }
}
