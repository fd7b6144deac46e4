import Foundation
import StochasticInterpolants
import Tensors
import Testing

@Suite("Safetensors files")
struct SafetensorsTests {
  @Test("Files of the Python library are read", arguments: FileFixtures.all.safetensors)
  func reading(_ fixture: FileFixtures.Archive) throws {
    let file = try Safetensors.read(FileFixtures.path(fixture.file))
    #expect(file.metadata == fixture.metadata)
    #expect(Set(file.names) == Set(fixture.tensors.map(\.name)))
    for entry in fixture.tensors {
      let tensor = try file.tensor(entry.name, as: Double.self, shape: entry.shape)
      #expect(tensor.elements == entry.values, "\(entry.name)")
    }
  }

  @Test("The scalar a tensor is held in follows from its type in the file")
  func scalars() throws {
    let file = try Safetensors.read(FileFixtures.path("weights.safetensors"))
    for (name, isFloat) in [
      ("layer.0.bias", true), ("half", true), ("mean", false), ("mask", false),
    ] {
      switch file[name] {
      case .float: #expect(isFloat, "\(name)")
      case .double: #expect(!isFloat, "\(name)")
      case nil: Issue.record("no \(name)")
      }
    }
  }

  private var sample: Safetensors {
    var file = Safetensors(metadata: ["b": "2", "a": "\"\\\n\u{1}é😀"])
    file["z.weight"] = .float(Tensor([1, 2, 3], shape: [3, 1]))
    file["a"] = .float(Tensor(5))
    file["m"] = .double(Tensor([.infinity, -0.0, .leastNonzeroMagnitude]))
    file["none"] = .double(Tensor(zeros: [0, 4]))
    file["γ\t\"x\""] = .float(Tensor([0.1]))
    return file
  }

  @Test("What is written is read")
  func roundTrip() throws {
    let scratch = try ScratchDirectory()
    try sample.write(to: scratch["s.safetensors"])
    let back = try Safetensors.read(scratch["s.safetensors"])
    #expect(back.metadata == sample.metadata)
    #expect(back.names == sample.names)
    for name in sample.names { #expect(back[name] == sample[name], "\(name)") }
    #expect(
      FileManager.default.contents(atPath: scratch["s.safetensors"]).map([UInt8].init)
        == sample.bytes()
    )
    #expect(try Safetensors.read(bytes: Safetensors().bytes(), name: "none").names == [])
  }

  @Test("A checksum covers tensors and metadata; a file without one is told apart")
  func integrity() throws {
    let scratch = try ScratchDirectory()
    let path = scratch["s.safetensors"]
    try sample.write(to: path)
    #expect(try !Safetensors.read(path).checkIntegrity())
    try sample.writeChecksummed(to: path)
    let whole = try Safetensors.read(path)
    #expect(try whole.checkIntegrity())
    // All but the last lie within four bytes, and a CRC-32 finds every change within 32 bits.
    let changes: [(inout Safetensors) -> Void] = [
      { $0["z.weight"] = .float(Tensor([1, 2, Float(3).nextUp], shape: [3, 1])) },
      { $0["z.weight"] = .float(Tensor([1, 2, 3], shape: [1, 3])) },
      { $0["m"] = .double(Tensor([.infinity, 0, .leastNonzeroMagnitude])) },
      { $0.metadata["b"] = "3" },
      { $0.metadata["crc32"] = "0" },
    ]
    for (index, change) in changes.enumerated() {
      var file = whole
      change(&file)
      let error = fileError { try file.checkIntegrity() }
      guard case .damaged(path, let checksum, let expected) = error else {
        Issue.record("change \(index): \(String(describing: error))")
        continue
      }
      #expect(expected == file.metadata["crc32"] && checksum != expected, "change \(index)")
    }
  }

  @Test("Equal content gives equal bytes, sorted and aligned")
  func determinism() throws {
    var other = Safetensors(metadata: ["a": "\"\\\n\u{1}é😀"])
    for name in sample.names.reversed() { other[name] = sample[name] }
    other.metadata["b"] = "2"
    #expect(other.bytes() == sample.bytes())
    let bytes = sample.bytes()
    let length = Int(bytes[0]) + 256 * Int(bytes[1])
    #expect(length % 8 == 0)
    let expected =
      #"{"__metadata__":{"a":"\"\\\u000a\u0001é😀","b":"2"},"#
      + #""m":{"dtype":"F64","shape":[3],"data_offsets":[0,24]},"#
      + #""none":{"dtype":"F64","shape":[0,4],"data_offsets":[24,24]},"#
      + #""a":{"dtype":"F32","shape":[],"data_offsets":[24,28]},"#
      + #""z.weight":{"dtype":"F32","shape":[3,1],"data_offsets":[28,40]},"#
      + #""γ\u0009\"x\"":{"dtype":"F32","shape":[1],"data_offsets":[40,44]}}"#
    let header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
    #expect(header.prefix(expected.count) == expected)
    #expect(header.dropFirst(expected.count).allSatisfy { $0 == " " })
  }

  @Test("A tensor that is missing, of another shape or too wide is refused by name")
  func accessors() throws {
    let file = sample
    let missing = fileError { _ = try file.tensor("b", as: Float.self) }
    #expect(missing == .missingTensor(path: "(in memory)", name: "b", available: file.names))
    #expect(
      missing?.description
        == #"(in memory): holds no tensor 'b'; it holds 'a', 'm', 'none', 'z.weight', 'γ\u{9}"x"'"#
    )
    #expect(
      fileError { _ = try file.tensor("z.weight", as: Float.self, shape: [3]) }?.description
        == "(in memory): holds an array of shape [3, 1]; expected [3] for 'z.weight'"
    )
    #expect(
      fileError { _ = try file.tensor("m", as: Float.self) }?.description
        == "(in memory): holds elements of type 'F64'; supported: F32 for 'm'"
    )
    #expect(try file.tensor("z.weight", as: Double.self).elements == [1, 2, 3])
  }

  @Test("Tensors may stand in the header in another order than in the data")
  func headerOrder() throws {
    let header =
      #"{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"#
      + #""a":{"shape":[1],"data_offsets":[0,4],"dtype":"F32"}}  "#
    var bytes = safetensorsFile(header, body: 8)
    bytes[bytes.count - 1] = 0x40  // b = 2
    let file = try Safetensors.read(bytes: bytes, name: "order")
    #expect(try file.tensor("a", as: Float.self).elements == [0])
    #expect(try file.tensor("b", as: Float.self).elements == [2])
  }

  @Test("Every escape of JSON is read")
  func escapes() throws {
    let header = #"{"__metadata__":{"k":"\"\\\/\b\f\n\r\t\u00e9\u03B3\ud83d\ude00\uFFFF"}}"#
    let file = try Safetensors.read(bytes: safetensorsFile(header), name: "escapes")
    #expect(file.metadata["k"] == "\"\\/\u{8}\u{C}\n\r\téγ😀\u{FFFF}")
    #expect(try Safetensors.read(bytes: file.bytes(), name: "again").metadata == file.metadata)
  }
}
