import Tensors

/// What the command line says.
struct Options {
  /// The number of training steps: 7,000 in the notebook, 1,200 for a first look.
  var steps = 1_200
  var seed: UInt64 = 1
  var output = "Output"
  /// One preconditioned network of b instead of the notebook's two plain ones.
  var isPreconditioned = false
  /// In the training and in the samplers; log-densities are computed in full.
  var products = ProductPrecision.full

  /// The learning rate falls after every 1,500 of 7,000 steps, or the same share of fewer.
  var decayPeriod: Int { max(1, steps * 1_500 / 7_000) }

  init(_ arguments: some Sequence<String>) throws {
    var iterator = arguments.makeIterator()
    while let argument = iterator.next() {
      switch argument {
      case "--full": steps = 7_000
      case "--preconditioned": isPreconditioned = true
      case "--bfloat16": products = .bfloat16
      case "--steps": steps = try Self.number(after: argument, iterator.next())
      case "--seed": seed = UInt64(try Self.number(after: argument, iterator.next()))
      case "--output":
        guard let path = iterator.next() else { throw OptionError(text: "--output needs a folder") }
        output = path
      default:
        throw OptionError(
          text:
            "unknown argument '\(argument)'; there are --full, --preconditioned, --bfloat16, "
            + "--steps, --seed and --output"
        )
      }
    }
  }

  private static func number(after option: String, _ text: String?) throws -> Int {
    guard let text, let number = Int(text), number >= 1 else {
      throw OptionError(text: "\(option) needs a whole number of at least 1")
    }
    return number
  }
}

struct OptionError: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}
