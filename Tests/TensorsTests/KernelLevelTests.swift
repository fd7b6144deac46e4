import Tensors
import TestSupport
import Testing

/// The level of the vector kernels, which belongs to the process: each test has one of its own.
@Suite struct KernelLevelTests {
  /// Rows, columns and inner numbers that fill no tile of any level.
  static let (rows, columns, inner) = (17, 40, 33)

  /// eˣ and a product A B at the level in use, as numbers that keep every bit.
  private static func results<S: TensorScalar>(
    _ type: S.Type
  ) -> (exponentials: [Double], products: [Double]) {
    let exponents: Tensor<S> = testTensor([137], seed: 1, in: -20...20)
    let (a, b): (Tensor<S>, Tensor<S>) = factors()
    return (
      exponents.applying(.exp).elements.map { Double($0) },
      Tensor.product(a, b).elements.map { Double($0) }
    )
  }

  private static func factors<S: TensorScalar>() -> (Tensor<S>, Tensor<S>) {
    (testTensor([rows, inner], seed: 2), testTensor([inner, columns], seed: 3))
  }

  /// How far two products may be from each other.
  ///
  /// A sum of n products in any order is within γ Σ|a||b| of the exact one, γ = nu/(1 − nu)
  /// (Higham, 3.5), so that two are within 2γ of each other; Σ|a||b| as computed is at least 1 − γ
  /// of the exact one. With u = ulp/2 that is 2γ/(1 − γ) = n ulp/(1 − n ulp).
  private static func bounds<S: TensorScalar>(_ type: S.Type) -> [Double] {
    let (a, b): (Tensor<S>, Tensor<S>) = factors()
    let sizes = Tensor.product(
      Tensor<Double>(a).applying(.absolute),
      Tensor<Double>(b).applying(.absolute)
    )
    let share = Double(inner) * Double(S.ulpOfOne)
    return sizes.elements.map { share / (1 - share) * $0 }
  }

  private static func check<S: TensorScalar>(_ type: S.Type) throws {
    let available = KernelLevel.available
    let first = try available.map { level in
      KernelLevel.current = level
      try #require(KernelLevel.current == level)
      return results(type)
    }
    for (level, own) in zip(available, first).reversed() {
      KernelLevel.current = level
      let again = results(type)
      try #require(again.exponentials == own.exponentials, "\(level)")
      try #require(again.products == own.products, "\(level)")
      let bounds = bounds(type)
      try #require(mismatch(own.products, first[0].products) { bounds[$0] } == nil, "\(level)")
    }
    // AVX2 rounds a product and its sum once, SSE2 twice: equal bits would be those of one level.
    if available.contains(.avx2) { try #require(first[1].products != first[0].products) }
  }

  @Test func theHighestIsInUseFirst() async {
    await #expect(processExitsWith: .success) {
      let available = KernelLevel.available
      try #require(available.first == .baseline && available == available.sorted())
      try #require(KernelLevel.current == available.last)
    }
  }

  @Test func everyLevelCanBeSetAndLeft() async {
    await #expect(processExitsWith: .success) {
      try Self.check(Float.self)
      try Self.check(Double.self)
    }
  }

  static let lacking = KernelLevel.allCases.filter { !KernelLevel.available.contains($0) }

  @Test(.enabled(if: !lacking.isEmpty, "this processor runs every level"))
  func aLevelThatTheProcessorLacksIsRefused() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      KernelLevel.current = Self.lacking[0]
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    let message =
      "this processor cannot run the kernel level \(Self.lacking[0]); it can run "
      + "\(KernelLevel.available)"
    #expect(text.contains(message), "\(text)")
  }
}
