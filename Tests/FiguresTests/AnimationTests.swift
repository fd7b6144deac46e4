import Figures
import Foundation
import Testing

/// An animation is a PNG file whose chunks follow the rules of APNG.
@Suite struct AnimationTests {
  static func frame(_ x: Double, width: Double = 90) -> Figure {
    Figure(
      Panel(
        x: Axis(range: 0...1),
        y: Axis(range: 0...1),
        layers: [.scatter(Scatter(Points(x: [x], y: [x]), radius: 4))]
      ),
      size: .whole(width: width, height: 80)
    )
  }

  struct Chunk {
    let name: String
    let content: [UInt8]
    var first: Int { content[0..<4].reduce(0) { $0 << 8 | Int($1) } }
  }

  static func chunks(_ bytes: [UInt8]) -> [Chunk] {
    var result: [Chunk] = []
    var position = 8
    while position + 12 <= bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let name = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
      result.append(Chunk(name: name, content: Array(bytes[position + 8..<position + 8 + length])))
      position += length + 12
    }
    return result
  }

  @Test func theChunksAreThoseOfAnAnimation() throws {
    let path = NSTemporaryDirectory() + "animation-" + UUID().uuidString + ".png"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let frames = [0.2, 0.5, 0.8].map { Self.frame($0) }
    try Animation(frames, secondsPerFrame: 0.25, lastSeconds: 1.5).write(to: path)
    let bytes = [UInt8](try #require(FileManager.default.contents(atPath: path)))
    let chunks = Self.chunks(bytes)
    let names = chunks.map(\.name)
    #expect(names.prefix(4) == ["IHDR", "acTL", "fcTL", "IDAT"] && names.last == "IEND")
    #expect(chunks[1].content == [0, 0, 0, 3, 0, 0, 0, 0])
    #expect(names.filter { $0 == "fcTL" }.count == 3 && names.contains("fdAT"))
    // Controls and data of later frames are numbered together from 0.
    let numbered = chunks.filter { $0.name == "fcTL" || $0.name == "fdAT" }
    #expect(numbered.map(\.first) == Array(0..<numbered.count))
    // Each frame has the size of the picture. All but the last are shown for 250 of 1000 parts of a
    // second, the last for 1500 = 5 · 256 + 220 of them.
    let controls = chunks.filter { $0.name == "fcTL" }.map(\.content)
    for control in controls {
      #expect(control.count == 26 && control[4..<12] == chunks[0].content[0..<8])
    }
    let shown: [[UInt8]] = [[0, 250, 3, 0xE8], [0, 250, 3, 0xE8], [5, 220, 3, 0xE8]]
    #expect(controls.map { Array($0[20..<24]) } == shown)
    // As a still picture it is its first frame.
    let still = try GrayscaleImage(contentsOf: path)
    try frames[0].write(to: path)
    #expect(try GrayscaleImage(contentsOf: path) == still)
  }

  @Test func aFrameOfAnotherSizeIsRefused() {
    let path = NSTemporaryDirectory() + "animation-" + UUID().uuidString + ".png"
    let animation = Animation([Self.frame(0.5), Self.frame(0.5, width: 120)])
    let error = #expect(throws: FigureError.self) { try animation.write(to: path) }
    #expect(error?.description.contains("frame 1 is of another size") == true)
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(throws: FigureError.notAnAnimation(path: "x.gif")) {
      try Animation([Self.frame(0.5)]).write(to: "x.gif")
    }
  }
}
