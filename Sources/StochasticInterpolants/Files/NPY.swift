public import Tensors

/// NumPy's `.npy` files: one array each.
///
/// Read: format versions 1.0 to 3.0, floating-point numbers of 2, 4 and 8 bytes, integers of 1 to 8,
/// booleans, both byte orders, C and Fortran order, any number of axes. Written: version 1.0,
/// `<f8` or `<f4`, C order. A file is refused unless it has exactly the bytes its header describes.
public enum NPY {
  /// Reads the header alone, and checks the file's length against it.
  ///
  /// - Parameter path: a file or a pipe.
  /// - Returns: shape, type and order of the array.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func readHeader(_ path: String) throws(FileError) -> NPYHeader {
    try NPYHeader(ByteSource(path: path))
  }

  /// Reads an array of any shape.
  ///
  /// - Parameters:
  ///   - path: a file or a pipe.
  ///   - scalar: `Double` takes every supported type, integers beyond 2⁵³ rounded; `Float` takes
  ///     `f4` only.
  /// - Returns: the array, of the header's shape.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func read<Scalar>(
    _ path: String,
    as scalar: Scalar.Type = Double.self
  ) throws(FileError) -> Tensor<Scalar> {
    try read(ByteSource(path: path))
  }

  /// Reads an array from the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: a whole `.npy` file.
  ///   - name: stands for the path in errors.
  ///   - scalar: as in ``read(_:as:)``.
  /// - Returns: the array, of the header's shape.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func read<Scalar>(
    bytes: [UInt8],
    name: String,
    as scalar: Scalar.Type = Double.self
  ) throws(FileError) -> Tensor<Scalar> {
    try read(ByteSource(bytes, named: name))
  }

  /// Reads points, one a row; a vector becomes one column.
  ///
  /// - Parameter path: a file or a pipe.
  /// - Returns: `[count, dimension]`, both at least 1, every component finite.
  /// - Throws: ``FileError``, which names what is wrong; for a NaN or an infinity, where it stands.
  public static func readPoints(_ path: String) throws(FileError) -> Tensor<Double> {
    try readPoints(ByteSource(path: path))
  }

  /// Reads points from the bytes of a file, as ``readPoints(_:)`` does.
  ///
  /// - Parameters:
  ///   - bytes: a whole `.npy` file.
  ///   - name: stands for the path in errors.
  /// - Returns: `[count, dimension]`.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func readPoints(bytes: [UInt8], name: String) throws(FileError) -> Tensor<Double> {
    try readPoints(ByteSource(bytes, named: name))
  }

  /// Writes an array so that a failure leaves an earlier file of that name as it was.
  ///
  /// - Parameters:
  ///   - tensor: written as `<f8` or `<f4`, by its scalar.
  ///   - path: the file, replaced if it exists.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func write<Scalar>(
    _ tensor: Tensor<Scalar>,
    to path: String
  ) throws(FileError) {
    try AtomicFile.write(to: path) { sink throws(FileError) in try encode(tensor, into: &sink) }
  }

  /// The bytes of the file that ``write(_:to:)`` writes.
  public static func bytes<Scalar>(of tensor: Tensor<Scalar>) -> [UInt8] {
    var bytes = header(of: tensor)
    tensor.withBytes { bytes.append($0) }
    return bytes
  }

  private static func header<Scalar>(of tensor: Tensor<Scalar>) -> [UInt8] {
    NPYHeader.bytes(
      type: ElementType(of: Scalar.self).kind == .float32 ? "<f4" : "<f8",
      shape: tensor.shape
    )
  }

  private static func encode<Scalar>(
    _ tensor: Tensor<Scalar>,
    into sink: inout ByteSink
  ) throws(FileError) {
    try sink.write(header(of: tensor))
    try tensor.withBytes { bytes throws(FileError) in try sink.write(bytes) }
  }

  private static func read<Scalar>(_ source: ByteSource) throws(FileError) -> Tensor<Scalar> {
    let header = try NPYHeader(source)
    if ElementType(of: Scalar.self).kind == .float32, header.elementType.kind != .float32 {
      throw .unsupportedType(
        path: source.path,
        type: header.type,
        supported: "f4 where Float is asked for"
      )
    }
    return try elements(of: header, source)
  }

  private static func readPoints(_ source: ByteSource) throws(FileError) -> Tensor<Double> {
    let header = try NPYHeader(source)
    let expected = "[count, dimension], or [count] for one column, without empty axes"
    guard (1...2).contains(header.shape.count), !header.shape.contains(0) else {
      throw .wrongShape(path: source.path, shape: header.shape, expected: expected)
    }
    let array: Tensor<Double> = try elements(of: header, source)
    let points = array.rank == 1 ? array.reshaped([array.count, 1]) : array
    if let position = points.firstNonFinite {
      let (row, column) = position.quotientAndRemainder(dividingBy: points.shape[1])
      let value = points[row, column]
      throw .nonFinite(
        path: source.path,
        value: value.isNaN ? "NaN" : "\(value)",
        row: row,
        column: column
      )
    }
    return points
  }

  private static func elements<Scalar>(
    of header: NPYHeader,
    _ source: ByteSource
  ) throws(FileError) -> Tensor<Scalar> {
    // Concrete calls: the loops over elements are then compiled for the type, whoever calls.
    let result: any Sendable =
      if Scalar.self == Double.self {
        try ordered(header, source) as Tensor<Double>
      } else {
        try ordered(header, source) as Tensor<Float>
      }
    guard let tensor = result as? Tensor<Scalar> else {
      fatalError("a tensor holds Float or Double, not \(Scalar.self)")
    }
    return tensor
  }

  private static func ordered<Scalar>(
    _ header: NPYHeader,
    _ source: ByteSource
  ) throws(FileError) -> Tensor<Scalar> {
    let isTurned = header.isFortranOrder && header.shape.count > 1
    let tensor: Tensor<Scalar> = try source.tensor(
      of: header.elementType,
      shape: isTurned ? header.shape.reversed() : header.shape,
      at: header.bodyOffset
    )
    return isTurned ? tensor.reversingAxes() : tensor
  }
}

extension Tensor {
  /// The tensor with its axes in the opposite order, a copy.
  func reversingAxes() -> Tensor {
    if rank == 2 { return transposed }
    let target = [Int](shape.reversed())
    var result = Tensor(uninitialized: target)
    if count == 0 { return result }
    // The step in this tensor that goes with each axis of the result.
    var steps: [Int] = []
    var step = 1
    for length in target {
      steps.append(step)
      step *= length
    }
    let last = target.count - 1
    withSpan { source in
      result.withMutableSpan { destination in
        var index = [Int](repeating: 0, count: target.count)
        var position = 0
        for start in stride(from: 0, to: destination.count, by: target[last]) {
          for offset in 0..<target[last] {
            destination[start + offset] = source[position + offset * steps[last]]
          }
          var axis = last - 1
          while axis >= 0 {
            index[axis] += 1
            position += steps[axis]
            if index[axis] < target[axis] { break }
            position -= steps[axis] * target[axis]
            index[axis] = 0
            axis -= 1
          }
        }
      }
    }
    return result
  }
}
