/// Lines of columns, each as wide as its widest entry.
struct Table {
  var rows: [[String]] = []

  /// The first column to the left, the others to the right, as numbers are.
  var text: String { lines { column, cell, space in column == 0 ? cell + space : space + cell } }

  /// All columns to the left.
  var leftText: String { lines { _, cell, space in cell + space } }

  private func lines(_ padded: (Int, String, String) -> String) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return padded(column, cell, space)
      }
      let line = cells.joined(separator: "   ")
      return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }
}
