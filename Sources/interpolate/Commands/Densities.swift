import ArgumentParser
import StochasticInterpolants
import Tensors

/// Lists, describes and draws the densities that have a name.
struct Densities: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, describe or draw the two-dimensional densities that have a name.",
    discussion: """
      EXAMPLES
        interpolate densities
        interpolate densities describe checkerboard
        interpolate densities draw moons --count 1000 --seed 1 --output moons.npy
      """,
    subcommands: [List.self, Describe.self, Draw.self],
    defaultSubcommand: List.self
  )

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the names.")

    func run() throws {
      let rows = NamedDensity.allCases.map { density in
        let padding = String(repeating: " ", count: 18 - density.rawValue.count)
        return density.rawValue + padding + density.summary + "\n"
      }
      try StandardOutput.write(rows.joined())
    }
  }

  struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print mean, covariance and entropy of a density."
    )

    @Argument(help: "The name.")
    var name: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      let name = try NamedDensity(name: self.name)
      let density = name.density
      let dimension = density.dimension
      let mean = density.mean.elements
      let covariance = (0..<dimension).map { row in
        (0..<dimension).map { density.covariance[row, $0] }
      }
      if json {
        var members: [(String, JSONText.Value)] = [
          ("name", .text(name.rawValue)), ("summary", .text(name.summary)),
          ("dimension", .integer(dimension)), ("mean", .list(mean.map { .number($0) })),
          ("covariance", .list(covariance.map { .list($0.map { .number($0) }) })),
        ]
        if let entropy = density.entropy { members.append(("entropy", .number(entropy))) }
        return try StandardOutput.write(JSONText.object(members) + "\n")
      }
      func line(_ numbers: [Double]) -> String { numbers.map { "\($0)" }.joined(separator: "  ") }
      var text = "\(name.rawValue): \(name.summary)\n"
      text += "dimension   \(dimension)\n"
      text += "mean        \(line(mean))\n"
      text += covariance.enumerated().map { index, row in
        (index == 0 ? "covariance  " : "            ") + line(row) + "\n"
      }.joined()
      text += density.entropy.map { "entropy     \($0) nats\n" } ?? "entropy     not known\n"
      try StandardOutput.write(text)
    }
  }

  struct Draw: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Draw points from a density.")

    @Argument(help: "The name.")
    var name: String

    @Option(help: "The number of points.")
    var count: Int = 10_000

    @Option(help: "The key of the random numbers; equal keys give equal points.")
    var seed: UInt64 = 0

    @Option(help: "Where the points go: a .npy or .csv file, or -.")
    var output: String

    @Option(help: "npy or csv, where the name does not say it.")
    var format: String?

    @OptionGroup var file: ConfigurationOption

    func validate() throws {
      try Check.count(count)
      if let format { let _: PointsFile.Format = try Check.named(format, "--format") }
    }

    func run() throws {
      let format: PointsFile.Format? = try format.map { try Check.named($0, "--format") }
      let density = try NamedDensity(name: name).density
      try PointsFile.checkPlaces(["--output": output], format: format)
      try PointsFile.write(density.sample(count: count, seed: seed), to: output, format: format)
    }
  }
}
