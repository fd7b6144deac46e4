/// The first bytes of a file that is not what it should be.
enum Beginning {
  private static let known: [(bytes: [UInt8], name: String)] = [
    ([0x93] + "NUMPY".utf8, "a .npy file"),
    ([0x50, 0x4B, 0x03, 0x04], "a zip archive, such as .npz or PyTorch's"),
    ([0x89] + "PNG".utf8, "a PNG picture"),
    ([0x89] + "HDF".utf8, "an HDF5 file"),
    ([0x1F, 0x8B], "a gzip archive"),
    ([0x80, 0x02], "a Python pickle"),
    ([0x80, 0x03], "a Python pickle"),
    ([0x80, 0x04], "a Python pickle"),
    ([0x80, 0x05], "a Python pickle"),
  ]

  static func describe(_ bytes: [UInt8]) -> String {
    for (start, name) in known where bytes.starts(with: start) { return "it looks like \(name)" }
    let start = bytes.prefix(8)
    if start.allSatisfy({ (0x20..<0x7F).contains($0) || (0x09...0x0D).contains($0) }) {
      let text = FileError.quoted(String(decoding: start, as: UTF8.self))
      return "it begins with the text \(text)"
    }
    let digits = start.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    return "it begins with the bytes \(digits.joined(separator: " "))"
  }
}
