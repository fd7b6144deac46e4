import Figures
import Testing

@Suite struct HistogramTests {
  @Test func edgesBelongToTheBinOnTheirRightButTheLast() {
    let histogram = Histogram1D([0, 0.5, 1, 1.5, 2, -0.001, 2.001], range: 0...2, binCount: 2)
    #expect(histogram.counts == [2, 3])
    #expect(histogram.outside == 2)
    #expect(histogram.total == 7)
    #expect(histogram.edges == [0, 1, 2])
  }

  @Test func everyEdgeFallsInItsOwnBin() {
    // The quotient (value - start) / width of such edges rounds to either side.
    let edges = Histogram1D([], range: 0.1...0.7, binCount: 77).edges
    let histogram = Histogram1D(edges, range: 0.1...0.7, binCount: 77)
    #expect(histogram.counts == [Int](repeating: 1, count: 76) + [2])
    #expect(histogram.outside == 0)
  }

  @Test func densitiesSumToTheShareInside() {
    let histogram = Histogram1D([0.1, 0.2, 0.9, 5], range: 0...1, binCount: 4)
    // Three quarters of the numbers, in exact binary fractions.
    #expect(histogram.densities.reduce(0, +) * 0.25 == 0.75)
    #expect(Histogram1D([], range: 0...1, binCount: 2).densities == [0, 0])
  }

  @Test func automaticRangeSpansTheFiniteNumbers() {
    let histogram = Histogram1D([1, .nan, 3, .infinity], binCount: 2)
    #expect(histogram.edges == [1, 2, 3])
    #expect(histogram.counts == [1, 1])
    #expect(histogram.outside == 2)
    #expect(Histogram1D([4, 4], binCount: 3).counts.reduce(0, +) == 2)
  }

  @Test func planeIsCountedRowByRowFromTheBottom() {
    let points = Points([
      (0, 0), (1.5, 0.2), (2, 0), (0.5, 3), (2, 3), (2.1, 0), (.nan, 1), (1, 3.5), (1, 1.5),
    ])
    let histogram = Histogram2D(points, x: 0...2, y: 0...3, columns: 2, rows: 2)
    #expect(histogram.counts == [1, 2, 1, 2])
    #expect(histogram.outside == 3)
    #expect(histogram.total == 9)
    #expect(histogram.columns == 2 && histogram.rows == 2)
    // Six of nine points in cells of area 1.5; a few roundings of numbers below one.
    #expect(abs(histogram.densities.reduce(0, +) * 1.5 - 6.0 / 9) <= 8 * Double.ulpOfOne)
  }

  @Test func interleavedPointsAreThePairs() {
    #expect(Points(interleaved: [1, 2, 3, 4]) == Points(x: [1, 3], y: [2, 4]))
    #expect(Points([(1, 2), (3, 4)]) == Points(x: [1, 3], y: [2, 4]))
  }
}
