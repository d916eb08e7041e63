// swift-tools-version: 6.2
import PackageDescription

/// Programs that measure Rekindle beside its peers; a package of their own, so that nobody who uses
/// the library builds them.
let package = Package(
  name: "rekindle-benchmarks",
  platforms: [.macOS("15.0")],
  dependencies: [.package(name: "rekindle", path: "..")],
  targets: [
    .executableTarget(
      name: "EvaluatorBenchmark", dependencies: [.product(name: "Rekindle", package: "rekindle")]),
    .executableTarget(
      name: "FitBenchmark", dependencies: [.product(name: "Rekindle", package: "rekindle")]),
    .executableTarget(
      name: "PathBenchmark", dependencies: [.product(name: "Rekindle", package: "rekindle")]),
    .executableTarget(
      name: "ValueBenchmark", dependencies: [.product(name: "Rekindle", package: "rekindle")]),
  ],
  swiftLanguageModes: [.v6]
)
