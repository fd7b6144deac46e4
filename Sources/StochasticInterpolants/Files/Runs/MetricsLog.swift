internal import Foundation

/// The steps of a training as a table and as JSON lines, one a step, appended while it runs.
struct MetricsLog {
  static let tableName = "metrics.csv"
  static let linesName = "metrics.jsonl"

  let directory: String
  let kinds: [String]

  private var tablePath: String { directory + "/" + Self.tableName }
  private var linesPath: String { directory + "/" + Self.linesName }

  init(directory: String, configuration: RunConfiguration) {
    self.directory = directory
    kinds = configuration.fields.map(\.kind.rawValue)
  }

  private var header: String {
    func column(_ prefix: String) -> [String] { kinds.map { prefix + $0 } }
    return CSV.line(
      ["step"] + column("loss_") + column("gradient_norm_") + column("held_out_")
        + ["learning_rate", "rows_per_second"]
    )
  }

  func append(_ steps: [TrainingStep]) throws(FileError) {
    try AppendedFile.append(steps.map(row).joined(), to: tablePath)
    try AppendedFile.append(steps.map(line).joined(), to: linesPath)
  }

  /// Forgets what is later than a step: what a training that was stopped had written after its last
  /// checkpoint, an unfinished line among it.
  func cut(after step: Int) throws(FileError) {
    let fields = header.split(separator: ",", omittingEmptySubsequences: false).count
    try cut(tablePath, header: header) { line in
      // Also the start of a row that was not written to its end begins with a number.
      line.split(separator: ",", omittingEmptySubsequences: false).count == fields
        && line.split(separator: ",").first.flatMap { Int($0) }.map { $0 <= step } ?? false
    }
    try cut(linesPath, header: "") { line in
      guard line.hasPrefix("{\"step\":") else { return false }
      let digits = line.dropFirst(8).prefix { $0.isNumber }
      return line.hasSuffix("}") && Int(digits).map { $0 <= step } ?? false
    }
  }

  private func cut(
    _ path: String,
    header: String,
    _ isKept: (Substring) -> Bool
  ) throws(FileError) {
    var text = ""
    if try FileStatus.of(path, action: .read) != nil {
      do {
        text = try TextFile.read(path)
      } catch .empty {
        text = ""
      }
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true).filter(isKept)
    let result = header + lines.map { $0 + "\n" }.joined()
    if result != text || text.isEmpty { try AtomicFile.write(result, to: path) }
  }

  private func row(_ step: TrainingStep) -> String {
    let held = step.heldOutLosses.map(texts) ?? kinds.map { _ in "" }
    let own = ["\(step.step)"] + texts(step.losses) + texts(step.gradientNorms) + held
    return CSV.line(own + texts([step.learningRate, step.rowsPerSecond]))
  }

  private func line(_ step: TrainingStep) -> String {
    func object(_ values: [Double]) -> String {
      let members = zip(kinds, values).map { "\"\($0)\":\(json($1))" }
      return "{" + members.joined(separator: ",") + "}"
    }
    let held = step.heldOutLosses.map { ",\"held_out\":" + object($0) } ?? ""
    return "{\"step\":\(step.step),\"loss\":\(object(step.losses)),\"gradient_norm\":"
      + "\(object(step.gradientNorms))\(held),\"learning_rate\":\(json(step.learningRate)),"
      + "\"rows_per_second\":\(json(step.rowsPerSecond))}\n"
  }

  /// JSON has no infinities.
  private func json(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

  private func texts(_ numbers: [Double]) -> [String] { numbers.map { "\($0)" } }
}
