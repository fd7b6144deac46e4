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

  /// The run refers to the file itself, by whatever path it was opened.
  @Test func aMappedFileIsFoundAgain() throws {
    let scratch = try ScratchDirectory()
    try NPY.write(TwoMoons().sample(count: 60, seed: 5), to: scratch["x.npy"])
    try FileManager.default.createDirectory(
      atPath: scratch["folder"],
      withIntermediateDirectories: false
    )
    var own = RunCase.all[0]
    own.target = .mapped(try MappedPoints(scratch["folder/../x.npy"]))
    let run = try own.create(at: scratch["run"])
    guard case .points(let reference) = run.configuration.target else {
      Issue.record("\(run.configuration.target)")
      return
    }
    #expect(reference.path.hasPrefix("/") && !reference.path.contains(".."))
    #expect(reference.path.hasSuffix("/x.npy") && reference.count == 60)
    // Another file in its place, which nothing reads as a whole when a path starts backward.
    try NPY.write(TwoMoons().sample(count: 59, seed: 6), to: scratch["x.npy"])
    let error = #expect(throws: RunError.self) { _ = try run.bridge(readsTarget: true) }
    let text = error?.description ?? ""
    #expect(text.contains("has 59 points, and had 60 when the run was made"), "\(text)")
  }

  /// A run holds out points by itself, of a whole file, and has ends of one dimension.
  @Test func endsThatMakeNoRunAreRefused() throws {
    let scratch = try ScratchDirectory()
    try NPY.write(TwoMoons().sample(count: 60, seed: 5), to: scratch["x.npy"])
    let whole = try MappedPoints(scratch["x.npy"])
    var part = RunCase.all[0]
    part.target = .mapped(try whole.split(holdingOut: 0.2, seed: 1).training)
    let partial = #expect(throws: RunError.self) { _ = try part.create(at: scratch["run"]) }
    #expect(partial?.description.contains("is to be trained on a part of") == true)
    var uneven = RunCase.all[1]
    uneven.base = .points(Tensor(zeros: [60, 3]), origin: "zeros")
    let error = #expect(throws: RunError.self) { _ = try uneven.create(at: scratch["run"]) }
    #expect(error?.description.contains("the base has 3 dimensions and the target 2") == true)
    #expect(scratch.contents() == ["x.npy"])
  }

  @Test func aMissingFileIsNamed() throws {
    let scratch = try ScratchDirectory()
    for path in [scratch["none.npy"], ""] {
      #expect(fileError { _ = try RunSource.npy(path) } == .missing(path: path))
    }
  }
}
