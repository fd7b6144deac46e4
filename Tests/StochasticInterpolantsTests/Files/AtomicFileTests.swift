import Foundation
import StochasticInterpolants
import Tensors
import Testing

@Suite("Atomic files")
struct AtomicFileTests {
  @Test("A file is made and replaced; nothing else is left")
  func writing() throws {
    let scratch = try ScratchDirectory()
    try AtomicFile.write("first\n", to: scratch["a"])
    #expect(scratch.text("a") == "first\n")
    try AtomicFile.write([UInt8]("second".utf8), to: scratch["a"])
    #expect(scratch.text("a") == "second")
    try AtomicFile.write("", to: scratch["a"])
    #expect(scratch.text("a") == "")
    #expect(scratch.contents() == ["a"])
  }

  @Test("Whatever operation fails, the old file or the new one is there, whole")
  func faults() throws {
    let scratch = try ScratchDirectory()
    let old = Tensor<Double>(repeating: 1, shape: [40_000])
    let new = Tensor<Double>(repeating: 2, shape: [50_000])
    var failures = 0
    for operation in 0..<100 {
      try NPY.write(old, to: scratch["x.npy"])
      let fault = FileFault(afterOperations: operation)
      let error = FileFault.$current.withValue(fault) {
        fileError { try NPY.write(new, to: scratch["x.npy"]) }
      }
      #expect(scratch.contents() == ["x.npy"])
      let found = try NPY.read(scratch["x.npy"])
      if !fault.hasOccurred {
        #expect(error == nil && found == new)
        break
      }
      failures += 1
      #expect(error != nil)
      #expect(found == old || found == new)
      // Only the synchronisation of the directory, in two operations, comes after the renaming.
      if found == new { #expect(failures > 6) }
    }
    // Open, two writes, fsync, close, rename, and for the directory open and fsync.
    #expect(failures == 8)
  }

  @Test("A place is looked at before what it is to hold is computed")
  func writability() throws {
    let scratch = try ScratchDirectory()
    try AtomicFile.write("first\n", to: scratch["a"])
    try FileManager.default.createDirectory(
      atPath: scratch["d"],
      withIntermediateDirectories: false
    )
    #expect(fileError { try AtomicFile.checkWritable(scratch["a"]) } == nil)
    #expect(fileError { try AtomicFile.checkWritable(scratch["new"]) } == nil)
    #expect(fileError { try AtomicFile.checkWritable("/dev/null") } == nil)
    let missing = fileError { try AtomicFile.checkWritable(scratch["no/new"]) }
    #expect(missing == .missingDirectory(path: scratch["no/new"], directory: scratch["no"]))
    let directory = fileError { try AtomicFile.checkWritable(scratch["d"]) }
    #expect(directory == .isDirectory(path: scratch["d"]))
    let below = fileError { try AtomicFile.checkWritable(scratch["a/new"]) }
    #expect(below == .notADirectory(path: scratch["a/new"]))
    #expect(scratch.contents() == ["a", "d"] && scratch.text("a") == "first\n")
  }

  @Test(
    "An open file that cannot be written is refused by its name",
    arguments: [
      "/dev/fd/", "/proc/self/fd/",
    ]
  )
  func descriptorForReading(folder: String) throws {
    let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(number) }
    try #require(number >= 0)
    let path = "\(folder)\(number)"
    #expect(
      fileError { try AtomicFile.checkWritable(path) } == .noPermission(path: path, action: .write)
    )
    #expect(
      fileError { try AtomicFile.write("text", to: path) }
        == .noPermission(path: path, action: .write)
    )
    // No number of files that may be open is as large.
    let closed = "\(folder)\(Int32.max)"
    #expect(
      fileError { try AtomicFile.checkWritable(closed) }
        == .failed(path: closed, action: .write, code: EBADF)
    )
  }

  @Test("A full disk is reported as such")
  func fullDisk() throws {
    let scratch = try ScratchDirectory()
    let fault = FileFault(afterOperations: 1)
    let error = FileFault.$current.withValue(fault) {
      fileError { try AtomicFile.write("text", to: scratch["a"]) }
    }
    #expect(error == .failed(path: scratch["a"], action: .write, code: ENOSPC))
    let line = "cannot write: No space left on device; make room or choose another disk"
    #expect(error?.description == "\(scratch["a"]): \(line)")
    #expect(scratch.contents() == [])
    // A device is written to directly; this one is always full.
    let full = fileError { try NPY.write(Tensor<Double>(zeros: [3]), to: "/dev/full") }
    #expect(full?.description == "/dev/full: \(line)")
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }

  @Test("A file size limit in the middle of a write leaves the old file")
  func sizeLimit() async {
    await #expect(processExitsWith: .success) {
      let scratch = try ScratchDirectory()
      try AtomicFile.write("old", to: scratch["a"])
      signal(SIGXFSZ, SIG_IGN)
      if !limit(__rlimit_resource_t(1), to: 100_000) { exit(2) }
      let error = fileError {
        try AtomicFile.write([UInt8](repeating: 1, count: 200_000), to: scratch["a"])
      }
      #expect(error == .failed(path: scratch["a"], action: .write, code: EFBIG))
      #expect(scratch.text("a") == "old")
      #expect(scratch.contents() == ["a"])
      if error == nil || scratch.contents() != ["a"] || scratch.text("a") != "old" { exit(1) }
    }
  }

  @Test("A directory without permission is named; the old file stays")
  func permissions() async {
    await #expect(processExitsWith: .success) {
      let scratch = try ScratchDirectory()
      try AtomicFile.write("old", to: scratch["a"])
      chmod(scratch["a"], 0o644)
      chmod(scratch.path, 0o555)
      // The superuser may do anything: become nobody.
      let isSuperuser = geteuid() == 0
      if isSuperuser && seteuid(65534) != 0 {
        chmod(scratch.path, 0o755)
        return  // this container has no such user
      }
      let replacing = fileError { try AtomicFile.write("new", to: scratch["a"]) }
      let creating = fileError { try AtomicFile.write("new", to: scratch["b"]) }
      let directory = fileError {
        try AtomicDirectory.write(to: scratch["run"], marker: "m") { _ in }
      }
      let name = scratch["a"]
      chmod(name, 0o000)
      if isSuperuser {
        _ = seteuid(0)
        chmod(name, 0o000)
        _ = seteuid(65534)
      }
      let reading = fileError { _ = try NPY.read(name) }
      if isSuperuser { _ = seteuid(0) }
      chmod(scratch.path, 0o755)
      chmod(name, 0o644)
      let expected: [FileError?] = [
        .noPermission(path: name, action: .write),
        .noPermission(path: scratch["b"], action: .write),
        .noPermission(path: scratch["run"], action: .write),
        .noPermission(path: name, action: .read),
      ]
      #expect([replacing, creating, directory, reading] == expected)
      #expect(scratch.contents() == ["a"] && scratch.text("a") == "old")
      if [replacing, creating, directory, reading] != expected { exit(1) }
      if scratch.contents() != ["a"] || scratch.text("a") != "old" { exit(1) }
    }
  }

  @Test("A path that cannot be written to is refused in one line")
  func refusals() throws {
    let scratch = try ScratchDirectory()
    try AtomicFile.write("file", to: scratch["file"])
    func line(_ path: String) -> String? {
      fileError { try AtomicFile.write("x", to: path) }?.description
    }
    let path = scratch.path
    #expect(
      line(scratch["no/such/a"])
        == "\(path)/no/such/a: the directory '\(path)/no/such' does not "
        + "exist; create it first"
    )
    #expect(line(path) == "\(path): is a directory; give the path of a file")
    #expect(line(scratch["new/"]) == "\(path)/new/: is a directory; give the path of a file")
    #expect(
      line(scratch["file/a"])
        == "\(path)/file/a: a part of this path is a file, not a directory; check the path"
    )
    #expect(line("") == "(an empty path): no such file; check the spelling and the directory")
    let long = scratch[String(repeating: "x", count: 300)]
    #expect(
      line(long)?.hasSuffix("cannot write: File name too long; choose a shorter name") == true
    )
    let null = fileError { try AtomicFile.write("x", to: scratch["a\0b"]) }
    #expect(null == .failed(path: scratch["a\0b"], action: .write, code: EINVAL))
    #expect(scratch.contents() == ["file"])
  }

  @Test("Links are followed and permissions kept")
  func linksAndPermissions() throws {
    let scratch = try ScratchDirectory()
    try AtomicFile.write("old", to: scratch["target"])
    chmod(scratch["target"], 0o640)
    try FileManager.default.createSymbolicLink(
      atPath: scratch["link"],
      withDestinationPath: "target"
    )
    try AtomicFile.write("new", to: scratch["link"])
    #expect(scratch.text("target") == "new")
    var status = stat()
    #expect(lstat(scratch["link"], &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(scratch["target"], &status) == 0 && status.st_mode & 0o777 == 0o640)
  }
}

