import Figures
import Foundation
import StochasticInterpolants
import Tensors

/// The samples of a finished run beside points of its target, where points have two components.
enum RunPicture {
  private static let count = 2_000
  private static let steps = 50

  private static func path(_ run: RunDirectory) -> String { run.path + "/samples.png" }

  /// Whether there is a picture and it was drawn after the weights were stored: a process can be killed between.
  static func isOfWeights(_ run: RunDirectory) -> Bool {
    func date(_ path: String) -> Date? {
      try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
    guard let drawn = date(path(run)), let stored = date(run.path + "/weights.safetensors") else {
      return false
    }
    return drawn >= stored
  }

  static func write(_ run: RunDirectory) throws {
    guard run.configuration.dimension == 2 else { return }
    let bridge = try run.bridge(readsTarget: true)
    guard let target = bridge.target else { return }
    let seed = run.configuration.training.seed
    let sets = [
      ("target", run.configuration.standardization.undo(target.sample(count: count, seed: seed))),
      ("samples", try bridge.sample(count: count, steps: steps, seed: seed).points),
    ]
    let points = sets.map { Points($0.1) }
    // A stray sample would make all others small.
    let box = PlotBox(containing: points, outside: 0.002)
    let panels = zip(sets, points).map { set, points in
      box.panel(
        set.0,
        points,
        names: Plot.names((0, 1)),
        kind: .scatter
      )
    }
    try Figure(panels, columns: 2, size: .plots(width: 190, height: 190))
      .write(to: path(run))
  }
}
