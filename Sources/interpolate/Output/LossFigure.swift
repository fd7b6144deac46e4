import Figures
import Foundation
import StochasticInterpolants
import SwiftCSV

/// The losses of a run over its steps.
enum LossFigure {
  static func isRun(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      && isDirectory.boolValue
  }

  static func figure(of path: String) throws -> Figure {
    let run = try RunDirectory(path)
    let file = path + "/metrics.csv"
    let text = try TextFile.read(file)
    let table: EnumeratedCSV
    do {
      table = try EnumeratedCSV(string: text, loadColumns: false)
    } catch {
      throw PointsFileError(path: file, problem: "is not comma-separated text (\(error))")
    }
    guard !table.rows.isEmpty else {
      throw PointsFileError(path: file, problem: "holds no steps yet; train the run first")
    }
    func column(_ name: String) -> (x: [Double], y: [Double])? {
      guard let index = table.header.firstIndex(of: name) else { return nil }
      let pairs = table.rows.compactMap { row -> (Double, Double)? in
        guard row.count > index, let step = Double(row[0]), let value = Double(row[index]),
          value.isFinite
        else { return nil }
        return (step, value)
      }
      return pairs.isEmpty ? nil : (pairs.map(\.0), pairs.map(\.1))
    }
    let panels = run.configuration.fields.map { field -> Panel in
      let kind = field.kind.rawValue
      var layers: [Panel.Layer] = []
      if let loss = column("loss_\(kind)") {
        let means = smoothed(loss.x, loss.y)
        layers.append(
          .curves(Curves(x: means.x, y: means.y, color: Palette.blue, label: "training"))
        )
      }
      if let held = column("held_out_\(kind)") {
        layers.append(
          .curves(Curves(x: held.x, y: held.y, color: Palette.vermilion, label: "held out"))
        )
        // They are few, in a short run one.
        layers.append(
          .scatter(
            Scatter(Points(x: held.x, y: held.y), color: Palette.vermilion, radius: 2, opacity: 1)
          )
        )
      }
      return Panel(
        kind,
        x: Axis("step"),
        y: Axis("E[½|f|² − target · f]"),
        showsGrid: true,
        layers: layers
      )
    }
    return Figure(panels, columns: 2)
  }

  /// Means over windows of steps: a single step's loss is noisy.
  private static func smoothed(_ x: [Double], _ y: [Double]) -> (x: [Double], y: [Double]) {
    let window = max(1, y.count / 200)
    let starts = stride(from: 0, to: y.count, by: window)
    func means(_ values: [Double]) -> [Double] {
      starts.map { start in
        let own = values[start..<min(values.count, start + window)]
        return own.reduce(0, +) / Double(own.count)
      }
    }
    return (means(x), means(y))
  }
}
