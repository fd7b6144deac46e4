import SwiftCSV
import Tensors

/// Points as comma-separated text.
enum CSVPoints {
  static func read(_ text: String, path: String) throws -> Tensor<Double> {
    if text.utf8.contains(0) {
      throw PointsFileError(path: path, problem: "holds a NUL byte; it is not text")
    }
    // Blank lines before the first row are none of the parser's, which takes that one for a header.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let leading = lines.prefix { $0.allSatisfy(\.isWhitespace) }.count
    let rest = leading < lines.count ? String(text[lines[leading].startIndex...]) : ""
    // Rows are counted by lines, of which such a field takes several.
    if let open = lines.firstIndex(where: { !$0.count { $0 == "\"" }.isMultiple(of: 2) }) {
      throw PointsFileError(
        path: path,
        problem: "has a field in quotes that does not end in line \(open + 1); write it in one line"
      )
    }
    let table: EnumeratedCSV
    do {
      table = try EnumeratedCSV(string: rest, loadColumns: false)
    } catch {
      throw PointsFileError(path: path, problem: "is not comma-separated text (\(error))")
    }
    // The parser takes the first line for a header; where it holds a number it is a row, whole or not.
    let isHeaderless = table.header.contains { number($0) != nil }
    // It fills short rows up, blank lines among them, so that these are looked for in the text.
    let blank = blankLines(rest)
    let rows = ([table.header] + table.rows).enumerated().dropFirst(isHeaderless ? 0 : 1)
      .filter { !blank.contains($0.offset) }
    let columns = table.header.count
    guard !rows.isEmpty, columns > 0 else {
      throw PointsFileError(path: path, problem: "holds no rows of numbers")
    }
    var elements: [Double] = []
    elements.reserveCapacity(rows.count * columns)
    for (row, line) in rows {
      let position = leading + row + 1
      guard line.count == columns else {
        // A longer row, to which all others are filled up.
        let longer = fieldCounts(rest).first { $0.fields > columns } ?? (row, line.count)
        throw PointsFileError(
          path: path,
          problem:
            "has \(longer.fields) columns in line \(leading + longer.line + 1), \(columns) in "
            + "the first"
        )
      }
      for (column, field) in line.enumerated() {
        let place = "in line \(position), column \(column + 1)"
        guard let value = number(field) else {
          let shown = field.prefix(40).map { $0.isNewline ? " " : $0 }
          throw PointsFileError(
            path: path,
            problem: "holds '\(String(shown))' \(place), which is not a number"
          )
        }
        guard value.isFinite else {
          throw PointsFileError(
            path: path,
            problem: "holds \(value) \(place); remove or replace such rows"
          )
        }
        elements.append(value)
      }
    }
    return Tensor(elements, shape: [rows.count, columns])
  }

  /// The places of lines without anything but space.
  private static func blankLines(_ text: String) -> Set<Int> {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return Set(lines.indices.filter { lines[$0].allSatisfy(\.isWhitespace) })
  }

  /// How many fields stand in each line but the first, in which names may have commas.
  private static func fieldCounts(_ text: String) -> [(line: Int, fields: Int)] {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return lines.enumerated().dropFirst().map { ($0, $1.count { $0 == "," } + 1) }
  }

  private static func number(_ field: String) -> Double? {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
    let trimmed = field.drop(while: isSpace)
    guard let end = trimmed.lastIndex(where: { !isSpace($0) }) else { return nil }
    return Double(trimmed[...end])
  }
}
