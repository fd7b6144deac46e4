import ArgumentParser
import Foundation
import Gradients
import StochasticInterpolants
import Tensors

/// Says what is in a run directory or a file.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is in a run directory, a .npy, .csv or safetensors file.",
    discussion: """
      EXAMPLES
        interpolate inspect run/
        interpolate inspect points.npy --json
        interpolate inspect run/weights.safetensors
      """
  )

  @Argument(help: "A run directory, a file, or - for points on standard input.")
  var path: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let content = try content()
    if json {
      try StandardOutput.write(JSONText.object(content.members) + "\n")
    } else {
      try StandardOutput.write(Table(rows: content.rows).leftText)
    }
  }

  /// The same facts as lines and as JSON.
  private struct Content {
    var rows: [[String]] = []
    var members: [(String, JSONText.Value)] = []

    mutating func add(_ key: String, _ label: String, _ value: JSONText.Value, _ text: String) {
      members.append((key, value))
      rows.append([label, text])
    }
  }

  private func content() throws -> Content {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
      isDirectory.boolValue
    {
      return try run(at: path)
    }
    if path.hasSuffix(".safetensors") { return try archive(path) }
    if path.hasSuffix(".npy") { return try array(path) }
    return points(try PointsFile.read(path))
  }

  private func run(at path: String) throws -> Content {
    let run = try RunDirectory(path)
    let own = run.configuration
    var content = Content()
    content.add("format", "format", .integer(own.format), "\(own.format)")
    content.add("library", "library", .text(own.library), own.library)
    content.add("dimension", "dimension", .integer(own.dimension), "\(own.dimension)")
    content.add("base", "t = 0", .text("\(own.base)"), "\(own.base)")
    content.add("target", "t = 1", .text("\(own.target)"), "\(own.target)")
    content.add(
      "interpolant",
      "interpolant",
      .text("\(own.interpolant)"),
      "\(own.interpolant)"
    )
    let fields = own.fields.map { field in
      let network = field.network
      return "\(field.kind.rawValue) on [\(field.times[0]), \(field.times[1])]: hidden "
        + "\(network.hidden) \(network.activation.rawValue), \(network.parameterCount) parameters"
        + (field.preconditioning == nil ? "" : ", preconditioned")
    }
    content.members.append(("fields", .list(fields.map { .text($0) })))
    content.rows += fields.map { ["field", $0] }
    let map = own.standardization
    content.add(
      "standardization",
      "standardised",
      .object([
        ("method", .text(map.method.rawValue)), ("mean", .list(map.mean.map { .number($0) })),
        ("scales", .list(map.scales.map { .number($0) })),
      ]),
      map.method == .identity
        ? "no" : "\(map.method.rawValue): mean \(map.mean), scales \(map.scales)"
    )
    let checkpoints = try run.checkpoints()
    let steps = checkpoints.last.map { "\($0.step) of \(own.training.steps)" }
    content.add(
      "steps",
      "steps",
      .integer(own.training.steps),
      steps ?? "\(own.training.steps)"
    )
    content.members.append(
      (
        "checkpoints",
        .list(
          checkpoints.map {
            .object([("step", .integer($0.step)), ("whole", .flag(run.isWhole($0)))])
          }
        )
      )
    )
    content.rows += checkpoints.map {
      ["checkpoint", "step \($0.step)" + (run.isWhole($0) ? "" : ", damaged")]
    }
    return content
  }

  private func archive(_ path: String) throws -> Content {
    let file = try Safetensors.read(path)
    var content = Content()
    content.add(
      "tensors",
      "tensors",
      .integer(file.names.count),
      "\(file.names.count)"
    )
    let isChecked = try file.checkIntegrity()
    content.add(
      "checksum",
      "checksum",
      .flag(isChecked),
      isChecked ? "right" : "none in the file"
    )
    for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) {
      content.rows.append(["metadata", "\(key): \(value)"])
    }
    content.members.append(
      (
        "metadata",
        .object(file.metadata.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
      )
    )
    let shapes = file.names.map { ($0, file[$0]?.shape ?? []) }
    content.members.append(
      ("shapes", .object(shapes.map { ($0, .list($1.map { .integer($0) })) }))
    )
    content.rows += shapes.map { [$0, "\($1)"] }
    return content
  }

  private func array(_ path: String) throws -> Content {
    let header = try NPY.readHeader(path)
    var content = Content()
    content.add("type", "type", .text(header.type), header.type)
    content.add(
      "fortranOrder",
      "order",
      .flag(header.isFortranOrder),
      header.isFortranOrder ? "Fortran" : "C"
    )
    content.add(
      "shape",
      "shape",
      .list(header.shape.map { .integer($0) }),
      "\(header.shape)"
    )
    let count = header.shape.reduce(1, *)
    guard header.shape.count == 1 || header.shape.count == 2, count > 0,
      count < RunSource.mappedFrom / 8
    else { return content }
    do throws(FileError) {
      let own = points(try NPY.readPoints(path))
      content.rows += own.rows
      content.members += own.members
    } catch {
      // As a log-density of −∞ outside a support: numbers that are no points.
      guard case .nonFinite(_, let value, let row, let column) = error else { throw error }
      content.add(
        "nonFinite",
        "first value",
        .text(value),
        "\(value) in row \(row), column \(column)"
      )
    }
    return content
  }

  private func points(_ points: Tensor<Double>) -> Content {
    var content = Content()
    let (count, dimension) = (points.shape[0], points.shape[1])
    content.add("points", "points", .integer(count), "\(count) of \(dimension) components")
    var columns: [JSONText.Value] = []
    for column in 0..<min(dimension, 20) {
      let values = points.slice(column..<column + 1, along: 1).elements
      let mean = values.reduce(0, +) / Double(count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
      let least = values.min() ?? mean
      let largest = values.max() ?? mean
      columns.append(
        .object([
          ("mean", .number(mean)), ("deviation", .number(variance.squareRoot())),
          ("minimum", .number(least)), ("maximum", .number(largest)),
        ])
      )
      let parts = [mean, variance.squareRoot(), least, largest].map { rounded($0, digits: 5) }
      content.rows.append([
        "column \(column)",
        "mean \(parts[0]), deviation \(parts[1]), from \(parts[2]) to \(parts[3])",
      ])
    }
    content.members.append(("columns", .list(columns)))
    return content
  }
}
