import Figures
import Testing

@Suite struct TicksTests {
  struct Case: Sendable {
    let range: ClosedRange<Double>
    let count: Int
    let values: [Double]
    let labels: [String]
  }

  @Test(arguments: [
    Case(
      range: 0...1,
      count: 5,
      values: [0, 0.2, 0.4, 0.6, 0.8, 1],
      labels: ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    ),
    Case(range: -5...5, count: 4, values: [-5, 0, 5], labels: ["−5", "0", "5"]),
    Case(
      range: 0.05...0.35,
      count: 3,
      values: [0.1, 0.2, 0.3],
      labels: ["0.1", "0.2", "0.3"]
    ),
    Case(
      range: 0...20_000,
      count: 4,
      values: [0, 5000, 10_000, 15_000, 20_000],
      labels: ["0", "5000", "10000", "15000", "20000"]
    ),
    Case(
      range: 0...3e7,
      count: 3,
      values: [0, 1e7, 2e7, 3e7],
      labels: ["0", "10⁷", "2×10⁷", "3×10⁷"]
    ),
    Case(
      range: 0...3e-6,
      count: 6,
      values: [0, 0.5e-6, 1e-6, 1.5e-6, 2e-6, 2.5e-6, 3e-6],
      labels: [
        "0", "0.5×10⁻⁶", "1.0×10⁻⁶", "1.5×10⁻⁶", "2.0×10⁻⁶", "2.5×10⁻⁶", "3.0×10⁻⁶",
      ]
    ),
    Case(range: 0.21...0.29, count: 1, values: [], labels: []),
  ])
  func linear(_ test: Case) {
    let ticks = Ticks.marks(in: test.range, on: .linear, count: test.count)
    #expect(ticks.map(\.label) == test.labels)
    // Multiples of a decimal step are correctly rounded: no tolerance.
    #expect(ticks.map(\.value) == test.values)
  }

  @Test func logarithmicMarksArePowersOfTen() {
    let ticks = Ticks.marks(in: 1e-3...10, on: .logarithmic, count: 5)
    let labelled = ticks.filter { !$0.label.isEmpty }
    #expect(labelled.map(\.label) == ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"])
    #expect(labelled.map(\.value) == [1e-3, 1e-2, 1e-1, 1, 10])
    // Eight small marks in each of four decades.
    #expect(ticks.count == 5 + 4 * 8)
  }

  @Test func manyDecadesAreThinnedOut() {
    let ticks = Ticks.marks(in: 1e-12...1e8, on: .logarithmic, count: 5)
    #expect(
      ticks.filter { !$0.label.isEmpty }.map(\.label) == ["10⁻¹⁰", "10⁻⁵", "10⁰", "10⁵"]
    )
  }

  @Test func fewDecadesLabelTwoAndFive() {
    let ticks = Ticks.marks(in: 1.5...8, on: .logarithmic, count: 5)
    #expect(ticks.filter { !$0.label.isEmpty }.map(\.label) == ["2×10⁰", "5×10⁰"])
  }

  @Test func partOfADecadeFallsBackToLinearMarks() {
    let ticks = Ticks.marks(in: 3...4, on: .logarithmic, count: 5)
    #expect(ticks.map(\.label) == ["3.0", "3.2", "3.4", "3.6", "3.8", "4.0"])
  }

  struct Nice: Sendable {
    let range: ClosedRange<Double>
    let scale: Scale
    let nice: ClosedRange<Double>
  }

  @Test(arguments: [
    Nice(range: 0...1, scale: .linear, nice: 0...1),
    Nice(range: 0.03...0.97, scale: .linear, nice: 0...1),
    Nice(range: -4.2...3.9, scale: .linear, nice: -6...4),
    Nice(range: 0...0.3000000000000001, scale: .linear, nice: 0...0.3),
    Nice(range: 3...3, scale: .linear, nice: 2.6...3.4),
    Nice(range: 0...0, scale: .linear, nice: -0.6...0.6),
    Nice(range: 0.0013...0.07, scale: .logarithmic, nice: 0.001...0.1),
    Nice(range: 3...30, scale: .logarithmic, nice: 2...50),
    Nice(range: 0.01...100, scale: .logarithmic, nice: 0.01...100),
    Nice(range: 1e300...1e300, scale: .linear, nice: 0.9e300...1.1e300),
  ])
  func niceRange(_ test: Nice) {
    let range = Ticks.niceRange(around: test.range, on: test.scale)
    // Two roundings of a product each: 4 units in the last place.
    let tolerance = 4 * max(abs(test.nice.lowerBound), abs(test.nice.upperBound)).ulp
    #expect(abs(range.lowerBound - test.nice.lowerBound) <= tolerance, "\(range)")
    #expect(abs(range.upperBound - test.nice.upperBound) <= tolerance, "\(range)")
  }

  @Test(arguments: [
    ([12], 0, ["12"]), ([-5, 10], -3, ["−0.005", "0.010"]), ([1], -4, ["10⁻⁴"]),
    ([5, 10, 15], -5, ["0.5×10⁻⁴", "1.0×10⁻⁴", "1.5×10⁻⁴"]), ([2, 4], 4, ["20000", "40000"]),
    ([5, 10], 4, ["0.5×10⁵", "1.0×10⁵"]), ([0, 7], 0, ["0", "7"]), ([0], 9, ["0"]), ([], 0, []),
    ([-12], -30, ["−1.2×10⁻²⁹"]),
  ])
  func decimalText(digits: [Int], exponent: Int, texts: [String]) {
    #expect(NumberText.decimals(digits, exponent: exponent) == texts)
  }
}
