import Foundation
import Integrators
import Testing

/// Grids of times: ends, insertion, misuse.
@Suite struct TimeGridTests {
  @Test func equalSteps() {
    let grid = TimeGrid(from: 0, to: 1, steps: 10)
    #expect(grid.stepCount == 10)
    #expect(grid.times.count == 11)
    #expect(grid.start == 0 && grid.end == 1)
    for (index, time) in grid.times.enumerated() {
      #expect(abs(time - Double(index) / 10) <= 0x1p-53)
    }
    // The end is met exactly where steps · (1/steps) would miss it.
    let odd = TimeGrid(from: 0.1, to: 0.7, steps: 49)
    #expect(odd.times.last == 0.7)
    let backward = TimeGrid(from: 1, to: 0, steps: 4)
    #expect(backward.times == [1, 0.75, 0.5, 0.25, 0])
    #expect(TimeGrid(from: 2, to: 3, steps: 1).times == [2, 3])
  }

  /// t_k = a + (b − a)(1 − cos(πk/n))/2, symmetric, dense at both ends, backward too.
  @Test func cosine() {
    let grid = TimeGrid.cosine(from: 1, to: 3, steps: 6)
    for (index, time) in grid.times.enumerated() {
      // Two roundings of numbers up to 3, and cos's.
      #expect(abs(time - (2 - cos(.pi * Double(index) / 6))) <= 4 * 0x1p-52)
    }
    #expect(grid.start == 1 && grid.end == 3)
    #expect(TimeGrid.cosine(from: 0, to: 1, steps: 1).times == [0, 1])
    let backward = TimeGrid.cosine(from: 1, to: 0, steps: 4).times
    let wanted = [1, (2 + 2.0.squareRoot()) / 4, 0.5, (2 - 2.0.squareRoot()) / 4, 0]
    for (time, other) in zip(backward, wanted) { #expect(abs(time - other) <= 0x1p-52) }
    // The first step is (b − a)π²/4n² to leading order; 1 − cos would lose half its digits.
    let fine = TimeGrid.cosine(from: 0, to: 1, steps: 1_000_000)
    #expect(abs(fine.times[1] / (.pi * .pi / 4e12) - 1) < 1e-11)
  }

  @Test func warp() {
    let grid = TimeGrid(from: 2, to: 0, steps: 4) { $0 * $0 }
    #expect(grid.times == [2, 1.875, 1.5, 0.875, 0])
  }

  @Test func including() {
    let grid = TimeGrid(from: 0, to: 1, steps: 4)
    #expect(grid.including([0.3, 0.9, 0.1]).times == [0, 0.1, 0.25, 0.3, 0.5, 0.75, 0.9, 1])
    #expect(grid.including([0, 0.25, 1, 0.5]) == grid)
    #expect(grid.including([]) == grid)
    #expect(grid.including([0.3, 0.3]).stepCount == 5)
    // Within 10⁻¹² of the span nothing is repeated, however it was computed.
    #expect(grid.including([0.25 + 1e-13, 1 + 1e-13, -1e-13]) == grid)
    #expect(grid.including([0.25 + 1e-11]).stepCount == 5)
    let backward = TimeGrid(from: 1, to: 0, steps: 2).including([0.25, 0.75, 0.9])
    #expect(backward.times == [1, 0.9, 0.75, 0.5, 0.25, 0])
    let long = TimeGrid(from: 0, to: 1e6, steps: 2)
    #expect(long.including([5e5 + 1e-7]) == long)
  }

  private func expect(_ result: ExitTest.Result?, says texts: String...) {
    let output = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    for text in texts { #expect(output.contains(text), "\(output)") }
  }

  @Test func misuse() async {
    let single = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TimeGrid([0.5])
    }
    expect(single, says: "at least two times", "[0.5]")
    let zigzag = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TimeGrid([0, 0.5, 0.4, 1])
    }
    expect(zigzag, says: "strictly", "0.4")
    let twice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TimeGrid([0, 0.5, 0.5])
    }
    expect(twice, says: "strictly", "0.5, 0.5")
    let infinite = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TimeGrid(from: 0, to: .infinity, steps: 2)
    }
    expect(infinite, says: "finite")
    let none = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TimeGrid(from: 0, to: 1, steps: 0)
    }
    expect(none, says: "at least one step, got 0")
    let same = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TimeGrid(from: 1, to: 1, steps: 3)
    }
    expect(same, says: "two different ends")
    let outside = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TimeGrid(from: 1, to: 0, steps: 3).including([1.25])
    }
    expect(outside, says: "1.25", "from 1.0 to 0.0")
    let unknown = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TimeGrid(from: 0, to: 1, steps: 3).including([.nan])
    }
    expect(unknown, says: "nan")
  }
}
