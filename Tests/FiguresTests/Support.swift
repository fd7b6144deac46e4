import Figures
import Foundation
import Testing

/// Runs a test with a folder of its own, which is gone afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("figures-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}

/// The pixels of a figure's PNG file.
func image(of figure: Figure) throws -> GrayscaleImage {
  var image: GrayscaleImage?
  try withFolder { folder in
    try figure.write(to: folder + "/figure.png")
    image = try GrayscaleImage(contentsOf: folder + "/figure.png")
  }
  return try #require(image)
}

/// A few random numbers that are the same in every run: Knuth's linear congruence.
struct Uniform {
  private var state: UInt64 = 1

  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (Double(state >> 11) + 0.5) / 9_007_199_254_740_992
  }

  /// Two standard normal numbers, by Box and Muller.
  mutating func normals() -> (Double, Double) {
    let radius = (-2 * log(next())).squareRoot()
    let angle = 2 * Double.pi * next()
    return (radius * cos(angle), radius * sin(angle))
  }
}
