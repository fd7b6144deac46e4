import Foundation
import Synchronization
import Tensors
import Testing

/// Tasks are shared out, each run exactly once, whatever the number of workers.
@Suite struct WorkersTests {
  /// Counts kept under a lock, of tasks and of workers.
  private final class Counts: Sendable {
    private let tasks: Lock<[Int]>
    private let workers: Lock<[Int]>

    init(tasks: Int, workers: Int) {
      self.tasks = Lock([Int](repeating: 0, count: tasks))
      self.workers = Lock([Int](repeating: 0, count: workers))
    }

    var perTask: [Int] { tasks.withLock { $0 } }
    var perWorker: [Int] { workers.withLock { $0 } }

    func add(_ task: Int, _ worker: Int) {
      tasks.withLock { $0[task] += 1 }
      workers.withLock { $0[worker] += 1 }
    }
  }

  @Test(arguments: [1, 2, 3, 7], [0, 1, 2, 3, 100, 1_000])
  func everyTaskOnce(_ workers: Int, _ tasks: Int) {
    let set = Workers(count: workers)
    #expect(set.count == workers)
    let counts = Counts(tasks: tasks, workers: workers)
    set.forEach(tasks) { counts.add($0, $1) }
    #expect(counts.perTask == [Int](repeating: 1, count: tasks))
    #expect(counts.perWorker.reduce(0, +) == tasks)
  }

  /// Of many tasks both workers run some: each waits in its first one until the other has begun, however late
  /// the system lets the second thread run (one that never takes a task fails after half a minute).
  @Test func bothWorkersRunSomeOfMany() {
    let counts = Counts(tasks: 2_000, workers: 2)
    let begun = Atomic<UInt64>(0)
    let deadline = ContinuousClock.now + .seconds(30)
    Workers(count: 2).forEach(2_000) { task, worker in
      begun.bitwiseOr(1 << UInt64(worker), ordering: .acquiringAndReleasing)
      while begun.load(ordering: .acquiring) != 0b11, ContinuousClock.now < deadline {}
      counts.add(task, worker)
    }
    #expect(counts.perTask.allSatisfy { $0 == 1 })
    #expect(counts.perWorker.allSatisfy { $0 > 0 })
  }

  @Test(.timeLimit(.minutes(1))) func nestedCalls() {
    let (outer, inner) = (Workers(count: 2), Workers(count: 2))
    let counts = Counts(tasks: 8 * 5 * 3, workers: 2)
    outer.forEach(8) { first, _ in
      outer.forEach(5) { second, _ in
        inner.forEach(3) { third, worker in counts.add((first * 5 + second) * 3 + third, worker) }
      }
    }
    #expect(counts.perTask.allSatisfy { $0 == 1 })
    // Nested calls run where they are made, under the number 0.
    #expect(counts.perWorker[1] == 0)
  }

  /// A lost wake-up would leave the caller waiting for ever.
  @Test(.timeLimit(.minutes(2))) func tenThousandSmallCalls() {
    let set = Workers(count: 2)
    let total = Atomic<Int>(0)
    for call in 0..<10_000 {
      set.forEach(2 + call % 3) { task, _ in total.wrappingAdd(task + 1, ordering: .relaxed) }
      // Now and then long enough apart for the threads to park.
      if call % 500 == 0 { for _ in 0..<200_000 { total.wrappingAdd(0, ordering: .relaxed) } }
    }
    // 3, 6, 10 for 2, 3, 4 tasks in turn.
    let found = total.load(ordering: .acquiring)
    #expect(found == 3_334 * 3 + 3_333 * 6 + 3_333 * 10)
  }

  /// Several threads that share one set take turns.
  @Test(.timeLimit(.minutes(2))) func callsFromSeveralThreads() async {
    let set = Workers(count: 2)
    let counts = Counts(tasks: 4, workers: 2)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<500 { set.forEach(4) { counts.add($0, $1) } }
        }
      }
    }
    #expect(counts.perTask == [2_000, 2_000, 2_000, 2_000])
  }

  /// Sets come and go: threads of a set that is gone end, and what is written is seen.
  ///
  /// In a process of its own: other tests' threads would be counted too.
  @Test func manySets() async {
    await #expect(processExitsWith: .success) {
      func threads() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
      }
      let before = try threads()
      for round in 0..<200 {
        let sums = Counts(tasks: 16, workers: 3)
        Workers(count: 3).forEach(16) { sums.add($0, $1) }
        #expect(sums.perTask.allSatisfy { $0 == 1 }, "round \(round)")
      }
      // A thread ends some time after its set is gone; of the runtime's own some may begin meanwhile.
      let end = ContinuousClock.now + .seconds(20)
      while try threads() >= before + 200, ContinuousClock.now < end { usleep(1_000) }
      #expect(try threads() < before + 200)
    }
  }

  @Test func statePerWorker() {
    let set = Workers(count: 2)
    let state = PerWorker(count: 2) { [Int]() }
    set.forEach(500) { task, worker in state.withValue(of: worker) { $0.append(task) } }
    #expect(state.made.flatMap { $0 }.sorted() == Array(0..<500))
    #expect(state.made.count <= 2)
  }

  @Test func sharedSet() {
    #expect(Workers.availableProcessors >= 1)
    #expect(Workers.shared.count == Workers.availableProcessors)
  }
}
