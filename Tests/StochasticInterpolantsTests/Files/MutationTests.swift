import Foundation
import StochasticInterpolants
import Tensors
import Testing

/// Changes to valid files as accidents, and hostile writers, make them.
struct Mutator {
  var random: SplitMix

  private static let hostile: [String] = [
    "0", "-1", "00", "9223372036854775807", "18446744073709551616", "4294967296", "1e9", "99999999",
    "(", ")", "[", "]", "{", "}", ",", ":", "'", "\"", "\\", "\\u0000", "\\ud800", "L", " ", "\0",
    "True", "<f8", ">i1", "|O", "F64", "BF16", "shape", "descr", "data_offsets", "__metadata__",
  ]

  mutating func mutate(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      if bytes.isEmpty { return bytes }
      // Mostly in the header, where the rules are.
      let reach = Bool.random(using: &random) ? bytes.count : min(bytes.count, 120)
      let place = Int.random(in: 0..<reach, using: &random)
      switch Int.random(in: 0..<9, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + 8))
      case 3: bytes.removeLast(bytes.count - place)
      case 4:
        let length = Int.random(in: 1...16, using: &random)
        bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + length)], at: place)
      case 5:
        let text = Self.hostile[Int.random(in: 0..<Self.hostile.count, using: &random)]
        bytes.insert(contentsOf: text.utf8, at: place)
      case 6: replaceNumber(from: place, in: &bytes)
      case 7:
        // The length of the header: bytes 8 to 11 in one format, 0 to 7 in the other.
        bytes[min(bytes.count - 1, Int.random(in: 0..<12, using: &random))] =
          UInt8.random(in: 0...255, using: &random)
      default:
        bytes += [UInt8](repeating: 0, count: Int.random(in: 1...64, using: &random))
      }
    }
    return bytes
  }

  private mutating func replaceNumber(from place: Int, in bytes: inout [UInt8]) {
    guard let start = bytes[place...].firstIndex(where: { (0x30...0x39).contains($0) }) else {
      return
    }
    let end = bytes[start...].firstIndex { !(0x30...0x39).contains($0) } ?? bytes.count
    let value = random.next() >> UInt64.random(in: 0..<64, using: &random)
    bytes.replaceSubrange(start..<end, with: String(value).utf8)
  }
}

/// What became of the mutants.
struct Mutations {
  var accepted = 0
  var refused = 0
  var complaints: [String] = []

  /// Reads `count` mutants of each format.
  static func run(count: Int, seed: UInt64) -> Mutations {
    var result = Mutations()
    var mutator = Mutator(random: SplitMix(state: seed))
    let npy = FileFixtures.all.npy.map { FileFixtures.bytes($0.file) }
    let archives = FileFixtures.all.safetensors.map { FileFixtures.bytes($0.file) }
    for index in 0..<count {
      let bytes = mutator.mutate(npy[index % npy.count])
      result.record {
        let tensor = try NPY.read(bytes: bytes, name: "mutant")
        return tensor.count * 8 <= bytes.count * 8
      }
      let archive = mutator.mutate(archives[index % archives.count])
      result.record {
        let file = try Safetensors.read(bytes: archive, name: "mutant")
        let counts = file.names.compactMap { file[$0]?.shape.reduce(1, *) }
        return counts.reduce(0, +) <= archive.count
      }
    }
    return result
  }

  /// Counts one outcome; `read` says whether what it holds is bounded by the bytes it came from.
  private mutating func record(_ read: () throws -> Bool) {
    do {
      accepted += 1
      if try !read() { complaints.append("holds more elements than the file has bytes") }
    } catch {
      accepted -= 1
      refused += 1
      let line = "\(error)"
      if !(error is FileError) || line.utf8.count > 1000 || line.contains(where: \.isNewline) {
        complaints.append(line)
      }
    }
  }
}

@Suite("Mutated files")
struct MutationTests {
  @Test("No mutant crashes a reader; each is read or refused in one line")
  func mutants() {
    let result = Mutations.run(count: 100_000, seed: 1)
    #expect(result.complaints == [])
    // Both ways are walked: a mutator that breaks everything would test the first check alone.
    #expect(result.accepted > 2000)
    #expect(result.refused > 100_000)
  }

  @Test("No mutant makes a reader ask for much memory")
  func memory() async {
    await #expect(processExitsWith: .success) {
      let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
      let inUse = (pages.split(separator: " ").first.flatMap { UInt($0) } ?? 0) * 4096
      // Beside what the process has: room for the allocator's arenas, none for a lying header.
      if !limit(__rlimit_resource_t(9), to: inUse + (1 << 30)) { exit(2) }
      let result = Mutations.run(count: 25_000, seed: 2)
      if !result.complaints.isEmpty || result.accepted < 500 { exit(1) }
    }
  }
}
