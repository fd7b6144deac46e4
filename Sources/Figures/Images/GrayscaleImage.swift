/// A picture of grey values between 0, black, and 1, white.
///
/// Rows run from the top as in files; ``valuesFromBottom`` turns them over for axes that grow
/// upward.
public struct GrayscaleImage: Hashable, Sendable {
  /// The most pixels ``init(contentsOf:)`` accepts: 8192 × 8192.
  public static let pixelLimit = 1 << 26

  /// The pixels of a row.
  public let width: Int

  /// The number of rows.
  public let height: Int

  /// The grey values, row by row from the top, each row from left to right.
  public let values: [Double]

  /// The grey values with row 0 at the bottom, for heat maps and densities of the plane.
  public var valuesFromBottom: [Double] {
    (0..<height).reversed().flatMap { values[$0 * width..<($0 + 1) * width] }
  }

  /// Makes a picture of grey values, row by row from the top.
  ///
  /// - Precondition: `values.count == width * height`, both at least 1.
  public init(_ values: [Double], width: Int, height: Int) {
    require(
      width > 0 && height > 0 && values.count == width * height,
      "GrayscaleImage: \(values.count) values for \(width) × \(height) pixels"
    )
    self.values = values
    self.width = width
    self.height = height
  }
}
