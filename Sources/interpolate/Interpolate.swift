import ArgumentParser
import Glibc
import StochasticInterpolants

/// The command line: one file a command.
@main
struct Interpolate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate",
    abstract: "Train a bridge between two densities, sample it, and judge it.",
    discussion: """
      The bridge is a stochastic interpolant (Albergo, Boffi, Vanden-Eijnden, arXiv 2303.08797). t = 0 is \
      the base, t = 1 the target.

      EXAMPLES
        interpolate train --base gaussian --target points.npy --output run/
        interpolate resume run/
        interpolate sample run/ --count 10000 --diffusion 0.5 --output samples.npy
        interpolate likelihood run/ --points points.npy --output log-densities.npy
        interpolate evaluate samples.npy points.npy
        interpolate plot samples.npy points.npy --output figure.png
        interpolate densities draw moons --count 1000 --output - | interpolate inspect -

      FILES
        Points are .npy files or comma-separated text, a point a row; - is standard input or output. \
      The options of most commands can stand in a JSON file, {"steps": 5000, "hidden": [64, 64]}, that is \
      given by --configuration; what is typed overrides what stands there.

      COMPLETION
        interpolate --generate-completion-script bash (or zsh, fish)

      EXIT CODES
        0    done
        1    a file, a value in it or the computation failed
        64   an option is wrong, typed or in a configuration file
        130  a training was stopped by Ctrl-C or SIGTERM; it is stored and can be resumed
      """,
    version: RunConfiguration.libraryVersion,
    subcommands: [
      Train.self, Resume.self, Sample.self, Likelihood.self, FieldsCommand.self, Evaluate.self,
      Plot.self, Exact.self, Inspect.self, Densities.self,
    ]
  )

  /// Errors are one line on standard error; help and version go the parser's way.
  static func main() {
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      try checkCommand(arguments)
      var command = try parseAsRoot(ConfigurationFile.expanding(arguments))
      try command.run()
    } catch {
      let code = exitCode(for: error)
      if code.isSuccess || code.rawValue == 0 { exit(withError: error) }
      if let code = error as? ExitCode { exit(withError: code) }
      let command = CommandLine.arguments.dropFirst().first ?? ""
      let text = (error as? SamplingError)?.inOptions(of: command) ?? message(for: error)
      let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? text
      say("interpolate: \(line)")
      exit(withError: code)
    }
  }

  /// The parser would call a word that is no command an unexpected argument.
  private static func checkCommand(_ arguments: [String]) throws {
    guard let word = arguments.first, !word.hasPrefix("-"), word != "help" else { return }
    let names = configuration.subcommands.map {
      $0.configuration.commandName ?? "\($0)".lowercased()
    }
    if names.contains(word) { return }
    throw ValidationError(
      "there is no command '\(word.prefix(60))'; the commands are \(names.joined(separator: ", "))"
    )
  }
}

/// A line on standard error.
func say(_ text: String) {
  var line = text + "\n"
  line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
