import ArgumentParser
import StochasticInterpolants

/// Checks of option values; each error names the option, the value and what would be right.
enum Check {
  static func positive(_ value: Int, _ option: String) throws {
    if value < 1 { throw ValidationError("\(option) must be at least 1, got \(value)") }
  }

  /// A number of points to draw, which must fit into memory: the least that one takes is a number.
  static func count(_ value: Int, _ option: String = "--count") throws {
    try positive(value, option)
    let most = FileSystem.physicalMemory / MemoryLayout<Double>.stride
    if value > most {
      throw ValidationError(
        "\(option) must be at most \(most), which fill the memory, got \(value)"
      )
    }
  }

  /// A number of repetitions, such as a sampler's steps, of which a list is kept, or an estimate's paths: more than
  /// ten million are a slip of the hand.
  static func repeats(_ value: Int, _ option: String) throws {
    try positive(value, option)
    let most = 10_000_000
    if value > most { throw ValidationError("\(option) must be at most \(most), got \(value)") }
  }

  /// The number of steps of a training.
  static func steps(_ value: Int) throws {
    try positive(value, "--steps")
    if value >= 1 << 32 { throw ValidationError("--steps must be below 2^32, got \(value)") }
  }

  static func positive(_ value: Double, _ option: String) throws {
    if !(value > 0 && value.isFinite) {
      throw ValidationError("\(option) must be positive, got \(value)")
    }
  }

  /// Refuses the first of some options that was given where it does nothing.
  ///
  /// - Parameters:
  ///   - options: each with whether it was given.
  ///   - reason: what follows the option's name.
  /// - Throws: `ValidationError`.
  static func unused(_ options: KeyValuePairs<String, Bool>, _ reason: String) throws {
    if let option = options.first(where: \.value) {
      throw ValidationError("\(option.key) \(reason)")
    }
  }

  /// A width of a hidden layer.
  static func width(_ text: String) throws -> Int {
    guard let width = Int(text) else {
      throw ValidationError("give whole numbers with spaces between them, such as --hidden 64 64")
    }
    return width
  }

  static func share(_ value: Double, _ option: String) throws {
    if !(value > 0 && value < 1) {
      throw ValidationError("\(option) must lie between 0 and 1, got \(value)")
    }
  }

  static func named<Choice: CaseIterable & RawRepresentable>(
    _ text: String,
    _ option: String
  ) throws -> Choice where Choice.RawValue == String {
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("\(option) must be one of \(names), got '\(text.prefix(60))'")
  }

  /// An interval of times such as `0.001:0.999`.
  static func times(_ text: String, _ option: String) throws -> ClosedRange<Double> {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard parts.count == 2, let first = parts[0], let last = parts[1], first >= 0, first < last,
      last <= 1
    else {
      throw ValidationError(
        "\(option) must be two times such as 0.001:0.999, got '\(text.prefix(60))'"
      )
    }
    return first...last
  }

  /// Times such as `0,0.25,1`.
  static func timeList(_ text: String, _ option: String) throws -> [Double] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let time = Double(part), time >= 0, time <= 1 else {
        throw ValidationError(
          "\(option) must be times in [0, 1] such as 0,0.5,1, got '\(part.prefix(60))'"
        )
      }
      return time
    }
  }
}
