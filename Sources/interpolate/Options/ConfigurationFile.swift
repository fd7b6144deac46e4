import ArgumentParser
import Foundation
import StochasticInterpolants

/// The option by which a command takes its other options from a JSON file.
struct ConfigurationOption: ParsableArguments {
  @Option(
    name: .customLong("configuration"),
    help: "A JSON file with options by name; what is typed overrides what stands there."
  )
  var path: String?
}

/// Turns `--configuration FILE` into the options that stand in the file.
///
/// The parser then treats them as typed ones: one vocabulary, one set of checks.
enum ConfigurationFile {
  static func expanding(_ arguments: [String]) throws -> [String] {
    guard let path = try path(in: arguments) else { return arguments }
    let text = try TextFile.read(path)
    let options: [String: Entry]
    do {
      options = try JSONDecoder().decode([String: Entry].self, from: Data(text.utf8))
    } catch {
      throw ValidationError(
        "\(path): is not a JSON object of options, such as {\"steps\": 5000, \"hidden\": [64, 64]}"
      )
    }
    var result = arguments
    for (name, entry) in options.sorted(by: { $0.key < $1.key }) {
      guard !name.isEmpty, name.allSatisfy({ $0 == "-" || ("a"..."z").contains($0) || $0.isNumber })
      else {
        throw ValidationError(
          "\(path): '\(name.prefix(60))' is no name of an option; names are those of the command line without "
            + "the dashes before them, such as learning-rate"
        )
      }
      let option = "--" + name
      if arguments.contains(where: { $0 == option || $0.hasPrefix(option + "=") }) { continue }
      switch entry {
      case .flag(let isSet): result += isSet ? [option] : []
      case .value(let value): result.append("\(option)=\(value)")
      case .values(let values): result += [option] + values
      }
    }
    return result
  }

  private static func path(in arguments: [String]) throws -> String? {
    for (index, argument) in arguments.enumerated() {
      if argument.hasPrefix("--configuration=") { return String(argument.dropFirst(16)) }
      if argument == "--configuration" {
        guard index + 1 < arguments.count else { return nil }
        return arguments[index + 1]
      }
    }
    return nil
  }

  private enum Entry: Decodable {
    case flag(Bool)
    case value(String)
    case values([String])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let value = try? container.decode(Scalar.self) {
        self = .value(value.text)
      } else {
        self = .values(try container.decode([Scalar].self).map(\.text))
      }
    }
  }

  private struct Scalar: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        text = "\(number)"
      } else if let number = try? container.decode(Double.self) {
        text = "\(number)"
      } else {
        text = try container.decode(String.self)
      }
    }
  }
}
