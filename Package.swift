// swift-tools-version: 6.3
import PackageDescription

// Linux on x86-64 and AArch64. On another platform the C target Sources/COpenBLAS stops the build
// with a sentence that names the one file where that platform's BLAS would go.

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// An example is an executable: `Examples/<Name>/main.swift` beside its README.
func example(_ name: String, hasPicture: Bool = true) -> Target {
  .executableTarget(
    name: name,
    dependencies: ["StochasticInterpolants", "Figures"],
    path: "Examples/\(name)",
    exclude: ["README.md"] + (hasPicture ? ["picture.png"] : []),
    swiftSettings: settings
  )
}

/// A stage of the library has a test target of its own, so that the stages compile beside each other.
func stageTests(_ name: String, resources: [Resource] = []) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [
      "StochasticInterpolants", "Tensors", "Gradients", "Integrators", "TestSupport",
    ],
    path: "Tests/StochasticInterpolantsTests/\(name)",
    resources: resources,
    swiftSettings: settings
  )
}

let package = Package(
  name: "swift-interpolants",
  products: [
    .library(name: "StochasticInterpolants", targets: ["StochasticInterpolants"]),
    .library(name: "Tensors", targets: ["Tensors", "Gradients"]),
    .library(name: "Integrators", targets: ["Integrators"]),
    .library(name: "Figures", targets: ["Figures"]),
    .executable(name: "interpolate", targets: ["interpolate"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS",
      pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"])]
    ),
    .systemLibrary(
      name: "CLAPACKE",
      pkgConfig: "lapacke",
      providers: [.apt(["liblapacke-dev"])]
    ),
    .systemLibrary(
      name: "CCairo",
      pkgConfig: "cairo",
      providers: [.apt(["libcairo2-dev"])]
    ),
    .target(name: "CKernels"),
    .target(
      name: "Tensors",
      dependencies: [
        "COpenBLAS", "CLAPACKE", "CKernels",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "Gradients",
      dependencies: ["Tensors", .product(name: "RealModule", package: "swift-numerics")],
      swiftSettings: settings
    ),
    .target(name: "Integrators", dependencies: ["Tensors"], swiftSettings: settings),
    .target(
      name: "StochasticInterpolants",
      dependencies: [
        "Tensors", "Gradients", "Integrators",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "Figures",
      dependencies: ["CCairo", "StochasticInterpolants", "Tensors"],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "interpolate",
      dependencies: [
        "StochasticInterpolants", "Figures",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SwiftCSV", package: "SwiftCSV"),
      ],
      swiftSettings: settings
    ),
    example("Checkerboard"),
    example("DefaultSettings"),
    example("GaussianBridge", hasPicture: false),
    example("InterpolantDesigns"),
    example("MoonsToEightGaussians"),
    example("PictureBridge"),
    example("SamplerAccuracy", hasPicture: false),
    .target(
      name: "TestSupport",
      dependencies: [
        "StochasticInterpolants", "Tensors", "Gradients",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      path: "Tests/TestSupport",
      swiftSettings: settings
    ),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"], swiftSettings: settings),
    .testTarget(
      name: "TensorsTests",
      dependencies: ["Tensors", "TestSupport"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "GradientsTests",
      dependencies: ["Gradients", "TestSupport"],
      resources: [.copy("Resources")],
      swiftSettings: settings
    ),
    .testTarget(
      name: "IntegratorsTests",
      dependencies: ["Integrators", "TestSupport"],
      swiftSettings: settings
    ),
    stageTests("Densities"),
    stageTests("Interpolants", resources: [.copy("Resources")]),
    stageTests("Objectives"),
    stageTests("Training"),
    stageTests("Sampling"),
    stageTests("Evaluation"),
    stageTests("Files", resources: [.copy("Resources")]),
    .testTarget(
      name: "FiguresTests",
      dependencies: ["Figures", "StochasticInterpolants", "Tensors", "TestSupport"],
      swiftSettings: settings
    ),
  ],
  swiftLanguageModes: [.v6]
)
