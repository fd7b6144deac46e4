import ArgumentParser
import StochasticInterpolants
import Tensors

/// Compares points with other points or with a density.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how far points are from other points, or from a density.",
    discussion: """
      Every measure stands beside its floor: what as many points of the right law have on average. For a \
      file, these are rows drawn from it with replacement. Exact W2, of equally many points, and the energy \
      distance take at most 2,000, which --seed chooses where there are more.

      EXAMPLES
        interpolate evaluate samples.npy points.npy
        interpolate evaluate samples.npy checkerboard --json
      """
  )

  @Argument(help: "The points in question: a .npy or .csv file, or -.")
  var samples: String

  @Argument(help: "The right ones: a .npy or .csv file, -, or the name of a density.")
  var reference: String

  @Option(help: "The key of all draws: from a density, of 2,000 points, for the floors.")
  var seed: UInt64 = 1_000_000

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var file: ConfigurationOption

  /// The number of points in the measures whose cost grows as its square or cube.
  private static let fewCount = 2_000

  func validate() throws {
    if samples == PointsFile.pipe && reference == PointsFile.pipe {
      throw ValidationError("the two sets of points cannot both be standard input")
    }
  }

  func run() throws {
    let points = try PointsFile.read(samples)
    guard points.shape[0] >= 4 else {
      throw PointsFileError(
        path: samples,
        problem: "holds \(points.shape[0]) points; at least 4 are needed"
      )
    }
    if let name = NamedDensity(rawValue: reference) {
      let density = name.density
      try checkDimensions(points, density.dimension)
      let truth = density.sample(count: points.shape[0], seed: seed)
      try report(points, truth, law: density, named: name)
    } else {
      let truth = try Self.points(of: reference)
      guard truth.shape[0] >= 4 else {
        throw PointsFileError(
          path: reference,
          problem: "holds \(truth.shape[0]) points; at least 4 are needed"
        )
      }
      try checkDimensions(points, truth.shape[1])
      try report(points, truth, law: EmpiricalDensity(points: truth), named: nil)
    }
  }

  private static func points(of text: String) throws -> Tensor<Double> {
    guard case .points(let points, _) = try Source.read(text) else {
      return try PointsFile.read(text)
    }
    return points
  }

  private func checkDimensions(_ points: Tensor<Double>, _ dimension: Int) throws {
    guard points.shape[1] == dimension else {
      throw PointsFileError(
        path: samples,
        problem: "has points of \(points.shape[1]) components, \(reference) has \(dimension)"
      )
    }
  }

  private func report(
    _ points: Tensor<Double>,
    _ truth: Tensor<Double>,
    law: some Density,
    named name: NamedDensity?
  ) throws {
    // Rows of a file may be in an order, by class or by time.
    func few(_ points: Tensor<Double>, _ most: Int) -> Tensor<Double> {
      let count = points.shape[0]
      if count <= most { return points }
      return points.gatheringRows(Array(Philox.permutation(count: count, seed: seed).prefix(most)))
    }
    func measured(
      _ measure: some PointSetMeasure,
      _ first: Tensor<Double>,
      _ second: Tensor<Double>
    ) -> MeasuredDistance {
      MeasuredDistance(
        value: measure.estimate(first, second),
        floor: measure.floor(
          of: law,
          count: first.shape[0],
          against: second.shape[0],
          repeats: 3,
          seed: seed &+ 1
        )
      )
    }
    // The exact assignment is of equally many points.
    let equal = min(points.shape[0], truth.shape[0], Self.fewCount)
    var measures: [(name: String, key: String, distance: MeasuredDistance)] = [
      ("sliced W2", "slicedW2", measured(SlicedWasserstein(), points, truth)),
      (
        "W2 of \(equal)", "w2",
        measured(ExactWasserstein(order: 2), few(points, equal), few(truth, equal))
      ),
      (
        "energy distance", "energyDistance",
        measured(EnergyDistance(), few(points, Self.fewCount), few(truth, Self.fewCount))
      ),
    ]
    if let supported = name?.density as? any SupportedDensity {
      let share = SupportMeasures.shareOutside(points, of: supported)
      let none = Estimate(value: 0, standardError: 0, count: points.shape[0])
      measures.append(
        ("share outside the support", "outside", MeasuredDistance(value: share, floor: none))
      )
    }
    let moments = Moments(of: points).distance(to: Moments(of: truth))
    if json {
      try printJSON(points, truth, measures, moments)
    } else {
      try printTable(points, truth, measures, moments)
    }
  }

  private func printTable(
    _ points: Tensor<Double>,
    _ truth: Tensor<Double>,
    _ measures: [(name: String, key: String, distance: MeasuredDistance)],
    _ moments: MomentDistance
  ) throws {
    var table = Table(rows: [["", "value", "floor"]])
    func shown(_ value: Double) -> String { rounded(value, digits: 4) }
    for measure in measures {
      table.rows.append([
        measure.name, shown(measure.distance.value.value), shown(measure.distance.floor.value),
      ])
    }
    table.rows.append(["means apart", shown(moments.mean), shown(moments.meanStandardError)])
    table.rows.append([
      "covariances apart", shown(moments.covariance), shown(moments.covarianceStandardError),
    ])
    try StandardOutput.write(
      "\(points.shape[0]) points against \(truth.shape[0]) of \(reference)\n" + table.text
    )
  }

  private func printJSON(
    _ points: Tensor<Double>,
    _ truth: Tensor<Double>,
    _ measures: [(name: String, key: String, distance: MeasuredDistance)],
    _ moments: MomentDistance
  ) throws {
    func pair(_ value: Double, _ floor: Double) -> JSONText.Value {
      .object([("value", .number(value)), ("floor", .number(floor))])
    }
    let members: [(String, JSONText.Value)] =
      [
        ("points", .integer(points.shape[0])), ("reference", .text(reference)),
        ("referencePoints", .integer(truth.shape[0])),
      ]
      + measures.map { ($0.key, pair($0.distance.value.value, $0.distance.floor.value)) }
      + [
        ("meansApart", pair(moments.mean, moments.meanStandardError)),
        ("covariancesApart", pair(moments.covariance, moments.covarianceStandardError)),
      ]
    try StandardOutput.write(JSONText.object(members) + "\n")
  }
}

/// A number with so many significant digits.
func rounded(_ value: Double, digits: Int) -> String {
  // The sign of a NaN has no meaning.
  guard value.isFinite, value != 0 else { return value.isNaN ? "nan" : "\(value)" }
  var exponent = 0
  var size = value.magnitude
  while size >= 10 {
    size /= 10
    exponent += 1
  }
  while size < 1 {
    size *= 10
    exponent -= 1
  }
  let places = max(0, digits - 1 - exponent)
  if places > 12 || exponent > 12 { return "\(value)" }
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let scaled = (value.magnitude * scale).rounded()
  let sign = value < 0 ? "-" : ""
  if places == 0 { return sign + "\(Int(scaled))" }
  let whole = Int(scaled / scale)
  let part = "\(Int(scaled - Double(whole) * scale))"
  return "\(sign)\(whole)." + String(repeating: "0", count: places - part.count) + part
}
