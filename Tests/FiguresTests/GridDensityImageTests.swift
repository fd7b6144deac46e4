import Figures
import Foundation
import StochasticInterpolants
import Tensors
import Testing

@Suite struct GridDensityImageTests {
  /// A grey PNG of 3 × 2 pixels: 0, 100, 255 above 1, 2, 3 (of 255).
  static let png =
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAEElEQVR4nGNgSPnPwMjEDAAHZQFqY+3RHwAAAABJRU5E"
    + "rkJggg=="

  static func density(isInverted: Bool) throws -> GridDensity {
    var density: GridDensity?
    try withFolder { folder in
      let path = folder + "/picture.png"
      let bytes = try #require(Data(base64Encoded: png))
      try bytes.write(to: URL(fileURLWithPath: path))
      density = try GridDensity(
        GrayscaleImage(contentsOf: path),
        isInverted: isInverted,
        x: 0...3,
        y: 0...2
      )
    }
    return try #require(density)
  }

  @Test(arguments: [false, true])
  func brightnessIsTheDensityOfACell(_ isInverted: Bool) throws {
    // Cells of area 1: the density is the share of the brightness; the bottom row comes first.
    let levels: [[Double]] = [[1, 2, 3], [0, 100, 255]]
    let weights = levels.map { $0.map { isInverted ? 255 - $0 : $0 } }
    let sum = weights.joined().reduce(0, +)
    let density = try Self.density(isInverted: isInverted)
    for row in 0..<2 {
      for column in 0..<3 {
        let point = Tensor(rows: [[Double(column) + 0.5, Double(row) + 0.5]])
        let value = exp(density.logDensity(point).scalar)
        // Brightness is a quotient that is rounded once; shares are below 1, and their sum and
        // logarithms are rounded some 8 times.
        let exact = weights[row][column] / sum
        #expect(abs(value - exact) < 8 * 0x1p-53, "cell \(column), \(row)")
      }
    }
    let samples = density.sample(count: 2_000, seed: 5)
    #expect(density.contains(samples).allSatisfy { $0 })
  }
}
