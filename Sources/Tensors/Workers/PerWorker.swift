/// State of which each worker has its own, for use inside ``Workers/forEach(_:_:)``.
///
/// Safe because at any moment a worker runs one task: the box of a worker is touched by one thread.
package final class PerWorker<Value>: @unchecked Sendable {
  private final class Box {
    var value: Value?
  }

  private let boxes: [Box]
  private let make: @Sendable () -> Value

  /// One value for each worker, made when the worker first asks for it.
  package init(count: Int, _ make: @escaping @Sendable () -> Value) {
    self.boxes = (0..<count).map { _ in Box() }
    self.make = make
  }

  /// Calls `body` with the worker's value.
  package func withValue<Result>(of worker: Int, _ body: (inout Value) -> Result) -> Result {
    let box = boxes[worker]
    var value = box.value ?? make()
    box.value = nil
    defer { box.value = value }
    return body(&value)
  }

  /// The values that were made, for reading after the tasks have ended.
  package var made: [Value] { boxes.compactMap(\.value) }
}
