internal import Dispatch

/// A training beside other work: `for try await step in training { … }`.
///
/// Each step is made when it is asked for, on a queue of its own: neither the caller's thread nor those that
/// tasks share wait for it. It is the same step to the last bit as that of ``Training/next()``.
/// Where the task that asks has been cancelled no further step is begun and `CancellationError` is thrown;
/// the steps that were made stay, the model is theirs, and asking again goes on after them. Several tasks that
/// ask share the steps out.
public actor AsyncTraining<Path: InterpolantPath> {
  private var training: Training<Path>
  private let queue = TrainingQueue()

  /// The queue on which steps are made.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    queue.asUnownedSerialExecutor()
  }

  /// Takes over a training.
  public init(_ training: consuming Training<Path>) { self.training = training }

  /// The next step; nil after the last.
  ///
  /// - Returns: what the step did.
  /// - Throws: `CancellationError` where the task was cancelled before the step began; ``TrainingError`` where the
  ///   step diverged, whose parameters are then those before it.
  public func next() throws -> TrainingStep? {
    try Task.checkCancellation()
    return try training.next()
  }

  /// The number of steps made.
  public var step: Int { training.step }

  /// Looks at the training between two steps: `await training.withTraining { $0.model }`.
  ///
  /// - Parameter body: what to take from it, such as its model, its parameters or its state.
  /// - Returns: what the body returns.
  /// - Throws: what the body throws.
  public func withTraining<Result: Sendable, Failure: Error>(
    _ body: @Sendable (borrowing Training<Path>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(training)
  }
}

extension AsyncTraining: AsyncSequence {
  /// Asks for one step after another.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let training: AsyncTraining

    /// The next step; nil after the last.
    public mutating func next() async throws -> TrainingStep? { try await training.next() }
  }

  /// The steps that are left.
  public nonisolated func makeAsyncIterator() -> AsyncIterator { AsyncIterator(training: self) }
}

/// A queue that runs the jobs of one actor.
private final class TrainingQueue: SerialExecutor {
  private let queue = DispatchQueue(label: "AsyncTraining")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedSerialExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }
}
