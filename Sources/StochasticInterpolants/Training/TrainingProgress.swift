internal import Glibc

/// Shows a training's progress on standard error: a line that is rewritten on a terminal, plain lines
/// elsewhere.
public struct TrainingProgress {
  /// How much is shown.
  public enum Style: Sendable, Hashable {
    /// One line that is rewritten.
    case terminal
    /// A line after every so many steps, after each for fewer than one.
    case plain(every: Int)
    /// Nothing.
    case quiet

    /// A rewritten line where standard error is a terminal, else twenty plain lines a run.
    ///
    /// - Parameter steps: the number of steps of the run.
    /// - Returns: the style.
    public static func automatic(steps: Int) -> Style {
      isatty(STDERR_FILENO) == 1 ? .terminal : .plain(every: max(1, steps / 20))
    }
  }

  private let style: Style
  private let steps: Int
  private let first: Int
  private let usesColor: Bool
  private let start = ContinuousClock.now
  private var lastShown = ContinuousClock.now
  private var heldOut: [Double]?
  private var isLineOpen = false

  /// A display for a run.
  ///
  /// - Parameters:
  ///   - steps: the number of steps of the run.
  ///   - first: the number of steps made before, where a run is resumed.
  ///   - style: how much is shown; by what standard error is, unless given.
  public init(steps: Int, after first: Int = 0, style: Style? = nil) {
    self.steps = steps
    self.first = first
    // https://no-color.org: set and not empty.
    let wish = getenv("NO_COLOR").map { String(cString: $0) } ?? ""
    usesColor = wish.isEmpty && getenv("TERM").map { String(cString: $0) } != "dumb"
    self.style = style ?? .automatic(steps: steps)
  }

  /// Shows a step.
  public mutating func show(_ step: TrainingStep) {
    if let losses = step.heldOutLosses { heldOut = losses }
    let isLast = step.step == steps
    switch style {
    case .quiet: return
    case .plain(let interval):
      let isShown = step.step % max(1, interval) == 0 || step.step == first + 1 || isLast
      if isShown { write(line(step) + "\n") }
    case .terminal:
      // Ten times a second is all an eye can use.
      let now = ContinuousClock.now
      if !isLast && lastShown.duration(to: now) < .milliseconds(100) { return }
      lastShown = now
      // A line that went on in the next row could not be rewritten: the terminal cuts it.
      write("\r\u{1B}[2K\u{1B}[?7l" + bar(step.step) + " " + line(step) + "\u{1B}[?7h")
      isLineOpen = true
      if isLast { end() }
    }
  }

  /// Ends the line that is rewritten, where a run stops before its last step.
  public mutating func end() {
    if isLineOpen { write("\n") }
    isLineOpen = false
  }

  private func bar(_ step: Int) -> String {
    let width = 20
    // A training may go on beyond the steps that were announced.
    let filled = max(0, min(width, step * width / max(1, steps)))
    let done = String(repeating: "#", count: filled)
    let (start, end) = usesColor ? ("\u{1B}[32m", "\u{1B}[0m") : ("", "")
    return "[" + start + done + end + String(repeating: ".", count: width - filled) + "]"
  }

  private func line(_ step: TrainingStep) -> String {
    let elapsed = start.duration(to: .now) / .seconds(1)
    let (made, left) = (max(1, step.step - first), max(0, steps - step.step))
    let remaining = elapsed / Double(made) * Double(left)
    let losses = step.losses.map { fixed($0, 4) }.joined(separator: " ")
    let held = heldOut.map { " held-out " + $0.map { fixed($0, 4) }.joined(separator: " ") } ?? ""
    return "step \(step.step)/\(steps) loss \(losses)\(held) \(Int(step.rowsPerSecond)) rows/s, "
      + "\(Int(remaining.rounded(.up))) s left"
  }

  private func write(_ text: String) { FileDescriptorText.write(text) }
}

/// Text to standard error without C's global stream, which Swift 6 does not let through.
private enum FileDescriptorText {
  static func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// A number with a fixed count of decimals, whatever the locale.
func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let scaled = (abs(value) * scale).rounded()
  let whole = Int(scaled / scale)
  let part = Int(scaled - Double(whole) * scale)
  let digits = String(part)
  let sign = value < 0 && scaled > 0 ? "-" : ""
  if decimals == 0 { return "\(sign)\(whole)" }
  return "\(sign)\(whole)." + String(repeating: "0", count: decimals - digits.count) + digits
}
