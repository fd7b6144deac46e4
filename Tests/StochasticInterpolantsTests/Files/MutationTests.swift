import Foundation
import Gradients
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
  /// The number of mutants of each format: a million by `make fuzz`.
  static let count =
    ProcessInfo.processInfo.environment["FUZZ_COUNT"].flatMap { Int($0) } ?? 100_000

  @Test("No mutant crashes a reader; each is read or refused in one line")
  func mutants() {
    let result = Mutations.run(count: Self.count, seed: 1)
    #expect(result.complaints == [])
    // Both ways are walked: a mutator that breaks everything would test the first check alone.
    #expect(result.accepted > Self.count / 50)
    #expect(result.refused > Self.count)
  }

  @Test("No mutant of a run's configuration, weights or checkpoint crashes; each is one line")
  func runs() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[1].create(at: scratch["run"])
    let checkpoint = try #require(try run.checkpoints().last).path
    let files = ["configuration.json", "weights.safetensors"].map { scratch["run/" + $0] }
    var mutator = Mutator(random: SplitMix(state: 3))
    var refused = 0
    for path in files + [checkpoint] {
      let whole = FileManager.default.contents(atPath: path).map([UInt8].init) ?? []
      for _ in 0..<Self.count / 250 {
        try Data(mutator.mutate(whole)).write(to: URL(fileURLWithPath: path))
        do {
          let own = try RunDirectory(scratch["run"])
          // Numbers that are valid but large are a wish, not damage: no network is built for them.
          if own.configuration.fields.allSatisfy({ $0.network.parameterCount < 100_000 }) {
            _ = try own.bridge()
            if path == checkpoint { _ = try own.training() }
          }
        } catch {
          refused += 1
          let line = "\(error)"
          let isOneLine = !line.contains(where: \.isNewline)
          #expect(isOneLine, "\(line)")
        }
      }
      try Data(whole).write(to: URL(fileURLWithPath: path))
    }
    #expect(refused > Self.count / 250 * 2)
  }

  @Test("No mutant makes a reader ask for much memory")
  func memory() async {
    await #expect(processExitsWith: .success) {
      guard let inUse = mappedBytes(0) else { exit(2) }
      // Beside what the process has: room for the allocator's arenas, none for a lying header.
      if !limit(__rlimit_resource_t(9), to: inUse + (1 << 30)) { exit(2) }
      let result = Mutations.run(count: 25_000, seed: 2)
      if !result.complaints.isEmpty || result.accepted < 500 { exit(1) }
    }
  }
}
