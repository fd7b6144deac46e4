import StochasticInterpolants
import Tensors
import Testing

@Suite("CSV writing")
struct CSVTests {
  @Test("Numbers are the shortest that read back; names are quoted where they must be")
  func text() throws {
    let rows = Tensor<Double>(rows: [[0.1, -1e-300, 3], [1 / 3, 1e22, -0.0]])
    #expect(
      CSV.text(rows, header: ["x", "a,b", "say \"γ\"\nhere"])
        == "x,\"a,b\",\"say \"\"γ\"\"\nhere\"\n0.1,-1e-300,3.0\n0.3333333333333333,1e+22,-0.0\n"
    )
    #expect(CSV.text(Tensor(zeros: [0, 2]), header: ["a", "b"]) == "a,b\n")
    #expect(CSV.text(Tensor([1, 2], shape: [2, 1])) == "1.0\n2.0\n")
    #expect(CSV.line([1.5, .nan, -.infinity]) == "1.5,nan,-inf\n")
    #expect(CSV.line(["", "a\rb"]) == ",\"a\rb\"\n")
  }

  @Test("Every bit pattern reads back")
  func roundTrip() throws {
    var random = SplitMix(state: 3)
    let values = (0..<3000).map { _ in Double(bitPattern: random.next() & ~(1 << 62)) }
    let scratch = try ScratchDirectory()
    try CSV.write(Tensor(values, shape: [1000, 3]), header: ["a", "b", "c"], to: scratch["t.csv"])
    let lines = (scratch.text("t.csv") ?? "").split(separator: "\n")
    #expect(lines.count == 1001 && lines[0] == "a,b,c")
    let back = lines.dropFirst().flatMap { $0.split(separator: ",").compactMap { Double($0) } }
    #expect(back.map(\.bitPattern) == values.map(\.bitPattern))
  }
}

@Suite("Text files")
struct TextFileTests {
  @Test("A file of UTF-8 is read as it is")
  func reading() throws {
    let scratch = try ScratchDirectory()
    let text = "γ,\u{1F600}\r\n\0 end"
    try AtomicFile.write(text, to: scratch["t.csv"])
    #expect(try TextFile.read(scratch["t.csv"]) == text)
  }

  @Test("What is no text is refused by its path")
  func refusals() throws {
    let scratch = try ScratchDirectory()
    func error(_ path: String) -> FileError? { fileError { _ = try TextFile.read(path) } }
    #expect(error(scratch["none"]) == .missing(path: scratch["none"]))
    #expect(error(scratch.path) == .isDirectory(path: scratch.path))
    let path = scratch["t.csv"]
    try AtomicFile.write("", to: path)
    #expect(error(path) == .empty(path: path))
    // A byte that begins nothing, and a letter of two bytes that ends after one.
    for bytes in [[0xFF], [0x61, 0xC3]] as [[UInt8]] {
      try AtomicFile.write(bytes, to: path)
      let found = error(path)
      #expect(
        found == .notInFormat(path: path, format: "text", found: "its bytes are not UTF-8")
      )
      #expect(found?.description.hasSuffix("; save it as UTF-8") == true)
    }
  }
}
