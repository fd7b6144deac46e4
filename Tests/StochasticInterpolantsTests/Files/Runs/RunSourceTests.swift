import Foundation
import StochasticInterpolants
import Tensors
import Testing

/// The points of a file as an end of a run.
@Suite struct RunSourceTests {
  @Test func aSmallFileIsRead() throws {
    let scratch = try ScratchDirectory()
    let points = TwoMoons().sample(count: 20, seed: 1)
    try NPY.write(points, to: scratch["x.npy"])
    let source = try RunSource.npy(scratch["x.npy"])
    guard case .points(let read, let origin) = source else {
      Issue.record("\(source)")
      return
    }
    #expect(read == points && origin == scratch["x.npy"])
    #expect(source.dimension == 2)
  }

  /// From `mappedFrom` bytes on; the path is the file's own, so that a run finds it again.
  @Test func aLargeFileIsMapped() throws {
    let scratch = try ScratchDirectory()
    let header = alignedHeader("'<f4'", shape: [(RunSource.mappedFrom - 128) / 8, 2])
    try AtomicFile.write(npyFile(header), to: scratch["large.npy"])
    try #require(truncate(scratch["large.npy"], RunSource.mappedFrom) == 0)
    try FileManager.default.createSymbolicLink(
      atPath: scratch["link.npy"],
      withDestinationPath: "large.npy"
    )
    for name in ["large.npy", "link.npy"] {
      let source = try RunSource.npy(scratch[name])
      guard case .mapped(let points) = source else {
        Issue.record("\(source)")
        return
      }
      #expect(points.count == (RunSource.mappedFrom - 128) / 8 && source.dimension == 2)
      #expect(points.path.hasSuffix("/large.npy"))
      #expect(points.points([0, points.count - 1]) == Tensor(zeros: [2, 2]))
    }
  }

  @Test func aMissingFileIsNamed() throws {
    let scratch = try ScratchDirectory()
    for path in [scratch["none.npy"], ""] {
      #expect(fileError { _ = try RunSource.npy(path) } == .missing(path: path))
    }
  }
}
