internal import CKernels
internal import Glibc
internal import Synchronization

/// A fixed set of threads that share out independent tasks.
///
/// The calling thread is worker 0 and takes part. Tasks are handed out one by one, so which worker
/// runs which task varies; results do not, because a task writes only what is its own and sums are
/// joined in a fixed order afterwards. Between calls the threads spin for a bounded time, then
/// park. A call made from inside a task runs its tasks on that thread alone.
public final class Workers: Sendable {
  /// One worker for each processor this process may use.
  public static let shared = Workers(count: availableProcessors)

  /// The number of workers, the calling thread included.
  public let count: Int

  private let state: SharedState
  private let turn = Lock(())

  /// Starts a set of workers.
  ///
  /// - Parameter count: at least 1; with 1 everything runs on the calling thread.
  public init(count: Int) {
    require(count >= 1, "a set of workers needs at least one, got \(count)")
    self.count = count
    self.state = SharedState(count: count)
    for worker in 1..<max(1, count) { state.start(worker) }
  }

  deinit { state.stop() }

  /// Runs `body` for each task 0..<taskCount and returns when all are done.
  ///
  /// - Parameters:
  ///   - taskCount: the number of tasks, not negative.
  ///   - body: called with the task and the worker (0..<count) that runs it. Within one call a worker runs
  ///     one task at any moment, so state of that call kept per worker needs no lock. State that other calls
  ///     share does: a call from inside a task, or for one task, has worker 0 on whatever thread it is made.
  public func forEach(_ taskCount: Int, _ body: @Sendable (_ task: Int, _ worker: Int) -> Void) {
    require(taskCount >= 0, "a number of tasks is not negative, got \(taskCount)")
    if count == 1 || taskCount <= 1 || SharedState.isInsideTask {
      for task in 0..<taskCount { body(task, 0) }
      return
    }
    turn.withLock { _ in
      withoutActuallyEscaping(body) { state.run(taskCount, $0) }
    }
  }

  /// The number of processors this process may run on.
  public static var availableProcessors: Int { Int(ck_available_processors()) }
}

/// What the threads of one set share: a generation number announces work, a counter hands it out.
private final class SharedState: @unchecked Sendable {
  typealias Body = @Sendable (Int, Int) -> Void

  private let count: Int
  private let generation = Atomic<Int>(0)
  private let next = Atomic<Int>(0)
  private let running = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)
  private let parking = ParkingLot()
  // Written by the caller before `generation` is raised and read by the threads after they see it.
  private var body: Body?
  private var taskCount = 0

  init(count: Int) { self.count = count }

  static var isInsideTask: Bool { pthread_getspecific(insideKey) != nil }

  private static let insideKey: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  private static func markInside(_ inside: Bool) {
    pthread_setspecific(insideKey, inside ? UnsafeRawPointer(bitPattern: 1) : nil)
  }

  func run(_ taskCount: Int, _ body: @escaping Body) {
    self.body = body
    self.taskCount = taskCount
    next.store(0, ordering: .relaxed)
    running.store(count - 1, ordering: .relaxed)
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    parking.wakeAll()
    work(0)
    var spins = 0
    while running.load(ordering: .acquiring) > 0 {
      // On a machine with other work the last task may be waiting for this very processor.
      spins += 1
      if spins % 4_096 == 0 { sched_yield() } else { spinHint() }
    }
    self.body = nil
  }

  private func work(_ worker: Int) {
    guard let body else { return }
    Self.markInside(true)
    while true {
      let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if task >= taskCount { break }
      body(task, worker)
    }
    Self.markInside(false)
  }

  func start(_ worker: Int) {
    let seen = generation.load(ordering: .acquiring)
    Thread.detach { [self] in
      var seen = seen
      while true {
        seen = waitForWork(after: seen)
        if isStopping.load(ordering: .acquiring) { return }
        work(worker)
        running.wrappingSubtract(1, ordering: .acquiringAndReleasing)
      }
    }
  }

  private func waitForWork(after seen: Int) -> Int {
    // The gap between two parts of a step is some ten microseconds, and to wake a processor that sleeps, in a
    // virtual machine above all, takes a hundred. By the clock, since a hint lasts 10 to 140 cycles.
    let limit = Self.nanoseconds() + 200_000
    repeat {
      for _ in 0..<64 {
        let now = generation.load(ordering: .acquiring)
        if now != seen { return now }
        spinHint()
      }
    } while Self.nanoseconds() < limit
    return parking.wait {
      let now = self.generation.load(ordering: .sequentiallyConsistent)
      return now == seen ? nil : now
    }
  }

  private static func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  func stop() {
    isStopping.store(true, ordering: .releasing)
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    parking.wakeAll()
  }
}
