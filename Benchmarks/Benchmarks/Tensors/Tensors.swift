import Benchmark
import Gradients
import StochasticInterpolants
import Tensors

// The plugin calls this by name: every benchmark of the target is registered in it.
let benchmarks: @Sendable () -> Void = {
  let fixed = Benchmark.Configuration(
    metrics: [.wallClock, .peakMemoryResident],
    maxDuration: .seconds(5),
    maxIterations: 200
  )

  Benchmark("Product 128x256 by 256x256", configuration: fixed) { benchmark in
    let first = Tensor<Float>(repeating: 0.5, shape: [128, 256])
    let second = Tensor<Float>(repeating: 0.25, shape: [256, 256])
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      blackHole(Tensor.product(first, second, transposingSecond: true))
    }
  }

  Benchmark("Training step, checkerboard networks, 2000 rows", configuration: fixed) { benchmark in
    let network = MLP(dimension: 2, hidden: [256, 256, 256, 256])
    var training = try Training(
      .linear,
      target: Checkerboard(),
      objectives: [.velocity(network), .score(network, times: 0.001...0.999)],
      configuration: TrainingConfiguration(steps: 1_000_000, learningRate: LearningRate(2e-3))
    )
    _ = try training.next()
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(try training.next()) }
  }
}
