import StochasticInterpolants
import SwiftCSV
import Tensors

/// Points from a file the user names: `.npy`, or `.csv` with or without a header.
enum PointsFile {
  static func read(_ path: String) throws -> Tensor<Double> {
    if path.hasSuffix(".npy") { return try NPY.readPoints(path) }
    if path.hasSuffix(".csv") { return try readCSV(path) }
    throw PointsFileError(
      path: path,
      problem: "is neither a .npy nor a .csv file by its name; save the points as one of them"
    )
  }

  /// Writes points in the format the name asks for.
  static func write(_ points: Tensor<Double>, to path: String) throws {
    if path.hasSuffix(".csv") {
      try CSV.write(points, to: path)
    } else {
      try NPY.write(points, to: path)
    }
  }

  /// Refuses a name before a long computation rather than after it.
  static func checkName(_ path: String) throws {
    guard path.hasSuffix(".npy") || path.hasSuffix(".csv") else {
      throw PointsFileError(path: path, problem: "must end in .npy or .csv")
    }
  }

  private static func readCSV(_ path: String) throws -> Tensor<Double> {
    let text = try TextFile.read(path)
    let table: EnumeratedCSV
    do {
      table = try EnumeratedCSV(string: text, loadColumns: false)
    } catch {
      throw PointsFileError(path: path, problem: "is not comma-separated text (\(error))")
    }
    // The parser takes the first line for a header; where it holds numbers it is a row.
    let isHeaderless = table.header.allSatisfy { number($0) != nil }
    let lines = (isHeaderless ? [table.header] : []) + table.rows.filter { $0 != [""] }
    let columns = table.header.count
    guard let first = lines.first, !first.isEmpty else {
      throw PointsFileError(path: path, problem: "holds no rows of numbers")
    }
    var elements: [Double] = []
    elements.reserveCapacity(lines.count * columns)
    for (row, line) in lines.enumerated() {
      let position = row + (isHeaderless ? 1 : 2)
      guard line.count == columns else {
        throw PointsFileError(
          path: path,
          problem: "has \(line.count) columns in line \(position), \(columns) in the first"
        )
      }
      for (column, field) in line.enumerated() {
        guard let value = number(field) else {
          throw PointsFileError(
            path: path,
            problem: "holds '\(field.prefix(40))' in line \(position), column \(column + 1), "
              + "which is not a number"
          )
        }
        guard value.isFinite else {
          throw PointsFileError(
            path: path,
            problem: "holds \(value) in line \(position), column \(column + 1); remove or replace "
              + "such rows"
          )
        }
        elements.append(value)
      }
    }
    return Tensor(elements, shape: [lines.count, columns])
  }

  private static func number(_ field: String) -> Double? {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
    let trimmed = field.drop(while: isSpace)
    guard let end = trimmed.lastIndex(where: { !isSpace($0) }) else { return nil }
    return Double(trimmed[...end])
  }
}

/// What is wrong with a file of points.
struct PointsFileError: Error, CustomStringConvertible {
  let path: String
  let problem: String

  var description: String { "\(path): \(problem)" }
}
