internal import CKernels

/// What the factors of matrix products are rounded to before they are multiplied.
public enum ProductPrecision: String, Sendable, Hashable, Codable, CaseIterable {
  /// Nothing: factors are what they are.
  case full
  /// bfloat16, a float's upper half: factors keep 8 of 24 bits, a relative error of at most 2⁻⁹, and a float's
  /// range up to 3.39 · 10³⁸; their products are exact and are added in float.
  ///
  /// Results have the same bits at every kernel level, except where a number is below 2⁻¹²⁶ or a product
  /// overflows.
  case bfloat16

  /// Whether products of this precision are faster than full ones, at the kernel level in use.
  ///
  /// Those of bfloat16 are where the processor has instructions for them (AVX-512 BF16: Zen 4, Cooper
  /// Lake, Sapphire Rapids and later); elsewhere they take longer.
  public var isFast: Bool {
    switch self {
    case .full: true
    case .bfloat16:
      ck_multiplies_bfloat16(ck_level(UInt32(KernelLevel.current.rawValue))) != 0
    }
  }
}
