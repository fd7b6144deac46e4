import Foundation
import StochasticInterpolants

/// A method with ε and spacing, run at several budgets.
struct Series: Sendable {
  let method: Method
  let noise: Noise?
  let spacing: Spacing
  /// Whether budgets above 100 are run as well, which cost most of the time and tell methods apart least.
  var isLong = false

  init(_ method: Method, _ noise: Noise? = nil, _ spacing: Spacing = .uniform) {
    self.method = method
    self.noise = noise
    self.spacing = spacing
  }

  /// The same up to the largest budget.
  var long: Series {
    var series = self
    series.isLong = true
    return series
  }

  /// Draws and measures at each budget that allows a step.
  func rows(
    _ problem: Problem,
    budgets: [Int],
    gauge: Gauge,
    seed: UInt64
  ) throws -> [Row] {
    var rows: [Row] = []
    for budget in budgets where budget <= 100 || isLong {
      let samples: Samples
      do {
        let own = try draw(problem, budget: budget, count: gauge.count, seed: seed)
        guard let draw = own else { continue }
        samples = try method.draw(draw)
      } catch SamplingError.integration(let failure) {
        // A state that overflows is a result: the method diverges at that budget.
        print("  \(method.name) at \(budget): \(failure)")
        continue
      }
      rows.append(
        Row(
          problem: problem.name,
          design: problem.design.name,
          method: method.name,
          noise: noise?.name ?? "",
          spacing: spacing.name,
          budget: budget,
          evaluations: samples.evaluations,
          samples: gauge.count,
          values: try gauge.measure(samples.points)
        )
      )
    }
    return rows
  }

  /// As many steps as the budget allows; nil where it allows none.
  ///
  /// A time at which ε begins to act is a further step, and a method for ODEs goes there, so what steps cost is
  /// found out with one sample.
  private func draw(
    _ problem: Problem,
    budget: Int,
    count: Int,
    seed: UInt64
  ) throws -> Draw? {
    var draw = Draw(
      problem: problem,
      noise: noise,
      spacing: spacing.spacing,
      steps: budget / method.stages,
      count: 1,
      seed: seed
    )
    while draw.steps >= 1 {
      if try method.draw(draw).evaluations <= budget {
        draw.count = count
        return draw
      }
      draw.steps -= 1
    }
    return nil
  }
}

/// A problem and the series that are run on it.
struct Study: Sendable {
  let problem: Problem
  let series: [Series]
  let budgets: [Int]
  let count: Int
  var seed: UInt64 = 1

  /// All rows; prints a line a series.
  func rows() throws -> [Row] {
    print("\n\(problem.title), \(count) samples: KL at \(budgets) evaluations")
    let gauge = try Gauge(problem, count: count)
    return try series.flatMap { own in
      let rows = try own.rows(problem, budgets: budgets, gauge: gauge, seed: seed)
      let label = rows.first?.label ?? own.method.name
      let values = rows.map { row in
        row.values[.divergence].map { String(format: "%.5f", $0.value.value) } ?? "–"
      }
      let padded = label.padding(toLength: 40, withPad: " ", startingAt: 0)
      print("  " + padded + values.joined(separator: " "))
      fflush(nil)
      return rows
    }
  }
}
