import ArgumentParser
import Foundation
import StochasticInterpolants
import Tensors

/// Computes the exact fields between Gaussian mixtures.
struct Exact: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute the exact fields between Gaussian mixtures.",
    discussion: """
      The input is JSON: {"cases": [{"base": M, "target": M, "evaluations": [E, …]}, …]} with a mixture M \
      of "weights", "means" and "covariances", and E of "schedule" (linear, trigonometric, \
      encodingDecoding), "gamma" (zero, brownian, quadratic, sineSquared), "gammaScale" (the a of \
      √(a t(1−t)), for brownian), "t" and "x". The output is the same with, in every E, logDensity, \
      velocity b, conditionalVelocity v, score s, denoiser η_z, denoiser0 η₀, denoiser1 η₁ and \
      divergence ∇·b.

      EXAMPLES
        interpolate exact --input case.json --output values.json
        interpolate exact --input - --output - < case.json | jq .
      """
  )

  @Option(help: "The JSON file of mixtures and evaluations, or -.")
  var input: String

  @Option(help: "The JSON file to write, or -.")
  var output: String

  func run() throws {
    if output != PointsFile.pipe { try AtomicFile.checkWritable(output) }
    let input = self.input == PointsFile.pipe ? "/dev/stdin" : self.input
    let data = Data(try TextFile.read(input).utf8)
    let json: Any
    do {
      json = try JSONSerialization.jsonObject(with: data)
    } catch {
      let reason = (error as NSError).userInfo["NSDebugDescription"] ?? error.localizedDescription
      throw ExactError(text: "\(input) is not JSON; is it truncated? \(shown(reason, most: 200))")
    }
    guard var root = json as? [String: Any] else {
      throw ExactError(text: "\(input) is no JSON object")
    }
    guard let cases = root["cases"] as? [[String: Any]] else {
      throw ExactError(text: "\(input) has no list 'cases' of objects")
    }
    var count = 0
    root["cases"] = try cases.enumerated().map { index, own in
      let result = try ExactCase(own, place: "\(input): case \(index)").computed(own)
      count += (own["evaluations"] as? [Any])?.count ?? 0
      return result
    }
    let result = try JSONSerialization.data(
      withJSONObject: root,
      options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    )
    let text = String(decoding: result, as: UTF8.self) + "\n"
    if output == PointsFile.pipe { return try StandardOutput.write(text) }
    try AtomicFile.write(text, to: output)
    say("\(count) evaluations in \(output)")
  }
}

/// Two mixtures of the input.
private struct ExactCase {
  let base: GaussianMixture
  let target: GaussianMixture
  let place: String

  init(_ object: [String: Any], place: String) throws {
    self.place = place
    base = try Self.mixture(object["base"], "\(place), base")
    target = try Self.mixture(object["target"], "\(place), target")
    guard base.dimension == target.dimension else {
      throw ExactError(
        text: "\(place): the base has \(base.dimension) dimensions, the target \(target.dimension)"
      )
    }
  }

  /// The case with its evaluations' values, in their order.
  func computed(_ object: [String: Any]) throws -> [String: Any] {
    guard let evaluations = object["evaluations"] as? [[String: Any]] else {
      throw ExactError(text: "\(place): there is no list 'evaluations' of objects")
    }
    var result = object
    result["evaluations"] = try evaluations.enumerated().map { index, own in
      try values(own, "\(place), evaluation \(index)")
    }
    return result
  }

  private func values(_ object: [String: Any], _ place: String) throws -> [String: Any] {
    guard let time = number(object["t"]), time >= 0, time <= 1 else {
      throw ExactError(text: "\(place): 't' must be a number in [0, 1], \(found(object["t"]))")
    }
    guard let x = numbers(object["x"]), x.count == base.dimension else {
      throw ExactError(
        text: "\(place): 'x' must be a list of \(base.dimension) numbers, \(found(object["x"]))"
      )
    }
    guard let schedule = (object["schedule"] as? String).flatMap(ScheduleName.init) else {
      throw ExactError(
        text: "\(place): 'schedule' must be linear, trigonometric or encodingDecoding, "
          + found(object["schedule"])
      )
    }
    guard let gamma = (object["gamma"] as? String).flatMap(GammaName.init) else {
      throw ExactError(
        text: "\(place): 'gamma' must be zero, brownian, quadratic or sineSquared, "
          + found(object["gamma"])
      )
    }
    guard let scale = number(object["gammaScale", default: 1.0]),
      scale > 0 || gamma != .brownian,
      scale.isFinite
    else {
      throw ExactError(
        text: "\(place): 'gammaScale' must be a positive number, \(found(object["gammaScale"]))"
      )
    }
    let interpolant = schedule.interpolant(gamma, scale: scale)
    let values: FieldValues
    do {
      values = try MixtureFields(interpolant, base: base, target: target).values(
        at: time,
        Tensor(x, shape: [1, x.count])
      )
    } catch {
      throw ExactError(text: "\(place), x = \(shown(x)): \(error)")
    }
    guard values.logDensity.scalar.isFinite else {
      throw ExactError(
        text:
          "\(place), x = \(shown(x)): the log density is \(values.logDensity.scalar), which JSON "
          + "cannot hold; take a point with a finite square"
      )
    }
    var result = object
    result["logDensity"] = values.logDensity.scalar
    result["velocity"] = values.velocity.elements
    result["conditionalVelocity"] = values.conditionalVelocity.elements
    result["score"] = values.score.elements
    result["denoiser"] = values.denoiser.elements
    result["denoiser0"] = values.baseDenoiser.elements
    result["denoiser1"] = values.targetDenoiser.elements
    result["divergence"] = values.divergence.scalar
    return result
  }

