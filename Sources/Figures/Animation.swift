internal import StochasticInterpolants

/// Figures shown one after another, written as an animated PNG, which browsers show as they are.
///
/// The frames must have one size in pixels: fixed axes and ``Figure/Size/whole(width:height:)``.
public struct Animation: Sendable {
  /// The frames.
  public var frames: [Figure]

  /// How long each frame is shown, in seconds.
  public var secondsPerFrame: Double

  /// How long the last frame is shown, in seconds.
  public var lastSeconds: Double

  /// Makes an animation that begins again for ever.
  ///
  /// - Precondition: there is a frame; the times are positive and at most 60 s.
  public init(_ frames: [Figure], secondsPerFrame: Double = 0.08, lastSeconds: Double = 1) {
    self.frames = frames
    self.secondsPerFrame = secondsPerFrame
    self.lastSeconds = lastSeconds
    requireValid()
  }

  private func requireValid() {
    require(!frames.isEmpty, "Animation: no frames")
    require(
      secondsPerFrame > 0 && secondsPerFrame <= 60 && lastSeconds > 0 && lastSeconds <= 60,
      "Animation: \(secondsPerFrame) s a frame, \(lastSeconds) s for the last, not in (0, 60]"
    )
  }

  /// Draws the animation into a `.png` file, which appears complete or not at all.
  ///
  /// - Throws: ``FigureError/notAnAnimation(path:)`` for another extension, or
  ///   ``FigureError/cannotWrite(path:reason:)``, also where frames differ in size.
  public func write(to path: String) throws(FigureError) {
    requireValid()
    guard path.lowercased().hasSuffix(".png") else { throw .notAnAnimation(path: path) }
    var result = PNGChunks.signature
    var sequence: UInt32 = 0
    var head: [UInt8]?
    for (index, frame) in frames.enumerated() {
      let chunks = PNGChunks.split(try frame.pngBytes(for: path))
      guard let own = chunks.first(where: { $0.name == "IHDR" })?.content else {
        throw .cannotWrite(path: path, reason: "a frame was not drawn as a PNG image")
      }
      if let head, head != own {
        throw .cannotWrite(path: path, reason: "frame \(index) is of another size than the first")
      }
      if head == nil {
        head = own
        result += PNGChunks.chunk("IHDR", own)
        result += PNGChunks.chunk("acTL", PNGChunks.bytes(UInt32(frames.count), 0))
      }
      let seconds = index == frames.count - 1 ? lastSeconds : secondsPerFrame
      result += PNGChunks.chunk("fcTL", control(own, sequence, seconds))
      sequence += 1
      for chunk in chunks where chunk.name == "IDAT" {
        if index == 0 {
          result += PNGChunks.chunk("IDAT", chunk.content)
        } else {
          result += PNGChunks.chunk("fdAT", PNGChunks.bytes(sequence) + chunk.content)
          sequence += 1
        }
      }
    }
    result += PNGChunks.chunk("IEND", [])
    try Files.replace(path, with: result)
  }

  /// A frame's control: number, size, place, time in thousandths, and that it replaces what was there.
  private func control(_ head: [UInt8], _ sequence: UInt32, _ seconds: Double) -> [UInt8] {
    let thousandths = UInt16((seconds * 1_000).rounded())
    return PNGChunks.bytes(sequence) + head[0..<8] + PNGChunks.bytes(0, 0)
      + [UInt8(thousandths >> 8), UInt8(thousandths & 0xFF), 0x03, 0xE8, 0, 0]
  }
}

/// The parts of a PNG file (ISO/IEC 15948): length, name, content and CRC-32.
enum PNGChunks {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func bytes(_ numbers: UInt32...) -> [UInt8] {
    numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
  }

  static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let named = [UInt8](name.utf8) + content
    return bytes(UInt32(content.count)) + named + bytes(Checksum.of(named))
  }

  /// The chunks of a file that cairo wrote.
  static func split(_ file: [UInt8]) -> [(name: String, content: [UInt8])] {
    var chunks: [(name: String, content: [UInt8])] = []
    var position = signature.count
    while position + 12 <= file.count {
      let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let start = position + 8
      if start + length + 4 > file.count { break }
      let name = String(decoding: file[position + 4..<start], as: UTF8.self)
      chunks.append((name, Array(file[start..<start + length])))
      position = start + length + 4
    }
    return chunks
  }
}
