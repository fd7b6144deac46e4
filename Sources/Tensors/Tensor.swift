/// A dense array of Float or Double, row-major, with value semantics.
///
/// The last axis is contiguous. Copies share storage until one of them is written. Shapes that do
/// not fit stop the program with a message that names both; ``broadcast(to:)`` says what combines.
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// The length of each axis; empty for a scalar.
  public private(set) var shape: [Int]

  /// The number of elements.
  public let count: Int

  private var storage: Storage

  /// A tensor whose elements are undefined until written.
  package init(uninitialized shape: [Int]) {
    require(shape.allSatisfy { $0 >= 0 }, "the shape \(shape) has a negative length")
    // Kernels would take the bytes of another type for those of Double.
    require(
      Scalar.self == Float.self || Scalar.self == Double.self,
      "a tensor is of Float or Double, not of \(Scalar.self)"
    )
    self.shape = shape
    count = shape.elementCount
    self.storage = Storage(byteCount: count * MemoryLayout<Scalar>.stride)
  }

  /// A tensor over the elements of a buffer that starts its storage; shares memory.
  package init(shape: [Int], storage: Storage) {
    self.shape = shape
    count = shape.elementCount
    self.storage = storage
  }

  /// A tensor of one value everywhere.
  ///
  /// - Parameters:
  ///   - value: the value of every element.
  ///   - shape: the length of each axis.
  public init(repeating value: Scalar, shape: [Int]) {
    self.init(uninitialized: shape)
    buffer.fill(value)
  }

  /// A tensor of zeros.
  public init(zeros shape: [Int]) { self.init(repeating: 0, shape: shape) }

  /// A tensor of the given elements in row-major order.
  ///
  /// - Parameters:
  ///   - elements: as many as the shape holds.
  ///   - shape: the length of each axis.
  public init(_ elements: [Scalar], shape: [Int]) {
    require(
      elements.count == shape.elementCount,
      "\(elements.count) elements do not fill the shape \(shape) of \(shape.elementCount)"
    )
    self.init(uninitialized: shape)
    buffer.copy(from: elements)
  }

  /// A vector of the given elements, `[elements.count]`.
  public init(_ elements: [Scalar]) { self.init(elements, shape: [elements.count]) }

  /// A matrix of the given rows, `[rows.count, rows[0].count]`.
  public init(rows: [[Scalar]]) {
    let columns = rows.first?.count ?? 0
    require(
      rows.allSatisfy { $0.count == columns },
      "the rows of a matrix have equal lengths, got \(rows.map(\.count))"
    )
    self.init(rows.flatMap { $0 }, shape: [rows.count, columns])
  }

  /// A scalar, shape `[]`.
  public init(_ value: Scalar) { self.init(repeating: value, shape: []) }

  /// The identity matrix, `[size, size]`.
  public init(identity size: Int) {
    self.init(zeros: [size, size])
    for index in 0..<size { self[index, index] = 1 }
  }

  /// Rounds or widens every element of another tensor.
  public init<Other>(_ other: Tensor<Other>) {
    self.init(uninitialized: other.shape)
    Kernels.convert(other.buffer, into: buffer)
  }

  /// The number of axes.
  public var rank: Int { shape.count }

  /// The elements, for kernels: reading is safe, writing only by who made the tensor.
  package var buffer: Buffer<Scalar> { Buffer(whole: storage, count: count) }

  /// The elements for writing, after a copy if the storage is shared.
  package var uniqueBuffer: Buffer<Scalar> {
    mutating get {
      makeUnique()
      return buffer
    }
  }

  private mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) {
      let copy = Tensor(uninitialized: shape)
      copy.buffer.copy(from: buffer)
      self = copy
    }
  }

  /// The elements in row-major order.
  public var elements: [Scalar] {
    get { buffer.elements }
    set { self = Tensor(newValue, shape: shape) }
  }

  /// Calls `body` with the elements for reading, in row-major order.
  public func withSpan<Result: ~Copyable, Failure: Error>(
    _ body: (Span<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try buffer.withSpan(body)
  }

  /// Calls `body` with the elements for writing, in row-major order.
  public mutating func withMutableSpan<Result: ~Copyable, Failure: Error>(
    _ body: (inout MutableSpan<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try uniqueBuffer.withMutableSpan(body)
  }

  /// The single element of a tensor of one element.
  public var scalar: Scalar {
    require(count == 1, "a tensor of shape \(shape) is not a single element")
    return withSpan { $0[0] }
  }

  /// One element of a vector.
  public subscript(index: Int) -> Scalar {
    get { withSpan { $0[position([index])] } }
    set {
      let place = position([index])
      withMutableSpan { $0[place] = newValue }
    }
  }

  /// One element of a matrix.
  public subscript(row: Int, column: Int) -> Scalar {
    get { withSpan { $0[position([row, column])] } }
    set {
      let place = position([row, column])
      withMutableSpan { $0[place] = newValue }
    }
  }

  private func position(_ indices: [Int]) -> Int {
    require(
      indices.count == shape.count && zip(indices, shape).allSatisfy { $0 >= 0 && $0 < $1 },
      "the index \(indices) is outside a tensor of shape \(shape)"
    )
    return zip(indices, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }

  /// The same elements under another shape of the same count.
  public func reshaped(_ shape: [Int]) -> Tensor {
    require(
      shape.allSatisfy { $0 >= 0 } && shape.elementCount == count,
      "a tensor of shape \(self.shape) (\(count) elements) cannot take the shape \(shape) "
        + "(\(shape.elementCount))"
    )
    return Tensor(shape: shape, storage: storage)
  }
}

extension Tensor: Equatable {
  /// Equal shapes and elements; a NaN equals nothing, as in IEEE 754.
  public static func == (first: Tensor, second: Tensor) -> Bool {
    first.shape == second.shape
      && first.withSpan { left in
        second.withSpan { right in (0..<left.count).allSatisfy { left[$0] == right[$0] } }
      }
  }
}

extension Tensor: CustomStringConvertible {
  /// Shape, scalar type and the first elements.
  public var description: String {
    let shown = withSpan { span in
      (0..<min(8, span.count)).map { "\(span[$0])" }.joined(separator: ", ")
    }
    return "Tensor<\(Scalar.scalarName)>\(shape)[\(shown)\(count > 8 ? ", …" : "")]"
  }
}

extension Tensor: Codable {
  private enum CodingKeys: String, CodingKey { case shape, elements }

  /// Reads shape and elements; throws where their counts differ.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let shape = try container.decode([Int].self, forKey: .shape)
    let elements = try container.decode([Scalar].self, forKey: .elements)
    // A shape from outside may be too large for its product to be a number.
    let count = shape.reduce((partialValue: 1, overflow: false)) { product, length in
      let next = product.partialValue.multipliedReportingOverflow(by: length)
      return (next.partialValue, product.overflow || next.overflow)
    }
    guard shape.allSatisfy({ $0 >= 0 }), !count.overflow, elements.count == count.partialValue
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .elements,
        in: container,
        debugDescription: "\(elements.count) elements do not fill the shape \(shape)"
      )
    }
    self.init(elements, shape: shape)
  }

  /// Writes shape and elements.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(shape, forKey: .shape)
    try container.encode(elements, forKey: .elements)
  }
}
