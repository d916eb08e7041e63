// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// The library is a ladder: a target may import only targets named in its own list, so an arrow
/// that runs back up does not build (`make check` adds the import check).
let package = Package(
  name: "rekindle",
  platforms: [.macOS("15.0")],
  products: [
    .library(name: "Rekindle", targets: ["Rekindle"]),
    .executable(name: "rekindle", targets: ["RekindleCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
  ],
  targets: [
    // C shims, one a library. Only functions with the prefix `rk_` and plain C types leave them.
    .systemLibrary(
      name: "OpenBLASHeaders", pkgConfig: "openblas",
      providers: [
        .apt(["libopenblas-dev", "liblapack-dev"]), .yum(["openblas-devel"]), .brew(["openblas"]),
      ]),
    .target(
      name: "COpenBLAS",
      dependencies: [.target(name: "OpenBLASHeaders", condition: .when(platforms: [.linux]))],
      linkerSettings: [
        .linkedLibrary("openblas", .when(platforms: [.linux])),
        .linkedFramework("Accelerate", .when(platforms: [.macOS])),
      ]),
    .target(name: "CBoostMath", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CDuckDB", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),

    .target(name: "RekindleCore", swiftSettings: settings),
    .target(
      name: "RekindleNumerics", dependencies: ["RekindleCore", "COpenBLAS", "CBoostMath", "CKernels"],
      swiftSettings: settings),
    .target(
      name: "RekindleStatistics", dependencies: ["RekindleCore", "RekindleNumerics"],
      swiftSettings: settings),
    .target(name: "RekindleTables", dependencies: ["RekindleCore"], swiftSettings: settings),
    .target(
      name: "RekindleEvents", dependencies: ["RekindleCore", "CDuckDB", "CZlib"],
      swiftSettings: settings),
    .target(
      name: "RekindleBehaviour", dependencies: ["RekindleCore", "RekindleEvents", "RekindleStatistics"],
      swiftSettings: settings),
    .target(
      name: "RekindleChurn",
      dependencies: [
        "RekindleCore", "RekindleBehaviour", "RekindleEvents", "RekindleNumerics", "RekindleTables",
        "CZlib",
      ],
      swiftSettings: settings),
    .target(
      name: "RekindleExperiments",
      dependencies: ["RekindleCore", "RekindleNumerics", "RekindleStatistics", "RekindleTables"],
      swiftSettings: settings),
    .target(
      name: "RekindleLifecycle",
      dependencies: [
        "RekindleCore", "RekindleEvents", "RekindleBehaviour", "RekindleNumerics", "RekindleStatistics",
        "RekindleTables",
      ],
      swiftSettings: settings),
    .target(
      name: "RekindleOutreach",
      dependencies: [
        "RekindleCore", "RekindleEvents", "RekindleBehaviour", "RekindleTables", "RekindleExperiments",
      ],
      swiftSettings: settings),
    .target(
      name: "RekindleSimulation",
      dependencies: ["RekindleCore", "RekindleEvents", "RekindleNumerics", "CZlib"],
      swiftSettings: settings),
    .target(
      name: "Rekindle",
      dependencies: [
        "RekindleCore", "RekindleEvents", "RekindleBehaviour", "RekindleNumerics", "RekindleTables",
        "RekindleChurn", "RekindleStatistics", "RekindleExperiments", "RekindleLifecycle",
        "RekindleOutreach", "RekindleSimulation", .product(name: "Yams", package: "Yams"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "RekindleCLI",
      dependencies: [
        "Rekindle", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),

    .testTarget(
      name: "RekindleCoreTests", dependencies: ["RekindleCore"], swiftSettings: settings),
    .testTarget(
      name: "RekindleNumericsTests", dependencies: ["RekindleCore", "RekindleNumerics", "CKernels"],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "RekindleStatisticsTests",
      dependencies: ["RekindleCore", "RekindleNumerics", "RekindleStatistics"],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "RekindleTablesTests", dependencies: ["RekindleCore", "RekindleTables"], swiftSettings: settings),
    .testTarget(
      name: "RekindleEventsTests", dependencies: ["RekindleCore", "RekindleEvents"],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "RekindleBehaviourTests",
      dependencies: ["RekindleCore", "RekindleEvents", "RekindleStatistics", "RekindleBehaviour"],
      swiftSettings: settings),
    .testTarget(
      name: "RekindleChurnTests",
      dependencies: [
        "RekindleCore", "RekindleEvents", "RekindleBehaviour", "RekindleNumerics", "RekindleStatistics",
        "RekindleTables", "RekindleChurn",
      ],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "RekindleExperimentsTests",
      dependencies: [
        "RekindleCore", "RekindleNumerics", "RekindleStatistics", "RekindleTables", "RekindleExperiments",
      ],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "RekindleLifecycleTests",
      dependencies: [
        "RekindleCore", "RekindleEvents", "RekindleBehaviour", "RekindleNumerics", "RekindleStatistics",
        "RekindleTables", "RekindleLifecycle",
      ],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "RekindleOutreachTests",
      dependencies: [
        "RekindleCore", "RekindleEvents", "RekindleBehaviour", "RekindleTables", "RekindleExperiments",
        "RekindleOutreach",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "RekindleSimulationTests",
      dependencies: ["RekindleCore", "RekindleEvents", "RekindleNumerics", "RekindleSimulation"],
      swiftSettings: settings),
    .testTarget(
      name: "RekindleTests", dependencies: ["Rekindle", "RekindleCLI"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
