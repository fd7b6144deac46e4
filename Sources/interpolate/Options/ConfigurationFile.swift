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
  /// The flags that are on unless said otherwise, by --no-NAME.
  private static let invertible: Set = ["preconditioning"]
  /// The flags that are off unless they are given.
  private static let flags: Set = ["json", "quiet"]
  /// Options of one meaning: a typed one takes the place of any in the file.
  private static let synonyms = ["quiet": "--progress", "progress": "--quiet"]

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
      let flag = name.hasPrefix("no-") ? String(name.dropFirst(3)) : name
      let isInvertible = invertible.contains(flag)
      if option == "--configuration" {
        throw ValidationError("\(path): names another 'configuration'; write its options here")
      }
      let spelled =
        (isInvertible ? ["--" + flag, "--no-" + flag] : [option]) + [synonyms[name] ?? option]
      let isTyped = arguments.contains { argument in
        spelled.contains { argument == $0 || argument.hasPrefix($0 + "=") }
      }
      switch entry {
      case .flag where !isInvertible && !flags.contains(name):
        throw ValidationError(
          "\(path): '\(name.prefix(60))' is none of the flags \(flags.union(invertible).sorted().joined(separator: ", ")), "
            + "which alone are true or false"
        )
      case _ where isTyped: continue
      case .flag(let isSet) where isInvertible:
        result.append(isSet == (flag == name) ? "--" + flag : "--no-" + flag)
      case .flag(let isSet): result += isSet ? [option] : []
      case .none:
        throw ValidationError(
          "\(path): the value of '\(name.prefix(60))' is no text, number, true, false or list of them"
        )
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
    /// Something that no option takes.
    case none

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let value = try? container.decode(Scalar.self) {
        self = .value(value.text)
      } else if let values = try? container.decode([Scalar].self) {
        self = .values(values.map(\.text))
      } else {
        self = .none
      }
    }
  }

  private struct Scalar: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        text = "\(number)"
      } else if let number = try? container.decode(UInt64.self) {
        text = "\(number)"
      } else if let number = try? container.decode(Double.self) {
        text = "\(number)"
      } else {
        text = try container.decode(String.self)
      }
    }
  }
}
