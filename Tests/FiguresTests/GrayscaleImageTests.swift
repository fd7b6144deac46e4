import Figures
import Foundation
import Testing

@Suite struct GrayscaleImageTests {
  private func read(_ bytes: Data) throws -> GrayscaleImage {
    var image: GrayscaleImage?
    try withFolder { folder in
      let path = folder + "/image.png"
      try bytes.write(to: URL(fileURLWithPath: path))
      image = try GrayscaleImage(contentsOf: path)
    }
    return try #require(image)
  }

  struct Case: Sendable {
    let name: String
    let base64: String
    let width: Int
    let values: [Double]
  }

  @Test(arguments: [
    Case(
      name: "red, green, blue",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAMAAAABCAIAAACUgoPjAAAADklEQVR4nGP4z8DAAMYADvsC/gkcFjQAAAAA"
        + "SUVORK5CYII=",
      width: 3,
      values: [0.2126, 0.7152, 0.0722]
    ),
    Case(
      name: "clear, half black, red",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAMAAAABCAYAAAAb4BS0AAAAEElEQVR4nGNggICG/wwM/wEHiAJ/a78eEwAA"
        + "AABJRU5ErkJggg==",
      width: 3,
      values: [1, 127.0 / 255, 0.2126]
    ),
    Case(
      name: "8-bit grey",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAEElEQVR4nGNgSPnPwMjEDAAHZQFqY+3RHwAA"
        + "AABJRU5ErkJggg==",
      width: 3,
      values: [0, 100.0 / 255, 1, 1.0 / 255, 2.0 / 255, 3.0 / 255]
    ),
    Case(
      name: "1-bit grey",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAMAAAABAQAAAAAzmykZAAAACklEQVR4nGNwAAAAQgBBKTf07wAAAABJRU5E"
        + "rkJggg==",
      width: 3,
      values: [0, 1, 0]
    ),
    Case(
      name: "16-bit grey",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABEAAAAACB2fwVAAAADUlEQVR4nGNoaPj/HwAGggL/s75RMwAAAABJ"
        + "RU5ErkJggg==",
      width: 2,
      values: [128.0 / 255, 1]
    ),
    Case(
      name: "grey with alpha",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAQAAABeK7cBAAAADUlEQVR4nGNg+M/AAAADAgEAmZs7lAAAAABJ"
        + "RU5ErkJggg==",
      width: 2,
      values: [0, 1]
    ),
    Case(
      name: "palette",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAMAAADD/I+4AAAABlBMVEUAAAD///+l2Z/dAAAAAnRSTlP//8i1"
        + "38cAAAALSURBVHicY2BkAAAABQAC0WYzeAAAAABJRU5ErkJggg==",
      width: 2,
      values: [1, 0]
    ),
  ])
  func everyKindOfFile(_ test: Case) throws {
    let image = try read(try #require(Data(base64Encoded: test.base64)))
    #expect(image.width == test.width)
    #expect(image.height == test.values.count / test.width)
    for (value, expected) in zip(image.values, test.values) {
      // One rounding of the quotient.
      #expect(abs(value - expected) <= Double.ulpOfOne, "\(test.name)")
    }
  }

  @Test func roundTripKeepsEveryGrayAndTheRows() throws {
    let values = (0..<256).map { Double($0) / 255 }
    let image = GrayscaleImage(values, width: 32, height: 8)
    try withFolder { folder in
      let path = folder + "/gray.png"
      try image.write(to: path)
      #expect(try GrayscaleImage(contentsOf: path) == image)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["gray.png"])
    }
    #expect(image.valuesFromBottom.prefix(32).elementsEqual(values.suffix(32)))
    #expect(image.valuesFromBottom.suffix(32).elementsEqual(values.prefix(32)))
  }

  @Test func valuesOutsideTakeTheNearestEnd() throws {
    let image = GrayscaleImage([-3, 7, .nan, .infinity], width: 4, height: 1)
    try withFolder { folder in
      try image.write(to: folder + "/gray.png")
      #expect(try GrayscaleImage(contentsOf: folder + "/gray.png").values == [0, 1, 0, 1])
    }
  }

  @Test func unreadableFilesAreNamedWithTheReason() throws {
    let good = try #require(
      Data(
        base64Encoded:
          "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAEElEQVR4nGNgSPnPwMjEDAAHZQFq"
          + "Y+3RHwAAAABJRU5ErkJggg=="
      )
    )
    var wrongSum = good
    wrongSum[45] ^= 0xFF
    var huge = good
    huge.replaceSubrange(16..<24, with: [0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0])
    var flat = good
    flat.replaceSubrange(16..<20, with: [0, 0, 0, 0])
    try withFolder { folder in
      func expect(_ name: String, _ bytes: Data?, _ make: (String) -> FigureError) throws {
        let path = "\(folder)/\(name).png"
        try bytes?.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: FigureError.self) { try GrayscaleImage(contentsOf: path) }
        #expect(error == make(path))
        #expect(error?.description.contains(path) == true)
        #expect(error?.description.contains("\n") == false)
      }
      try expect("missing", nil) { .cannotRead(path: $0, reason: "there is no such file") }
      try expect("empty", Data()) { .notAnImage(path: $0, reason: "the file is empty") }
      try expect("text", Data("hello".utf8)) {
        .notAnImage(path: $0, reason: "it does not begin with the PNG signature")
      }
      for count in [5, 8, 20, 30, good.count - 1] {
        try expect("cut\(count)", good.prefix(count)) {
          .notAnImage(path: $0, reason: "the file is cut off")
        }
      }
      try expect("huge", huge) {
        .imageTooLarge(path: $0, width: 100_000, height: 100_000, limit: GrayscaleImage.pixelLimit)
      }
      try expect("flat", flat) {
        .notAnImage(path: $0, reason: "its header announces 0 × 2 pixels")
      }
      let path = folder + "/wrongSum.png"
      try wrongSum.write(to: URL(fileURLWithPath: path))
      #expect(throws: FigureError.self) { try GrayscaleImage(contentsOf: path) }
      let error = #expect(throws: FigureError.self) { try GrayscaleImage(contentsOf: folder) }
      #expect(error == .cannotRead(path: folder, reason: "it is a directory"))
    }
  }
}
