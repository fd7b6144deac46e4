// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that users of the library never resolve the benchmark library.

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "swift-interpolants-benchmarks",
  dependencies: [
    // The name makes the dependency's identity independent of the folder the clone lies in.
    .package(name: "swift-interpolants", path: ".."),
    // Its default traits count allocations and retains, by two more packages that are preloaded.
    // Wall clock, throughput, peak memory and our own metrics do without.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
  ],
  targets: [
    // Loops in plain C to measure against, with the library's own kernels for random numbers.
    .target(
      name: "BareLoop",
      dependencies: [.product(name: "Tensors", package: "swift-interpolants")],
      path: "Benchmarks/BareLoop"
    ),
    .executableTarget(
      name: "IntegratorsBenchmarks",
      dependencies: [
        "BareLoop",
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "Integrators", package: "swift-interpolants"),
        .product(name: "Tensors", package: "swift-interpolants"),
      ],
      path: "Benchmarks/Integrators",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
    .systemLibrary(name: "CFloorBLAS", path: "CFloorBLAS", pkgConfig: "openblas"),
    // Multiply-adds without memory, the limit of every product.
    .target(name: "CMultiplyAdds", path: "CMultiplyAdds"),
    // The work that is measured and its floor, for the benchmarks and for the comparison with PyTorch
    // and JAX.
    .target(
      name: "Workloads",
      dependencies: [
        "CFloorBLAS", "CMultiplyAdds",
        .product(name: "Integrators", package: "swift-interpolants"),
        .product(name: "Tensors", package: "swift-interpolants"),
        .product(name: "StochasticInterpolants", package: "swift-interpolants"),
      ],
      path: "Workloads",
      swiftSettings: settings
    ),
    .executableTarget(
      name: "Compare",
      dependencies: [
        "Workloads", .product(name: "Tensors", package: "swift-interpolants"),
      ],
      path: "Compare",
      swiftSettings: settings
    ),
    .executableTarget(
      name: "Growth",
      dependencies: [
        "Workloads",
        .product(name: "Figures", package: "swift-interpolants"),
        .product(name: "Integrators", package: "swift-interpolants"),
        .product(name: "StochasticInterpolants", package: "swift-interpolants"),
        .product(name: "Tensors", package: "swift-interpolants"),
      ],
      path: "Growth",
      swiftSettings: settings
    ),
    .executableTarget(
      name: "TensorsBenchmarks",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "Tensors", package: "swift-interpolants"),
      ],
      path: "Benchmarks/Tensors",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
    .executableTarget(
      name: "WorkloadBenchmarks",
      dependencies: [
        "Workloads",
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "Tensors", package: "swift-interpolants"),
      ],
      path: "Benchmarks/Workloads",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ),
  ],
  swiftLanguageModes: [.v6]
)
