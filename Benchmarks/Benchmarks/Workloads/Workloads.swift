import Benchmark
import Tensors
import Workloads

// The plugin calls this by name: every benchmark of the target is registered in it.
let benchmarks: @Sendable () -> Void = {
  let ratio = BenchmarkMetric.custom(
    "time over that of the matrix products alone, thousandths",
    polarity: .prefersSmaller,
    useScalingFactor: false
  )

  let withoutFloor: [(workload: Workload, name: String)] = [
    (.likelihood, "log-density of 10,000 points, exact divergence"),
    (.likelihoodOfFew, "log-density of eight points, exact divergence"),
    (.likelihoodToTolerance, "log-density of 10,000 points, exact divergence, to 10⁻⁵"),
  ]

  for workload in Workload.allCases where !withoutFloor.contains(where: { $0.workload == workload })
  {
    Benchmark(
      "\(workload.rawValue)-over-its-floor",
      configuration: Benchmark.Configuration(
        metrics: [ratio, .peakMemoryResident],
        maxDuration: .seconds(120),
        maxIterations: 1,
        // On a shared host a tenth of the pairs meet another's work.
        thresholds: [ratio: BenchmarkThresholds(absolute: [.p90: 150])]
      )
    ) { benchmark in
      let prepared = try workload.prepare(workers: .shared)
      guard let floor = prepared.floor?() else {
        benchmark.error("\(workload.rawValue) has no floor")
        return
      }
      let result = try Ratio(
        pairs: workload == .sde || workload == .sdeRounded ? 5 : 21,
        repeats: prepared.repeats,
        ours: prepared.run,
        floor: floor.run
      )
      for value in result.values { benchmark.measurement(ratio, Int((value * 1_000).rounded())) }
    }
  }

  for (workload, name) in withoutFloor {
    Benchmark(
      name,
      configuration: Benchmark.Configuration(
        metrics: [.wallClock],
        maxDuration: .seconds(20),
        maxIterations: 5
      )
    ) { benchmark in
      let prepared = try workload.prepare(workers: .shared)
      benchmark.startMeasurement()
      try prepared.run()
    }
  }
}