@Suite("Atomic directories")
struct AtomicDirectoryTests {
  private struct Interruption: Error {}

  private func make(
    _ scratch: ScratchDirectory,
    replacing: Bool = false,
    text: String = "new"
  ) throws {
    try AtomicDirectory.write(to: scratch["run"], replacing: replacing, marker: "run.json") {
      path in
      try AtomicFile.write(text, to: path + "/run.json")
      try AtomicDirectory.write(to: path + "/pictures", marker: "1") { _ in }
    }
  }

  @Test("A directory appears when it is whole; an empty one is filled")
  func making() throws {
    let scratch = try ScratchDirectory()
    try AtomicDirectory.write(to: scratch["run/"], marker: "run.json") { path in
      #expect(!FileManager.default.fileExists(atPath: scratch["run"]))
      try AtomicFile.write("new", to: path + "/run.json")
    }
    #expect(scratch.contents() == ["run"] && scratch.contents("run") == ["run.json"])
    mkdir(scratch["empty"], 0o755)
    let result = try AtomicDirectory.write(to: scratch["empty"], marker: "run.json") { path in
      try AtomicFile.write("new", to: path + "/run.json")
      return 42
    }
    #expect(result == 42)
    #expect(scratch.contents() == ["empty", "run"])
    #expect(scratch.text("empty/run.json") == "new")
  }

