import ArgumentParser
import Foundation
import StochasticInterpolants
import SwiftCSV
import Tensors

/// Points from a place the user names: `.npy`, or comma-separated text with or without a header.
enum PointsFile {
  enum Format: String, CaseIterable { case npy, csv }

  /// Standard input.
  static let pipe = "-"

  /// Reads points; what comes from a pipe is known by its first bytes.
  static func read(_ path: String) throws -> Tensor<Double> {
    if path.hasSuffix(".npy") { return try NPY.readPoints(path) }
    if path.hasSuffix(".csv") { return try CSVPoints.read(TextFile.read(path), path: path) }
    if path == pipe {
      return try points(FileHandle.standardInput.readToEnd(), path: "standard input")
    }
    if path.hasPrefix("/dev/"), let handle = FileHandle(forReadingAtPath: path) {
      return try points(handle.readToEnd(), path: path)
    }
    throw PointsFileError(
      path: path,
      problem: "is neither a .npy nor a .csv file by its name; save the points as one of them"
    )
  }

  private static func points(_ data: Data?, path: String) throws -> Tensor<Double> {
    guard let data, !data.isEmpty else { throw FileError.empty(path: path) }
    if data.first == 0x93 { return try NPY.readPoints(bytes: Array(data), name: path) }
    guard let text = String(data: data, encoding: .utf8) else {
      throw PointsFileError(path: path, problem: "is neither a .npy file nor text in UTF-8")
    }
    return try CSVPoints.read(text, path: path)
  }

  /// Writes points in the format the name asks for, or else in the given one.
  static func write(_ points: Tensor<Double>, to path: String, format: Format? = nil) throws {
    let format = try Self.format(of: path, else: format)
    if path == pipe {
      switch format {
      case .npy: try StandardOutput.write(NPY.bytes(of: points))
      case .csv: try StandardOutput.write(CSV.text(matrix(points)))
      }
      return
    }
    switch format {
    case .npy: try NPY.write(points, to: path)
    case .csv: try CSV.write(matrix(points), to: path)
    }
  }

  /// Refuses places that cannot be written, before a long computation.
  ///
  /// - Parameters:
  ///   - options: each with where its points are to go.
  ///   - format: the format of those whose names say none.
  /// - Throws: `ValidationError` where two are one place by whatever name, ``PointsFileError`` or `FileError`,
  ///   which name the place.
  static func checkPlaces(
    _ options: KeyValuePairs<String, String?>,
    format: Format? = nil
  ) throws {
    var taken: [String: String] = [:]
    for (option, place) in options {
      guard let path = place else { continue }
      if let other = taken.updateValue(option, forKey: FileSystem.place(path)) {
        throw ValidationError(
          "\(other) and \(option) are both \(path); give each a place of its own"
        )
      }
      if let format, let own = named(path), own != format {
        throw ValidationError("--format \(format.rawValue) contradicts the name \(path)")
      }
      _ = try Self.format(of: path, else: format)
      if path != pipe { try AtomicFile.checkWritable(path) }
    }
  }

  /// The format that a name says.
  private static func named(_ path: String) -> Format? {
    path.hasSuffix(".csv") ? .csv : path.hasSuffix(".npy") ? .npy : nil
  }

  /// The format of a name, else the given one, else text for a pipe.
  private static func format(of path: String, else given: Format?) throws -> Format {
    if let format = named(path) ?? given { return format }
    if path == pipe { return .csv }
    throw PointsFileError(path: path, problem: "must end in .npy or .csv, or be - for a pipe")
  }

  /// A table of any array: the last axis along a row.
  private static func matrix(_ array: Tensor<Double>) -> Tensor<Double> {
    let columns = array.rank >= 2 ? array.shape[array.rank - 1] : 1
    return array.reshaped([array.count / max(1, columns), columns])
  }
}

/// Bytes to standard output.
enum StandardOutput {
  static func write(_ text: String) throws { try write(Array(text.utf8)) }

  static func write(_ bytes: [UInt8]) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(bytes))
    } catch {
      throw PointsFileError(
        path: "standard output",
        problem: "cannot be written; is the disk full or the reader gone?"
      )
    }
  }
}

/// What is wrong with a file of points.
struct PointsFileError: Error, CustomStringConvertible {
  let path: String
  let problem: String

  var description: String {
    let shown = path.map { $0.isNewline || ($0.asciiValue ?? 32) < 32 ? " " : $0 }
    return "\(String(shown.prefix(300))): \(problem)"
  }
}
