import Foundation
import Gradients
import StochasticInterpolants
import Tensors
import Testing

/// Points of a file that stays on the disk are those of the file read whole.
@Suite struct MappedPointsTests {
  static let tables = FileFixtures.all.npy.filter { $0.shape.count == 2 && !$0.shape.contains(0) }

  @Test(arguments: tables)
  func rowsAreThoseOfTheArray(_ fixture: FileFixtures.Array) throws {
    let mapped = try MappedPoints(FileFixtures.path(fixture.file))
    let whole = try NPY.read(FileFixtures.path(fixture.file))
    let rows = Array((0..<fixture.shape[0]).reversed()) + [0]
    #expect(mapped.points(rows) == whole.gatheringRows(rows))
    #expect(mapped.count == fixture.shape[0] && mapped.dimension == fixture.shape[1])
  }

  @Test func drawsAreThoseOfTheDensityInMemory() throws {
    let scratch = try ScratchDirectory()
    let points = TwoMoons().sample(count: 500, seed: 1)
    try NPY.write(points, to: scratch["x.npy"])
    let mapped = try MappedPoints(scratch["x.npy"])
    let memory = try EmpiricalDensity(points: points)
    #expect(mapped.sample(count: 300, seed: 4) == memory.sample(count: 300, seed: 4))
  }

  @Test(arguments: [2, 3, 10, 1_000])
  func bothPartsTogetherAreThePoints(_ count: Int) throws {
    let scratch = try ScratchDirectory()
    try NPY.write(Tensor((0..<count).map(Double.init)), to: scratch["x.npy"])
    let mapped = try MappedPoints(scratch["x.npy"])
    let parts = try mapped.split(holdingOut: 0.2, seed: 8)
    let heldOut = parts.heldOut.points(Array(0..<parts.heldOut.count)).elements
    let training = parts.training.points(Array(0..<parts.training.count)).elements
    #expect((heldOut + training).sorted() == (0..<count).map(Double.init))
    #expect(heldOut.count == max(1, count / 5))
    if count == 1_000 {
      // Not the first rows: the mean of 200 of 0..<1000 without replacement is 499.5 with deviation
      // 288.7 √(0.8/200) = 18.3; five of them.
      #expect(abs(heldOut.reduce(0, +) / 200 - 499.5) < 91)
      let other = try mapped.split(holdingOut: 0.2, seed: 9).heldOut
      #expect(other.points(Array(0..<200)).elements != heldOut)
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 16, 17, 63, 64, 65, 255, 1_000, 4_097])
  func theOrderIsAPermutation(_ count: Int) {
    let order = IndexPermutation(count: count, seed: 5, stream: 1)
    #expect((0..<count).map { order($0) }.sorted() == Array(0..<count))
  }

  @Test func theOrderIsAnotherForAnotherSeedOrStream() {
    func order(_ seed: UInt64, _ stream: UInt16) -> [Int] {
      let order = IndexPermutation(count: 1_000, seed: seed, stream: stream)
      return (0..<1_000).map { order($0) }
    }
    #expect(order(5, 1) != order(5, 2) && order(5, 1) != order(6, 1))
  }

