import ArgumentParser
import Glibc

/// The command line: one file a command.
@main
struct Interpolate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate",
    abstract: "Train a bridge between two densities, and sample it.",
    discussion: """
      The bridge is a stochastic interpolant (Albergo, Boffi, Vanden-Eijnden, arXiv 2303.08797).

      EXAMPLES
        interpolate train --base gaussian --target points.npy --output run/
        interpolate sample run/ --count 10000 --diffusion 0.5 --steps 100 --seed 1 \\
          --output samples.npy
        interpolate exact --input case.json --output values.json
        interpolate densities

      EXIT CODES
        0   done
        1   a file, a value in it or the training failed
        64  the command line is wrong
      """,
    subcommands: [Train.self, Sample.self, Exact.self, Densities.self]
  )

  /// Errors are one line on standard error; help and version go the parser's way.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let code = exitCode(for: error)
      if code.isSuccess || code.rawValue == 0 { exit(withError: error) }
      let text = message(for: error)
      let line = text.split(separator: "\n").first.map(String.init) ?? text
      var output = "interpolate: \(line)\n"
      output.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
      exit(withError: code)
    }
  }
}

/// A line on standard error.
func say(_ text: String) {
  var line = text + "\n"
  line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
