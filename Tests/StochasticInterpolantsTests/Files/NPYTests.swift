import Foundation
import StochasticInterpolants
import Tensors
import Testing

@Suite("NPY files")
struct NPYTests {
  @Test("numpy's files of every type, order and rank are read", arguments: FileFixtures.all.npy)
  func reading(_ fixture: FileFixtures.Array) throws {
    let tensor = try NPY.read(FileFixtures.path(fixture.file))
    #expect(tensor.shape == fixture.shape)
    #expect(tensor.elements == fixture.values)
    let header = try NPY.readHeader(FileFixtures.path(fixture.file))
    #expect(header.shape == fixture.shape)
    #expect(header.type == fixture.type)
    #expect(header.isFortranOrder == fixture.isFortran)
    let memory = try NPY.read(bytes: FileFixtures.bytes(fixture.file), name: "memory")
    #expect(memory.elements == tensor.elements)
  }

  @Test("The tables of the general fixtures are read, and what holds no real numbers is refused")
  func generalFixtures() throws {
    struct Index: Decodable {
      struct Entry: Decodable {
        let file: String
        let shape: [Int]
        let values: [Double]
      }
      let files: [Entry]
      let refused: [String]
    }
    let folder = Bundle.module.bundlePath + "/Resources/"
    let data = try Data(contentsOf: URL(fileURLWithPath: folder + "npy.json"))
    let index = try JSONDecoder().decode(Index.self, from: data)
    #expect(index.files.count >= 9 && index.refused.count >= 4)
    for entry in index.files {
      let tensor = try NPY.read(folder + entry.file)
      #expect(tensor == Tensor(entry.values, shape: entry.shape), "\(entry.file)")
    }
    for file in index.refused {
      let error = fileError { _ = try NPY.read(folder + file) }
      guard case .unsupportedType = error else {
        Issue.record("\(file): \(String(describing: error))")
        continue
      }
    }
  }

  @Test(
    "Float is read from f4 in any order, and from nothing else",
    arguments: FileFixtures.all.npy
  )
  func readingFloat(_ fixture: FileFixtures.Array) throws {
    let path = FileFixtures.path(fixture.file)
    if fixture.type.hasSuffix("f4") {
      let tensor = try NPY.read(path, as: Float.self)
      #expect(tensor.shape == fixture.shape)
      #expect(tensor.elements.map(Double.init) == fixture.values)
    } else {
      #expect(
        fileError { _ = try NPY.read(path, as: Float.self) }
          == .unsupportedType(
            path: path,
            type: fixture.type,
            supported: "f4 where Float is asked for"
          )
      )
    }
  }

  @Test(
    "C-order arrays are written to the bytes numpy writes",
    arguments: ["f8-little", "f4-little"]
  )
  func writingLikeNumpy(_ name: String) throws {
    let path = FileFixtures.path(name + ".npy")
    let written =
      name == "f8-little"
      ? NPY.bytes(of: try NPY.read(path)) : NPY.bytes(of: try NPY.read(path, as: Float.self))
    // numpy pads further, for the shape to grow in place: the header's text is what has to agree.
    let theirs = String(decoding: FileFixtures.bytes(name + ".npy")[10...], as: UTF8.self)
    let ours = String(decoding: written[10...], as: UTF8.self)
    #expect(ours.prefix { $0 != "}" } == theirs.prefix { $0 != "}" })
    let headerLength = Int(written[8]) + 256 * Int(written[9])
    #expect((10 + headerLength).isMultiple(of: 64))
    #expect(
      Array(written.suffix(48 / (name == "f8-little" ? 1 : 2)))
        == Array(FileFixtures.bytes(name + ".npy").suffix(48 / (name == "f8-little" ? 1 : 2)))
    )
  }

  @Test(
    "What is written is read, bit for bit",
    arguments: [[], [0], [1], [7], [3, 2], [0, 3], [2, 3, 4], [1, 1, 1, 1, 5], [300, 7]]
  )
  func roundTrip(_ shape: [Int]) throws {
    let scratch = try ScratchDirectory()
    var random = SplitMix(state: 7)
    let count = shape.reduce(1, *)
    let doubles = (0..<count).map { _ in Double(bitPattern: random.next() & ~(1 << 62)) }
    let floats = (0..<count).map { _ in Float(bitPattern: UInt32(random.next() >> 34)) }
    try NPY.write(Tensor(doubles, shape: shape), to: scratch["d.npy"])
    try NPY.write(Tensor(floats, shape: shape), to: scratch["f.npy"])
    let double = try NPY.read(scratch["d.npy"])
    let float = try NPY.read(scratch["f.npy"], as: Float.self)
    #expect(double.shape == shape && float.shape == shape)
    #expect(double.elements.map(\.bitPattern) == doubles.map(\.bitPattern))
    #expect(float.elements.map(\.bitPattern) == floats.map(\.bitPattern))
    #expect(
      FileManager.default.contents(atPath: scratch["d.npy"]).map([UInt8].init)
        == NPY.bytes(of: Tensor(doubles, shape: shape))
    )
    #expect(scratch.contents() == ["d.npy", "f.npy"])
  }

  @Test("Special values keep their bits")
  func specialValues() throws {
    let patterns: [UInt64] = [
      0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0001, 0xFFF8_DEAD_BEEF_0000,
      0x8000_0000_0000_0000, 1,
    ]
    let tensor = Tensor(patterns.map(Double.init(bitPattern:)))
    let back = try NPY.read(bytes: NPY.bytes(of: tensor), name: "special")
    #expect(back.elements.map(\.bitPattern) == patterns)
  }

  @Test("Conversions by way of the buffer are right beyond its first megabyte")
  func longConversions() throws {
    let count = 300_001
    let header = "{'descr': '>f4', 'fortran_order': False, 'shape': (\(count),), }"
    var bytes = npyFile(header)
    for index in 0..<count {
      let word = Float(index).bitPattern
      for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    #expect(try NPY.read(bytes: bytes, name: "long").elements == (0..<count).map(Double.init))
    let scratch = try ScratchDirectory()
    try AtomicFile.write(bytes, to: scratch["long.npy"])
    #expect(try NPY.read(scratch["long.npy"]).elements == (0..<count).map(Double.init))
  }

  @Test("Every spelling of the header that Python reads alike")
  func spellings() throws {
    let headers = [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }",
      "{'shape': (2, 1), 'fortran_order': False, 'descr': '<f8'}",
      "{\"descr\": \"<f8\", \"fortran_order\": False, \"shape\": (2, 1)}",
      "{'descr':'<f8','fortran_order':False,'shape':(2,1,)}",
      "  {  'descr' :\t'=f8' ,\n'fortran_order' : False , 'shape' : ( 2 , 1 , ) , }   \n",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 1L), }",
    ]
    for header in headers {
      for version in [[1, 0], [2, 0], [3, 0]] as [[UInt8]] {
        let tensor = try NPY.read(
          bytes: npyFile(header, body: 16, version: version),
          name: "spelling"
        )
        #expect(tensor == Tensor(zeros: [2, 1]), "\(header)")
      }
    }
  }

  @Test("A pipe is read")
  func pipe() async {
    await #expect(processExitsWith: .success) {
      // A reader that gives up leaves the writer a broken pipe; one that waits for ever is ended.
      signal(SIGPIPE, SIG_IGN)
      alarm(60)
      let scratch = try ScratchDirectory()
      let path = scratch["pipe"]
      #expect(mkfifo(path, 0o600) == 0)
      let tensor = Tensor((0..<200_000).map(Double.init), shape: [100_000, 2])
      let bytes = NPY.bytes(of: tensor)
      let writer = Thread {
        try? FileHandle(forWritingAtPath: path)?.write(contentsOf: Data(bytes))
      }
      writer.start()
      #expect(try NPY.readPoints(path) == tensor)
    }
  }
}

