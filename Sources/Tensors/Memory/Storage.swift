/// A block of memory, aligned for the widest vector registers and taken from a pool.
///
/// Pointers to elements live in the files of this folder and in those with the kernels' calls.
/// A tensor holds one storage; value semantics come from a uniqueness check before every write. Unchecked:
/// what is stored here is constant, and the block it points to is written by one thread, before others read it.
package final class Storage: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  package let byteCount: Int
  /// The storage whose block this one refers to as well; nil where the block is its own.
  private let owner: Storage?

  /// Takes a block of at least `byteCount` bytes; its content is undefined.
  package init(byteCount: Int) {
    let size = StoragePool.sizeClass(for: byteCount)
    self.byteCount = size
    self.base = StoragePool.shared.take(size)
    owner = nil
  }

  fileprivate init(sharing owner: Storage) {
    base = owner.base
    byteCount = owner.byteCount
    self.owner = owner
  }

  deinit {
    if owner == nil { StoragePool.shared.give(base, size: byteCount) }
  }
}

/// A run of elements inside a storage: what kernels read and write.
///
/// A buffer has reference semantics: several workers may write disjoint runs of one storage. It is
/// the tool of executors and samplers; everything above them holds tensors. Unchecked: that runs written at
/// the same time are disjoint is for whoever hands them to workers to see to.
package struct Buffer<Scalar: TensorScalar>: @unchecked Sendable {
  package let storage: Storage
  package let offset: Int
  package let count: Int

  package init(storage: Storage, offset: Int, count: Int) {
    require(
      offset >= 0 && count >= 0
        && (offset + count) * MemoryLayout<Scalar>.stride <= storage.byteCount,
      "a buffer of \(count) elements at \(offset) does not fit a storage of \(storage.byteCount) bytes"
    )
    self.storage = storage
    self.offset = offset
    self.count = count
  }

  /// The elements of a tensor, whose storage holds them.
  @inline(__always)
  init(whole storage: Storage, count: Int) {
    self.storage = storage
    offset = 0
    self.count = count
  }

  /// A fresh buffer of its own storage; its content is undefined.
  package init(uninitialized count: Int) {
    self.init(
      storage: Storage(byteCount: count * MemoryLayout<Scalar>.stride),
      offset: 0,
      count: count
    )
  }

  /// A fresh buffer of its own storage, filled with zeros.
  package init(zeros count: Int) {
    self.init(uninitialized: count)
    fill(0)
  }

  /// The run of `range` inside this buffer.
  package func slice(_ range: Range<Int>) -> Buffer {
    require(
      range.lowerBound >= 0 && range.upperBound <= count,
      "the range \(range) is outside a buffer of \(count) elements"
    )
    return Buffer(storage: storage, offset: offset + range.lowerBound, count: range.count)
  }

  /// The same elements through a reference of one's own: threads that read one storage would wait for
  /// each other's reference counts.
  ///
  /// Not for a tensor, which would be written though another one has them.
  package var inOwnReference: Buffer {
    Buffer(storage: Storage(sharing: storage), offset: offset, count: count)
  }

  @inline(__always)
  var pointer: UnsafeMutablePointer<Scalar> {
    storage.base.assumingMemoryBound(to: Scalar.self) + offset
  }

  /// Sets every element to one value.
  // Without the two versions a caller that knows no type copies one element after another by its witness.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func fill(_ value: Scalar) {
    pointer.update(repeating: value, count: count)
  }

  /// Copies `source`, of the same count, into this buffer; the two may overlap.
  package func copy(from source: Buffer) {
    require(
      source.count == count,
      "cannot copy \(source.count) elements into a buffer of \(count)"
    )
    if source.pointer != pointer { pointer.update(from: source.pointer, count: count) }
  }

  /// Copies as many elements as this buffer has into it.
  ///
  /// A block copy, also where the caller is not specialised for the scalar: a loop there asks for the
  /// scalar's type at every element.
  func copy(from elements: [Scalar]) {
    elements.withUnsafeBufferPointer { elements in
      guard let base = elements.baseAddress else { return }
      pointer.update(from: base, count: count)
    }
  }

  /// The elements, by a block copy.
  var elements: [Scalar] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// Calls `body` with the elements for reading.
  package func withSpan<Result: ~Copyable, Failure: Error>(
    _ body: (Span<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeBufferPointer(start: pointer, count: count).span)
  }

  /// Calls `body` with the elements for writing.
  package func withMutableSpan<Result: ~Copyable, Failure: Error>(
    _ body: (inout MutableSpan<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var span = UnsafeMutableBufferPointer(start: pointer, count: count).mutableSpan
    return try body(&span)
  }
}
