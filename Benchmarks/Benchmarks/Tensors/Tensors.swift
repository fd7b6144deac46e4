import Benchmark
import Tensors

// The plugin calls this by name: every benchmark of the target is registered in it.
let benchmarks: @Sendable () -> Void = {
  // The module has no operation yet: this shows what the harness itself costs.
  Benchmark("Nothing") { benchmark in
    for iteration in benchmark.scaledIterations {
      blackHole(iteration)
    }
  }
}
