import Foundation
import Integrators
import StochasticInterpolants

/// KL with a million samples at 10, 20 and 40 evaluations, where the sampling floor is 0.00005: the table by
/// which methods are compared with those of other codes.
enum MillionSamples {
  static let budgets = [10, 20, 40]

  /// A Markdown table with a row a method, and the rows.
  static func run(count: Int, seed: UInt64) throws -> (table: String, rows: [Row]) {
    let one = Noise.constant(1)
    let all = Method.stochastic.map { Series($0, one) } + [Series(.flow(.heun)), Grid.tuned]
    var studies = [
      Study(problem: try .paper(), series: all, budgets: budgets, count: count, seed: seed)
    ]
    studies += try Problem.unseen().map { problem in
      Study(
        problem: problem,
        series: [Series(.usual, one), Grid.tuned],
        budgets: budgets,
        count: count,
        seed: seed
      )
    }
    let rows = try studies.flatMap { try $0.rows() }
    return (table(rows), rows)
  }

  private static func table(_ rows: [Row]) -> String {
    var keys: [(problem: String, label: String)] = []
    for row in rows where !keys.contains(where: { $0 == (row.problem, row.label) }) {
      keys.append((row.problem, row.label))
    }
    let header = "| mixture | method | 10 | 20 | 40 |\n|---|---|---|---|---|\n"
    let lines = keys.map { key in
      let own = rows.filter { $0.problem == key.problem && $0.label == key.label }
      let cells = own.compactMap { $0.values[.divergence]?.value }.map {
        String(format: "%.5f ± %.5f", $0.value, $0.standardError)
      }
      return "| \(key.problem) | \(key.label) | \(cells.joined(separator: " | ")) |\n"
    }
    let floor = rows.first?.values[.divergence]?.floor.value ?? .nan
    let last = String(format: "| every | points of the law itself, expected | %.5f | | |\n", floor)
    return header + lines.joined() + last
  }
}
