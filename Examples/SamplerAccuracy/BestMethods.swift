import Foundation
import StochasticInterpolants

/// The table "the best method for a budget of evaluations".
enum BestMethods {
  static let budgets = [10, 20, 50, 100, 500]

  /// A Markdown table: a line a problem, in each cell the lowest KL among runs of at most so many
  /// evaluations.
  ///
  /// Where several are within two standard errors of the floor, sampling cannot tell them apart: the cell says
  /// how many, and names the one of them with the fewest evaluations.
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
    let allowed = rows.filter { $0.budget == budget }.compactMap { row in
      row.values[.divergence].map { (row: row, value: $0) }
    }
    guard let best = allowed.min(by: { $0.value.value.value < $1.value.value.value }) else {
      return "–"
    }
    let atFloor = allowed.filter { $0.value.standardErrorsAboveFloor < 2 }
    let number = String(format: "%.5f", best.value.value.value)
    if atFloor.isEmpty {
      return
        "\(best.row.label): \(number) ± \(String(format: "%.5f", best.value.value.standardError))"
    }
    return "\(best.row.label): \(number), at the floor, as \(atFloor.count) of \(allowed.count)"
  }
}
