/// What the command line says.
struct Options {
  /// What there is to run.
  enum Part: String, CaseIterable {
    /// Weak errors of every method with exact fields.
    case grid
    /// Strong errors along common Brownian paths.
    case paths
    /// KL with a million samples.
    case million
    /// A trained checkerboard.
    case checkerboard
  }

  var isFull = false
  private var part: Part?
  /// The parts asked for, or all that there are: KL with a million samples in the whole run alone.
  var parts: [Part] {
    part.map { [$0] } ?? Part.allCases.filter { isFull || $0 != .million }
  }
  var output = "Output/accuracy"
  var seed: UInt64 = 1

  init(_ arguments: some Sequence<String>) throws {
    var iterator = arguments.makeIterator()
    while let argument = iterator.next() {
      switch argument {
      case "--full": isFull = true
      case "--part":
        let names = Part.allCases.map(\.rawValue).joined(separator: ", ")
        guard let text = iterator.next(), let part = Part(rawValue: text) else {
          throw OptionError(text: "--part needs one of \(names)")
        }
        self.part = part
      case "--output":
        guard let path = iterator.next() else { throw OptionError(text: "--output needs a folder") }
        output = path
      case "--seed":
        guard let seed = iterator.next().flatMap(UInt64.init) else {
          throw OptionError(text: "--seed needs a number, 0 or more")
        }
        self.seed = seed
      default:
        throw OptionError(
          text: "unknown argument '\(argument)'; there are --full, --part, --seed and --output"
        )
      }
    }
  }
}

struct OptionError: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}
