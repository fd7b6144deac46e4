import ArgumentParser
import StochasticInterpolants

/// Lists the densities that have a name.
struct Densities: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the two-dimensional densities that have a name."
  )

  func run() {
    for density in NamedDensity.allCases {
      let padding = String(repeating: " ", count: 18 - density.rawValue.count)
      print(density.rawValue + padding + density.summary)
    }
  }
}
