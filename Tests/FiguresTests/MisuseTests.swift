import Figures
import Tensors
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

  /// Values may be changed after they were looked at first.
  @Test func whatWasChangedAfterwards() async {
    let axis = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var axis = Axis("n", range: 0...10)
      axis.scale = .logarithmic
      let curves = Curves([Points(x: [1, 2], y: [1, 2])])
      try Figure(Panel(x: axis, layers: [.curves(curves)])).write(to: "/nowhere/never.png")
    }
    expect(axis, says: "Axis n: range 0.0...10.0 on a logarithmic scale must be positive")
    let colors = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var scale = ColorScale(.lagoon, range: 0...1)
      scale.scale = .logarithmic
      let map = HeatMap([1, 2], columns: 2, x: 0...1, y: 0...1, colors: scale)
      try Figure(Panel(layers: [.heatMap(map)])).write(to: "/nowhere/never.png")
    }
    expect(colors, says: "ColorScale: range 0.0...1.0 on a logarithmic scale must be positive")
    let frames = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var animation = Animation([Figure(Panel())])
      animation.frames = []
      try animation.write(to: "/nowhere/never.png")
    }
    expect(frames, says: "Animation: no frames")
    let seconds = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var animation = Animation([Figure(Panel())])
      animation.secondsPerFrame = 100
      try animation.write(to: "/nowhere/never.png")
    }
    expect(seconds, says: "Animation: 100.0 s a frame")
  }

  @Test func pathsOfStatesThatDiffer() async {
    let rows = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Curves(paths: [Tensor(zeros: [3, 2]), Tensor(zeros: [2, 2])], count: 3)
    }
    expect(rows, says: "the states of paths have different numbers of rows, [3, 2]")
    let count = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Curves(paths: [Tensor(zeros: [3, 2])], count: -1)
    }
    expect(count, says: "the number of paths is not negative, got -1")
  }
}
