import Foundation
import StochasticInterpolants
import Tensors

/// What `Tests/Fixtures/files.py` says about the files it wrote.
struct FileFixtures: Decodable {
  struct Array: Decodable, Sendable, CustomStringConvertible {
    let file: String
    let shape: [Int]
    let type: String
    let isFortran: Bool
    let values: [Double]
    var description: String { file }
  }

  struct Archive: Decodable, Sendable, CustomStringConvertible {
    struct Entry: Decodable, Sendable {
      let name: String
      let shape: [Int]
      let values: [Double]
    }
    let file: String
    let metadata: [String: String]
    let tensors: [Entry]
    var description: String { file }
  }

  let npy: [Array]
  let safetensors: [Archive]

  static let all: FileFixtures = {
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path("index.json")))
      return try JSONDecoder().decode(FileFixtures.self, from: data)
    } catch {
      fatalError("index.json: \(error)")
    }
  }()

  static func path(_ name: String) -> String {
    Bundle.module.bundlePath + "/Resources/Files/" + name
  }

  static func bytes(_ name: String) -> [UInt8] {
    FileManager.default.contents(atPath: path(name)).map([UInt8].init) ?? []
  }
}

/// A directory for one test, removed at its end.
final class ScratchDirectory {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "interpolants-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { path + "/" + name }

  func contents(_ name: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: self[name])) ?? []).sorted()
  }

  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: self[name]))
  }

  func text(_ name: String) -> String? { try? String(contentsOfFile: self[name], encoding: .utf8) }
}

/// Numbers for mutations: one seed, one sequence.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The error a call throws, nil if none.
func fileError(_ body: () throws -> Void) -> FileError? {
  do {
    try body()
    return nil
  } catch {
    return error as? FileError
  }
}

/// What this process has mapped, in bytes: a field of `/proc/self/statm` (0: everything, 5: data
/// and stacks).
func mappedBytes(_ field: Int) -> UInt? {
  let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
    .split(separator: " ")
  guard let fields, fields.indices.contains(field) else { return nil }
  return UInt(fields[field]).map { $0 * UInt(sysconf(Int32(_SC_PAGESIZE))) }
}

/// Limits a resource of this process (1: the size of a file, 2: data, 9: memory); false if that
/// failed.
func limit(_ resource: __rlimit_resource_t, to value: UInt) -> Bool {
  var limits = rlimit()
  guard getrlimit(resource, &limits) == 0 else { return false }
  limits.rlim_cur = min(value, limits.rlim_max)
  return setrlimit(resource, &limits) == 0
}

/// A `.npy` file with any header, followed by `body` zero bytes.
func npyFile(_ header: String, body: Int = 0, version: [UInt8] = [1, 0]) -> [UInt8] {
  let length = header.utf8.count
  let count = (0..<(version[0] == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
  return [0x93] + "NUMPY".utf8 + version + count + header.utf8 + [UInt8](repeating: 0, count: body)
}

/// The header of an array in C order, padded so that its numbers begin at byte 128.
func alignedHeader(_ type: String, shape: [Int]) -> String {
  let axes = shape.map { "\($0)," }.joined(separator: " ")
  let text = "{'descr': \(type), 'fortran_order': False, 'shape': (\(axes)), }"
  // Magic, version and length take ten bytes, the line's end one.
  return text + String(repeating: " ", count: 128 - 10 - 1 - text.utf8.count) + "\n"
}

/// A safetensors file with any header, followed by `body` zero bytes.
func safetensorsFile(_ header: String, body: Int = 0) -> [UInt8] {
  let length = UInt64(header.utf8.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header.utf8
    + [UInt8](repeating: 0, count: body)
}
