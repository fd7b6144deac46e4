import Foundation

/// The most memory this process has had, in KiB: VmHWM of Linux.
///
/// What getrusage tells is at least what the process had that started this one.
public func peakMemory() throws -> Int {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  guard let peak = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
    throw CocoaError(.fileReadCorruptFile)
  }
  return peak
}