  /// The 24 orders of four are equally likely over seeds, within five deviations of their shares.
  ///
  /// Each of the eight rounds follows one of four permutations of two bits, whichever the key; all
  /// 4⁸ products of them give no order more or less than 1/24 by more than 1/64 of it.
  @Test func ordersAreEquallyLikely() {
    let count = 20_000
    var shares: [[Int]: Double] = [:]
    for seed in 0..<count {
      let order = IndexPermutation(count: 4, seed: UInt64(seed), stream: 1)
      shares[(0..<4).map { order($0) }, default: 0] += 1 / Double(count)
    }
    #expect(shares.count == 24)
    let error = 5 * (23.0 / 576 / Double(count)).squareRoot() + 1.0 / 24 / 64
    for (order, share) in shares { #expect(abs(share - 1.0 / 24) < error, "\(order)") }
  }

  /// Of an affine map of the numbers all second differences are 0, and of one of their bits the
  /// sums of bits in groups of four.
  ///
  /// At random each is 0 with a probability of 1/n: 1 of the differences and ¼ of the sums are
  /// expected, and more than 12 have a probability below 10⁻¹⁰.
  @Test func theOrderIsNoAffineMap() {
    let count = 4_096
    let order = IndexPermutation(count: count, seed: 5, stream: 1)
    let places = (0..<count).map { order($0) }
    let differences = (2..<count).count {
      (places[$0] - 2 * places[$0 - 1] + places[$0 - 2]) % count == 0
    }
    let sums = stride(from: 0, to: count, by: 4).count { places[$0..<$0 + 4].reduce(0, ^) == 0 }
    #expect(differences <= 12 && sums <= 12)
  }

  @Test func aBadNumberIsNamedWithItsPlace() throws {
    let scratch = try ScratchDirectory()
    var points = Tensor<Double>(zeros: [200_000, 2])
    points[150_000, 1] = .infinity
    try NPY.write(points, to: scratch["x.npy"])
    let error = fileError { _ = try MappedPoints(scratch["x.npy"]).check() }
    #expect(
      error
        == .nonFinite(path: scratch["x.npy"], value: "inf", row: 150_000, column: 1)
    )
  }

  @Test func aDeviceCannotBeMapped() {
    #expect(
      fileError { _ = try MappedPoints("/dev/zero") } == .notAFile(path: "/dev/zero")
    )
  }

  /// A pipe has no place on the disk.
  ///
  /// Whoever opens one waits for a writer, so that one stands by: it offers an array once and then
  /// opens and closes the pipe for as long as the process lives.
  @Test func aPipeCannotBeMapped() async {
    await #expect(processExitsWith: .success) {
      // A wait without an end becomes a failure.
      alarm(60)
      signal(SIGPIPE, SIG_IGN)
      let scratch = try ScratchDirectory()
      let path = scratch["pipe"]
      try #require(mkfifo(path, 0o600) == 0)
      let bytes = NPY.bytes(of: Tensor<Double>(zeros: [2, 2]))
      let writer = Thread {
        let first = open(path, O_WRONLY)
        _ = bytes.withUnsafeBytes { write(first, $0.baseAddress, $0.count) }
        close(first)
        while true {
          let next = open(path, O_WRONLY | O_NONBLOCK)
          if next >= 0 { close(next) }
          usleep(1_000)
        }
      }
      writer.start()
      try #require(fileError { _ = try MappedPoints(path) } == .notAFile(path: path))
    }
  }

  @Test("A file of 10 GB is drawn from and trained on without memory for it")
  func aFileLargerThanMemory() async {
    await #expect(processExitsWith: .success) {
      let scratch = try ScratchDirectory()
      let path = scratch["large.npy"]
      let rows = 1_250_000_000
      let header = alignedHeader("'<f4'", shape: [rows, 2])
      try Data(npyFile(header)).write(to: URL(fileURLWithPath: path))
      // All zeros but the last row: a sparse file takes no room on the disk.
      let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      try handle.seek(toOffset: UInt64(128 + (rows - 1) * 8))
      try handle.write(contentsOf: Data([0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]))
      try handle.close()
      // Data and heap: a gigabyte beyond what is in use, the stacks of the workers' threads with
      // it; the mapping of the file, which is not written to, does not count.
      _ = Workers.shared
      guard let inUse = mappedBytes(5), limit(__rlimit_resource_t(2), to: inUse + (1 << 30)) else {
        exit(2)
      }
      let points = try MappedPoints(path)
      if points.count != rows || points.points([rows - 1]).elements != [1, 2] { exit(3) }
      var training = try Training(
        .linear,
        target: points.split(holdingOut: 0.1, seed: 1).training,
        objectives: [.velocity(MLP(dimension: 2, hidden: [8]))],
        configuration: TrainingConfiguration(rows: 512, steps: 3)
      )
      while try training.next() != nil {}
    }
  }
}
