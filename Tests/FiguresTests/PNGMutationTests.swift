import Figures
import Foundation
import Testing

/// Changes to a valid picture, as accidents and hostile writers make them.
@Suite struct PNGMutationTests {
  /// The number of mutants: a million by `make fuzz`.
  static let count =
    ProcessInfo.processInfo.environment["FUZZ_COUNT"].flatMap { Int($0) } ?? 3_000

  @Test func noMutantCrashesTheReader() throws {
    let path = NSTemporaryDirectory() + "mutant-" + UUID().uuidString + ".png"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let values = (0..<12 * 9).map { Double($0 % 7) / 6 }
    try GrayscaleImage(values, width: 12, height: 9).write(to: path)
    let whole = [UInt8](try #require(FileManager.default.contents(atPath: path)))
    var state: UInt64 = 7
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var refused = 0
    var complaints: [String] = []
    for _ in 0..<Self.count {
      var bytes = whole
      for _ in 0...random(4) where !bytes.isEmpty {
        let place = random(random(2) == 0 ? bytes.count : min(bytes.count, 60))
        switch random(5) {
        case 0: bytes[place] ^= 1 << UInt8(random(8))
        case 1: bytes[place] = UInt8(random(256))
        case 2: bytes.removeLast(bytes.count - place)
        case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 12)], at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + 4))
        }
      }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      do {
        let image = try GrayscaleImage(contentsOf: path)
        if image.values.count != image.width * image.height { complaints.append("\(image.width)") }
      } catch {
        refused += 1
        if "\(error)".contains(where: \.isNewline) { complaints.append("\(error)") }
      }
    }
    #expect(complaints == [])
    // The checksums of a PNG file find nearly every change.
    #expect(refused > Self.count / 2)
  }
}