  @Test("A directory with content is replaced only when told to, and only one of its kind")
  func replacing() throws {
    let scratch = try ScratchDirectory()
    try make(scratch, text: "old")
    #expect(fileError { try make(scratch) } == .alreadyExists(path: scratch["run"]))
    #expect(scratch.text("run/run.json") == "old")
    try make(scratch, replacing: true)
    #expect(scratch.text("run/run.json") == "new")
    #expect(scratch.contents() == ["run"] && scratch.contents("run") == ["pictures", "run.json"])
    try FileManager.default.removeItem(atPath: scratch["run/run.json"])
    #expect(
      fileError { try make(scratch, replacing: true) }
        == .notReplaceable(path: scratch["run"], marker: "run.json")
    )
    #expect(scratch.contents("run") == ["pictures"])
    try AtomicFile.write("file", to: scratch["file"])
    #expect(
      fileError { try AtomicDirectory.write(to: scratch["file"], marker: "m") { _ in } }
        == .notADirectory(path: scratch["file"])
    )
    #expect(
      fileError { try AtomicDirectory.write(to: scratch["no/run"], marker: "m") { _ in } }
        == .missingDirectory(path: scratch["no/run"], directory: scratch["no"])
    )
  }

  @Test("The working directory is not replaced, though it is empty")
  func workingDirectory() async {
    await #expect(processExitsWith: .success) {
      let scratch = try ScratchDirectory()
      mkdir(scratch["run"], 0o755)
      try #require(chdir(scratch["run"]) == 0)
      for path in [".", "../run", scratch["run"]] {
        let error = fileError { try AtomicDirectory.write(to: path, marker: "m") { _ in } }
        try #require(error == .workingDirectory(path: path))
      }
      try #require(scratch.contents() == ["run"] && scratch.contents("run") == [])
    }
  }

  @Test("An error in the body leaves nothing")
  func interruption() throws {
    let scratch = try ScratchDirectory()
    #expect(throws: Interruption.self) {
      try AtomicDirectory.write(to: scratch["run"], marker: "m") { path in
        try AtomicFile.write("x", to: path + "/m")
        mkdir(path + "/inner", 0o755)
        try AtomicFile.write("y", to: path + "/inner/file")
        throw Interruption()
      }
    }
    #expect(scratch.contents() == [])
  }

  @Test("Whatever operation fails, the old directory or the new one is there, whole")
  func faults() throws {
    var failures = 0
    for operation in 0..<200 {
      let scratch = try ScratchDirectory()
      try make(scratch, text: "old")
      let fault = FileFault(afterOperations: operation, code: EIO)
      let error = FileFault.$current.withValue(fault) {
        fileError { try make(scratch, replacing: true) }
      }
      #expect(scratch.contents() == ["run"])
      #expect(scratch.contents("run") == ["pictures", "run.json"])
      let text = scratch.text("run/run.json")
      if !fault.hasOccurred {
        #expect(error == nil && text == "new")
        break
      }
      failures += 1
      #expect(error != nil)
      #expect(text == "old" || text == "new")
    }
    // The directory is made, its file takes seven operations (open, write, fsync, close, rename,
    // and for the directory open and fsync), the one inside six: made, synchronised in two,
    // renamed, and the one that holds it in two. So does the rest, as there the old one is renamed
    // too.
    #expect(failures == 1 + 7 + 6 + 6)
  }
}
