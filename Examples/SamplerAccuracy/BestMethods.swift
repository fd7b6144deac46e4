import Foundation
import StochasticInterpolants

/// The table "the best method for a budget of evaluations".
enum BestMethods {
  static let budgets = [10, 20, 50, 100, 500]

  /// A Markdown table: a line a problem, in each cell the lowest KL among runs of at most so many
  /// evaluations.
  ///
  /// Where several are within two standard errors of the floor, sampling cannot tell them apart: the cell
  /// names the one with the fewest evaluations, or those of a cell further left that has it, and says how
  /// many of the runs of this budget are.
  static func table(_ rows: [Row]) -> String {
    var titles: [String] = []
    for row in rows where !titles.contains(row.title) { titles.append(row.title) }
    let header = "| problem | " + budgets.map { "\($0)" }.joined(separator: " | ") + " |\n"
    let rule = "|---|" + budgets.map { _ in "---|" }.joined() + "\n"
    return header + rule
      + titles.map { title in
        let own = rows.filter { $0.title == title }
        return "| \(title) | " + budgets.map { cell(own, $0) }.joined(separator: " | ") + " |\n"
      }.joined()
  }

  private static func cell(_ rows: [Row], _ budget: Int) -> String {
    let allowed = rows.filter { $0.budget <= budget }.compactMap { row in
      row.values[.divergence].map { (row: row, value: $0) }
    }
    let own = allowed.filter { $0.row.budget == budget }
    if own.isEmpty { return "–" }
    let atFloor = allowed.filter { $0.value.standardErrorsAboveFloor < 2 }
    let candidates = atFloor.isEmpty ? allowed : atFloor
    guard
      let best = candidates.min(by: { first, second in
        let (one, other) = (first.row.evaluations, second.row.evaluations)
        if !atFloor.isEmpty && one != other { return one < other }
        return first.value.value.value < second.value.value.value
      })
    else { return "–" }
    let steps = best.row.budget == budget ? "" : " with \(best.row.evaluations)"
    let number = String(format: "%.5f", best.value.value.value)
    if atFloor.isEmpty {
      let error = String(format: "%.5f", best.value.value.standardError)
      return "\(best.row.label)\(steps): \(number) ± \(error)"
    }
    let share = "\(own.filter { $0.value.standardErrorsAboveFloor < 2 }.count) of \(own.count)"
    return best.row.budget == budget
      ? "\(best.row.label): \(number), at the floor (\(share))"
      : "as with \(best.row.budget) (\(share))"
  }
}
