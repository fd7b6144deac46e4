import Benchmark
import Tensors

// The plugin calls this by name: every benchmark of the target is registered in it.
let benchmarks: @Sendable () -> Void = {
  let fixed = Benchmark.Configuration(
    metrics: [.wallClock],
    maxDuration: .seconds(5),
    maxIterations: 200
  )

  for (rows, columns) in [(128, 256), (256, 256), (128, 512)] {
    Benchmark(
      "Product \(rows)x\(columns) by \(columns)x\(columns)",
      configuration: fixed
    ) { benchmark in
      let first = Tensor<Float>(repeating: 0.5, shape: [rows, columns])
      let second = Tensor<Float>(repeating: 0.25, shape: [columns, columns])
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations {
        blackHole(Tensor.product(first, second, transposingSecond: true))
      }
    }
  }

  Benchmark("Normal numbers, 2000 points of the plane", configuration: fixed) { benchmark in
    let block = RandomBlock(seed: 1, samples: 0..<2_000)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(block.normal(columns: 2)) }
  }
}
