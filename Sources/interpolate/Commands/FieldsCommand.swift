import ArgumentParser
import StochasticInterpolants
import Tensors

/// Evaluates the fields of a trained bridge.
struct FieldsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fields",
    abstract: "Evaluate a field of a trained bridge at points and a time.",
    discussion: """
      Points and values are those of the run's networks, in standardised coordinates y = A⁻¹(x − m): \
      what a program in another language must reproduce. m is the mean that `interpolate inspect` shows; A has its \
      scales on the diagonal, with whitening times the root of the correlation in the run's configuration.json.

      EXAMPLES
        interpolate fields run/ --field velocity --time 0.3 --points points.npy --output b.npy
      """
  )

  enum Field: String, CaseIterable {
    case velocity, score, denoiser, divergence
    case conditionalVelocity = "conditional-velocity"
    case baseDenoiser = "base-denoiser"
    case targetDenoiser = "target-denoiser"

    var quantity: Quantities {
      switch self {
      case .velocity: .velocity
      case .score: .score
      case .denoiser: .denoiser
      case .divergence: .divergence
      case .conditionalVelocity: .conditionalVelocity
      case .baseDenoiser: .baseDenoiser
      case .targetDenoiser: .targetDenoiser
      }
    }
  }

  @Argument(help: "The run directory that `interpolate train` wrote.")
  var directory: String

  @Option(
    help: """
      velocity b, score s, denoiser η_z, divergence ∇·b, conditional-velocity v, base-denoiser η₀ or \
      target-denoiser η₁.
      """
  )
  var field: String = "velocity"

  @Option(help: "t, in [0, 1].")
  var time: Double

  @Option(help: "The points, in standardised coordinates: a .npy or .csv file, or -.")
  var points: String

  @Option(help: "Where the values go: a .npy or .csv file, or -.")
  var output: String

  @OptionGroup var file: ConfigurationOption

  func validate() throws {
    if !(time >= 0 && time <= 1) {
      throw ValidationError("--time must lie in [0, 1], got \(time)")
    }
    let _: Field = try Check.named(field, "--field")
  }

  func run() throws {
    try PointsFile.checkPlaces(["--output": output])
    let field: Field = try Check.named(self.field, "--field")
    let run = try RunDirectory(directory)
    let fields = try run.bridge().fields
    guard fields.available.contains(field.quantity) else {
      throw ValidationError(
        "--field \(field.rawValue) does not follow from what the run has learned, "
          + "\(run.configuration.fields.map(\.kind.rawValue).joined(separator: " and "))"
      )
    }
    let points = try PointsFile.read(self.points)
    guard points.shape[1] == run.configuration.dimension else {
      throw PointsFileError(
        path: self.points,
        problem: "has points of \(points.shape[1]) components, the run has "
          + "\(run.configuration.dimension)"
      )
    }
    let values = try fields.values(at: time, points, wanted: field.quantity)
    try PointsFile.write(values[field.quantity], to: output)
    say("\(field.rawValue) at \(points.shape[0]) points in \(output)")
  }
}
