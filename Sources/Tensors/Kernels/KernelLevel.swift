internal import CKernels
internal import Synchronization

/// An instruction-set level of the vector kernels.
///
/// One source is compiled once per level; the highest this processor can run is chosen at first
/// use. Levels differ from each other in the last bits of a result, so a user who needs the same
/// bits on different machines sets ``current`` to a common level before computing anything; the C library's
/// sines and powers, and OpenBLAS's core where matrices are factorised, must be the same too.
public enum KernelLevel: Int, Sendable, CaseIterable, Comparable, CustomStringConvertible {
  /// What the architecture guarantees: SSE2 on x86-64, NEON on AArch64.
  case baseline = 0
  /// AVX2 with fused multiply-add.
  case avx2 = 1
  /// AVX-512 F, DQ, VL and BW.
  case avx512 = 2

  /// The levels this processor can run, lowest first.
  public static var available: [KernelLevel] {
    allCases.filter { ck_table_for_level(ck_level(UInt32($0.rawValue))) != nil }
  }

  /// The level in use; setting one that the processor lacks stops the program.
  public static var current: KernelLevel {
    get {
      let stored = chosen.load(ordering: .relaxed)
      if let level = KernelLevel(rawValue: stored) { return level }
      // Where another thread has set one since, it stays.
      let highest = Int(ck_highest_level().rawValue)
      let (isFirst, other) = chosen.compareExchange(
        expected: stored,
        desired: highest,
        ordering: .relaxed
      )
      return KernelLevel(rawValue: isFirst ? highest : other) ?? .baseline
    }
    set {
      require(
        available.contains(newValue),
        "this processor cannot run the kernel level \(newValue); it can run \(available)"
      )
      chosen.store(newValue.rawValue, ordering: .relaxed)
    }
  }

  /// Orders levels from the narrowest to the widest.
  public static func < (first: KernelLevel, second: KernelLevel) -> Bool {
    first.rawValue < second.rawValue
  }

  /// The level's name.
  public var description: String {
    switch self {
    case .baseline: "baseline"
    case .avx2: "avx2"
    case .avx512: "avx512"
    }
  }

  private static let chosen = Atomic<Int>(-1)
}
