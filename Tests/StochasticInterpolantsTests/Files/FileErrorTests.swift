import Foundation
import StochasticInterpolants
import Testing

@Suite("File errors")
struct FileErrorTests {
  @Test("Things that are no readable file")
  func notFiles() throws {
    let scratch = try ScratchDirectory()
    try AtomicFile.write("", to: scratch["empty.npy"])
    func line(_ path: String) -> String? { fileError { _ = try NPY.read(path) }?.description }
    func other(_ path: String) -> String? {
      fileError { _ = try Safetensors.read(path) }?.description
    }
    for line in [line, other] {
      #expect(
        line(scratch["none.npy"])
          == "\(scratch["none.npy"]): no such file; check the spelling and the directory"
      )
      #expect(line(scratch.path) == "\(scratch.path): is a directory; give the path of a file")
      #expect(
        line(scratch["empty.npy"]) == "\(scratch["empty.npy"]): is empty (0 bytes); save it again"
      )
      #expect(line("/dev/zero") == "/dev/zero: is a pipe or a device; give the path of a file")
      #expect(
        line(scratch["empty.npy/x"])?.hasSuffix("is a file, not a directory; check the path")
          == true
      )
      #expect(line("a\0b")?.hasPrefix("a\\u{0}b: cannot read: Invalid argument") == true)
    }
  }

  @Test("A sparse file larger than memory is refused before it is read")
  func sparse() throws {
    let scratch = try ScratchDirectory()
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(1 << 39),)}"
    let bytes = npyFile(header)
    try AtomicFile.write(bytes, to: scratch["huge.npy"])
    guard truncate(scratch["huge.npy"], bytes.count + 8 << 39) == 0 else {
      return  // this file system has no such files
    }
    guard case .tooLarge(_, _, 1 << 42, _) = fileError({ _ = try NPY.read(scratch["huge.npy"]) })
    else {
      Issue.record("not refused")
      return
    }
  }

  @Test("Text from outside stays on one line and short")
  func shownText() {
    let path = "a\nb\u{1B}[31m\u{202E}" + String(repeating: "x", count: 1000)
    let line = FileError.missing(path: path).description
    #expect(line.hasPrefix("a\\u{a}b\\u{1b}[31m\\u{202e}xxx"))
    #expect(line.count < 400 && !line.contains { $0.isNewline })
    let type = FileError.unsupportedType(path: "p", type: "\n" + path, supported: "f8").description
    #expect(type.count < 150 && !type.contains { $0.isNewline })
  }

  @Test("localizedDescription is the same line")
  func localized() {
    let errors: [any Error & CustomStringConvertible] = [
      FileError.empty(path: "p"),
      ConversionError.singular(conversion: "s", time: 1, reason: "γ is 0"),
      GaussianMixtureError.weightsDoNotSumToOne(sum: 2),
      GridDensityError.allZero(rows: 1, columns: 1),
      InterpolantChoiceError.scale(-1),
      InterpolantError.boundary(what: "α", time: 0, value: 2, expected: 1),
      LikelihoodBoundError.noOptimalDiffusion(
        velocityExcess: Estimate(value: 0, standardError: 1, count: 1),
        scoreExcess: Estimate(value: 0, standardError: 1, count: 1)
      ),
      MixtureFieldsError.unresolved(time: 0.5),
      PointsError.notFinite(row: 1, column: 2),
      SamplingError.noProbes,
      TrainingError.noObjective,
      TransferError.differentEnds,
      UnknownDensityError(name: "moon"),
    ]
    for error in errors {
      #expect((error as any Error).localizedDescription == error.description)
      #expect(!error.localizedDescription.contains("error 1"))
    }
  }
}