@Suite("Points from NPY files")
struct NPYPointsTests {
  private func points(_ tensor: Tensor<Double>) throws -> Tensor<Double> {
    try NPY.readPoints(bytes: NPY.bytes(of: tensor), name: "p.npy")
  }

  @Test("A vector becomes one column, a matrix stays")
  func shapes() throws {
    #expect(try points(Tensor([1, 2, 3])) == Tensor([1, 2, 3], shape: [3, 1]))
    #expect(
      try points(Tensor([1, 2, 3, 4], shape: [2, 2])) == Tensor([1, 2, 3, 4], shape: [2, 2])
    )
    let path = FileFixtures.path("matrix-fortran-f4.npy")
    #expect(try NPY.readPoints(path) == Tensor(rows: [[0, 1], [2, 3], [4, 5]]))
  }

  @Test(
    "Other ranks and empty axes are refused",
    arguments: [[], [2, 1, 1], [0], [0, 3], [3, 0]]
  )
  func refusedShapes(_ shape: [Int]) {
    let error = fileError { _ = try points(Tensor(zeros: shape)) }
    let expected = "[count, dimension], or [count] for one column, without empty axes"
    #expect(error == .wrongShape(path: "p.npy", shape: shape, expected: expected))
    #expect(error?.description == "p.npy: holds an array of shape \(shape); expected \(expected)")
  }

  @Test("A value that is not finite is named with its place")
  func nonFinite() {
    for (value, name) in [(Double.nan, "NaN"), (.infinity, "inf"), (-.infinity, "-inf")] {
      var tensor = Tensor<Double>(zeros: [5, 3])
      tensor[3, 2] = value
      tensor[4, 0] = .nan
      let error = fileError { _ = try points(tensor) }
      #expect(error == .nonFinite(path: "p.npy", value: name, row: 3, column: 2))
      #expect(
        error?.description
          == "p.npy: holds \(name) at row 3, column 2 (counted from 0); remove or replace such rows"
      )
    }
    let column = fileError { _ = try points(Tensor([0, .nan])) }
    #expect(column == .nonFinite(path: "p.npy", value: "NaN", row: 1, column: 0))
  }
}
