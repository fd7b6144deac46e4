import Gradients
import Tensors
import Testing

/// The laws of starting parameters: bounds hold for every number, moments within five standard
/// errors of n draws.
@Suite struct InitializationTests {
  static let inputs = 40
  static let outputs = 500

  private func draw(_ law: Initialization) -> (weight: [Double], bias: [Double]) {
    let drawn = law.draw(
      inputs: Self.inputs,
      outputs: Self.outputs,
      from: RandomBlock(seed: 3, stream: 0x0100, samples: 0..<Self.outputs)
    )
    #expect(drawn.weight.shape == [Self.outputs, Self.inputs])
    #expect(drawn.bias.shape == [Self.outputs])
    return (drawn.weight.elements, drawn.bias.elements)
  }

  private func expectMoments(_ x: [Double], variance: Double, kurtosis: Double) {
    let n = Double(x.count)
    let mean = x.reduce(0, +) / n
    let square = x.reduce(0) { $0 + $1 * $1 } / n
    #expect(abs(mean) < 5 * (variance / n).squareRoot())
    // The mean square of n draws has variance (E x⁴ − σ⁴)/n = (kurtosis − 1) σ⁴/n.
    #expect(abs(square - variance) < 5 * variance * ((kurtosis - 1) / n).squareRoot())
  }

  private func expectUniform(_ x: [Double], bound: Double) {
    #expect(x.allSatisfy { abs($0) <= bound })
    // The largest of n uniform numbers is below (1 − 10/n) of the bound with probability e⁻¹⁰.
    #expect((x.max() ?? 0) > bound * (1 - 20 / Double(x.count)))
    expectMoments(x, variance: bound * bound / 3, kurtosis: 1.8)
  }

  private let fanIn = Double(inputs)
  private let fanBoth = Double(inputs + outputs)

  @Test func torchLinear() {
    let (weight, bias) = draw(.torchLinear)
    expectUniform(weight, bound: 1 / fanIn.squareRoot())
    expectUniform(bias, bound: 1 / fanIn.squareRoot())
  }

  @Test func uniformLaws() {
    expectUniform(draw(.kaimingUniform).weight, bound: (6 / fanIn).squareRoot())
    expectUniform(draw(.xavierUniform).weight, bound: (6 / fanBoth).squareRoot())
  }

  @Test func normalLaws() {
    expectMoments(draw(.kaimingNormal).weight, variance: 2 / fanIn, kurtosis: 3)
    expectMoments(draw(.xavierNormal).weight, variance: 2 / fanBoth, kurtosis: 3)
    // 20,000 normal numbers reach beyond three standard deviations (54 expected).
    #expect(draw(.kaimingNormal).weight.contains { abs($0) > 3 * (2 / fanIn).squareRoot() })
  }

  /// A normal law cut at two standard deviations, then scaled to variance 1/inputs.
  ///
  /// Of the cut
  /// standard normal: σ² = 1 − 4φ(2)/(2Φ(2) − 1) = 0.77374, E x⁴ = 3σ² − 8·2φ(2)/(2Φ(2) − 1).
  @Test func lecunNormal() {
    let weight = draw(.lecunNormal).weight
    let density = 0.05399096651318806 / 0.9544997361036416
    let variance = 1 - 4 * density
    let fourth = 3 * variance - 16 * density
    #expect(abs(variance.squareRoot() - 0.87962566103423978) < 1e-12)
    let bound = 2 / variance.squareRoot() / fanIn.squareRoot()
    #expect(weight.allSatisfy { abs($0) <= bound * (1 + 0x1p-50) })
    #expect((weight.max() ?? 0) > 0.98 * bound)
    expectMoments(weight, variance: 1 / fanIn, kurtosis: fourth / (variance * variance))
  }

  @Test func zeroBiasesAndZeros() {
    for law in Initialization.allCases where law != .torchLinear {
      #expect(draw(law).bias.allSatisfy { $0 == 0 })
    }
    #expect(draw(.zeros).weight.allSatisfy { $0 == 0 })
  }

  /// Row o is drawn at sample o: a wider layer starts with the narrower one's rows.
  @Test(arguments: Initialization.allCases) func rowsAreAddressed(_ law: Initialization) {
    let block = RandomBlock(seed: 3, stream: 0x0100, samples: 0..<7)
    let few = RandomBlock(seed: 3, stream: 0x0100, samples: 0..<3)
    let wide = law.draw(inputs: 4, outputs: 7, from: block).weight.slice(0..<3)
    let narrow = law.draw(inputs: 4, outputs: 3, from: few).weight
    // Xavier's laws scale by inputs + outputs: compare without the scale.
    let factor =
      law == .xavierUniform || law == .xavierNormal ? (11.0 / 7).squareRoot() : 1
    #expect((wide * factor).isApproximatelyEqual(to: narrow, relativeTolerance: 0x1p-50))
  }
}
