public import Tensors

/// Writing of comma-separated values, as RFC 4180 has them, with a line feed after each row.
///
/// Numbers are the shortest decimals that read back to the same `Double`, whatever the locale.
/// Reading is a matter of the tool, which has a library for it.
public enum CSV {
  /// Writes a table so that a failure leaves an earlier file of that name as it was.
  ///
  /// - Parameters:
  ///   - rows: `[count, columns]`.
  ///   - header: a name for each column, or none for a file without a header.
  ///   - path: the file, replaced if it exists.
  /// - Throws: ``FileError``, which names what is wrong.
  /// - Precondition: `header` is empty or has as many names as `rows` has columns.
  public static func write(
    _ rows: Tensor<Double>,
    header: [String] = [],
    to path: String
  ) throws(FileError) {
    check(rows, header)
    try AtomicFile.write(to: path) { sink throws(FileError) in
      if !header.isEmpty { try sink.write(line(header)) }
      for row in 0..<rows.shape[0] { try sink.write(line(rows, row)) }
    }
  }

  /// The text of the file that ``write(_:header:to:)`` writes.
  ///
  /// - Parameters:
  ///   - rows: `[count, columns]`.
  ///   - header: a name for each column, or none.
  /// - Returns: the lines, each with its line feed.
  public static func text(_ rows: Tensor<Double>, header: [String] = []) -> String {
    check(rows, header)
    let start = header.isEmpty ? "" : line(header)
    return (0..<rows.shape[0]).reduce(into: start) { $0 += line(rows, $1) }
  }

  /// One line of fields, quoted where they hold a comma, a quotation mark or a line end.
  public static func line(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\n"
  }

  /// One line of numbers.
  public static func line(_ numbers: [Double]) -> String {
    numbers.map { "\($0)" }.joined(separator: ",") + "\n"
  }

  private static func line(_ rows: Tensor<Double>, _ row: Int) -> String {
    let columns = rows.shape[1]
    return line(rows.withSpan { span in (0..<columns).map { span[row * columns + $0] } })
  }

  private static func field(_ text: String) -> String {
    let isPlain = !text.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }
    if isPlain { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  private static func check(_ rows: Tensor<Double>, _ header: [String]) {
    require(rows.rank == 2, "a table has the shape [count, columns], got \(rows.shape)")
    require(
      header.isEmpty || header.count == rows.shape[1],
      "\(header.count) column names do not fit a table of shape \(rows.shape)"
    )
  }
}

/// Whole files of text.
public enum TextFile {
  /// Reads a file as UTF-8.
  ///
  /// - Parameter path: a file or a pipe.
  /// - Returns: its text.
  /// - Throws: ``FileError``, also where the file is empty or not UTF-8.
  public static func read(_ path: String) throws(FileError) -> String {
    let source = try ByteSource(path: path)
    let bytes = try source.bytes(0..<source.byteCount)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .notInFormat(path: path, format: "text", found: "its bytes are not UTF-8")
    }
    return text
  }
}
