import Figures
import Testing

/// Release builds must still say what was wrong.
@Suite struct MisuseTests {
  private func expect(_ result: ExitTest.Result?, says text: String) {
    let output = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
    #expect(output?.contains(text) == true, "\(output ?? "")")
  }

  @Test func unequalCounts() async {
    let points = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Points(x: [1, 2, 3], y: [1])
    }
    expect(points, says: "Points: 3 values of x but 1 of y")
    let heatMap = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = HeatMap([1, 2, 3], columns: 2, x: 0...1, y: 0...1)
    }
    expect(heatMap, says: "HeatMap: 3 values do not fill rows of 2 columns")
    let scatter = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Scatter(Points(x: [1], y: [1]), values: [])
    }
    expect(scatter, says: "Scatter: 1 points but 0 values to colour them")
  }

  @Test func impossibleRanges() async {
    let axis = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Axis("h", range: 0...1, scale: .logarithmic)
    }
    expect(axis, says: "Axis h: range 0.0...1.0 on a logarithmic scale must be positive")
    let bins = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Histogram1D([1], range: 2...2, binCount: 3)
    }
    expect(bins, says: "Histogram1D: range 2.0...2.0 has no finite length")
  }
}
