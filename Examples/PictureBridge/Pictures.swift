import Figures
import Foundation

/// Draws two pictures to bridge where none were named: a ring and a cross.
func drawDefaultPictures(in folder: String) throws -> (String, String) {
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let size = 96
  func draw(_ name: String, _ isInk: (Double, Double) -> Bool) throws -> String {
    let values = (0..<size * size).map { index -> Double in
      let x = 2 * (Double(index % size) + 0.5) / Double(size) - 1
      let y = 1 - 2 * (Double(index / size) + 0.5) / Double(size)
      return isInk(x, y) ? 0 : 1
    }
    let path = folder + "/" + name
    try GrayscaleImage(values, width: size, height: size).write(to: path)
    return path
  }
  let ring = try draw("ring.png") { x, y in
    let radius = (x * x + y * y).squareRoot()
    return radius > 0.55 && radius < 0.8
  }
  let cross = try draw("cross.png") { x, y in
    (abs(x) < 0.18 || abs(y) < 0.18) && abs(x) < 0.85 && abs(y) < 0.85
  }
  return (ring, cross)
}