  private static func mixture(_ value: Any?, _ place: String) throws -> GaussianMixture {
    guard let object = value as? [String: Any], let weights = numbers(object["weights"]),
      let means = list(object["means"], of: numbers),
      let covariances = list(object["covariances"], of: { list($0, of: numbers) })
    else {
      throw ExactError(
        text: "\(place): a mixture has 'weights', 'means' and 'covariances', lists of numbers"
      )
    }
    let (modes, dimension) = (weights.count, means.first?.count ?? 0)
    guard modes > 0, dimension > 0, means.count == modes, covariances.count == modes,
      means.allSatisfy({ $0.count == dimension }),
      covariances.allSatisfy({ $0.count == dimension && $0.allSatisfy { $0.count == dimension } })
    else {
      throw ExactError(
        text: "\(place): \(modes) weights need \(modes) means of equal length d and \(modes) "
          + "covariances of d × d"
      )
    }
    do {
      return try GaussianMixture(
        weights: weights,
        means: Tensor(means.flatMap { $0 }, shape: [modes, dimension]),
        covariances: Tensor(
          covariances.flatMap { $0.flatMap { $0 } },
          shape: [modes, dimension, dimension]
        )
      )
    } catch {
      throw ExactError(text: "\(place): \(error)")
    }
  }
}

private enum GammaName: String { case zero, brownian, quadratic, sineSquared }

private enum ScheduleName: String {
  case linear, trigonometric, encodingDecoding

  func interpolant(_ gamma: GammaName, scale: Double) -> AnyInterpolant {
    switch self {
    case .linear: Self.joined(LinearSchedule(), gamma, scale)
    case .trigonometric: Self.joined(TrigonometricSchedule(), gamma, scale)
    case .encodingDecoding: Self.joined(EncodingDecodingSchedule(), gamma, scale)
    }
  }

  private static func joined(
    _ schedule: some Schedule,
    _ gamma: GammaName,
    _ scale: Double
  ) -> AnyInterpolant {
    func with(_ latent: some LatentSchedule) -> AnyInterpolant {
      AnyInterpolant(TwoSidedInterpolant(schedule: schedule, gamma: latent))
    }
    return switch gamma {
    case .zero: with(ZeroLatent())
    case .brownian: with(BrownianLatent(scale: scale))
    case .quadratic: with(QuadraticLatent())
    case .sineSquared: with(SineSquaredLatent())
    }
  }
}

/// A number; true and false, which Foundation takes for 1 and 0, are none.
private func number(_ value: Any?) -> Double? { flag(value) == nil ? value as? Double : nil }

/// true or false, which Foundation holds as a number of one byte.
private func flag(_ value: Any?) -> Bool? {
  guard let number = value as? NSNumber, String(cString: number.objCType) == "c" else { return nil }
  return number.boolValue
}

/// A list without elements that are something else.
private func list<Element>(_ value: Any?, of element: (Any?) -> Element?) -> [Element]? {
  guard let values = value as? [Any] else { return nil }
  let elements = values.compactMap(element)
  return elements.count == values.count ? elements : nil
}

private func numbers(_ value: Any?) -> [Double]? { list(value, of: number) }

/// The end of a sentence that says what a value is.
private func found(_ value: Any?) -> String {
  value.map { "got \(shown($0))" } ?? "but is missing"
}

/// A value from outside: without line ends or other control characters, and not all of a long one.
private func shown(_ value: Any, most: Int = 60) -> String {
  let text = flag(value).map { "\($0)" } ?? (value is String ? "'\(value)'" : "\(value)")
  let shown = text.map { $0.isNewline || $0.asciiValue ?? 32 < 32 ? " " : $0 }
  return String(shown.prefix(most)) + (shown.count > most ? "…" : "")
}

/// What is wrong with the input, in one line.
private struct ExactError: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}
