// swift-tools-version: 6.1
import PackageDescription

// libduckdb lies in .deps/duckdb/lib, where scripts/bootstrap puts it; DUCKDB_LIB_DIR names another place.
let duckDBLibrary = Context.environment["DUCKDB_LIB_DIR"] ?? "\(Context.packageDirectory)/.deps/duckdb/lib"

/// What every target of ours is held to.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .unsafeFlags(["-warnings-as-errors"]),
]

/// Rooms whose unit tests look inside: their internals can be reached in release builds too, which is what `./test` builds.
let testable = strict + [.unsafeFlags(["-enable-testing"])]

/// Test code is built without optimisation in release too: it builds sooner, and Swift 6.3.1's optimiser crashes on some of it.
let tests = strict + [.unsafeFlags(["-Onone"])]

let package = Package(
  name: "patient-flow",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "patientflow", targets: ["PatientFlow"]),
    .library(name: "DuckDB", targets: ["DuckDB"]),
    .library(name: "EventHub", targets: ["EventHub"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // C libraries: module maps and inline functions only
    .target(
      name: "CDuckDB", path: "Sources/CLibraries/CDuckDB",
      linkerSettings: [
        .linkedLibrary("duckdb"),
        .unsafeFlags(["-L\(duckDBLibrary)", "-Xlinker", "-rpath", "-Xlinker", duckDBLibrary]),
      ]),
    .target(name: "CChecksum", path: "Sources/CLibraries/CChecksum"),
    .systemLibrary(name: "CZlib", path: "Sources/CLibraries/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // Clients: other systems; they know nothing of hospitals
    .target(name: "DuckDB", dependencies: ["CDuckDB"], path: "Sources/Clients/DuckDB", swiftSettings: strict),

    // Health: what the data means; no I/O
    .target(name: "Hospital", path: "Sources/Health/Hospital", swiftSettings: strict),
    .target(name: "Journeys", dependencies: ["Hospital"], path: "Sources/Health/Journeys", swiftSettings: strict),
    .target(name: "Simulator", dependencies: ["Hospital"], path: "Sources/Health/Simulator", swiftSettings: strict),

    // Pipeline: the way of the data, in order
    .target(
      name: "EventHub",
      dependencies: ["CChecksum", .product(name: "Crypto", package: "swift-crypto"), .product(name: "Logging", package: "swift-log")],
      path: "Sources/Pipeline/EventHub", swiftSettings: strict),
    .target(
      name: "Intake",
      dependencies: [
        "CZlib", "EventHub", .product(name: "Crypto", package: "swift-crypto"), .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"), .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      path: "Sources/Pipeline/Intake", swiftSettings: testable),
    .target(
      name: "Lakehouse",
      dependencies: [
        "DuckDB", "Hospital", "Journeys", "Yams", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"), .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      path: "Sources/Pipeline/Lakehouse", swiftSettings: strict),
    .target(
      name: "Serving",
      dependencies: [
        "CZlib", "DuckDB", "Intake", "Journeys", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      path: "Sources/Pipeline/Serving", swiftSettings: testable),

    // Operations: backends of the log and metric facades; only the executable imports them
    .target(
      name: "Observability",
      dependencies: [.product(name: "Logging", package: "swift-log"), .product(name: "CoreMetrics", package: "swift-metrics")],
      path: "Sources/Operations/Observability", swiftSettings: testable),

    // The command
    .executableTarget(
      name: "PatientFlow",
      dependencies: [
        "DuckDB", "EventHub", "Hospital", "Intake", "Lakehouse", "Observability", "Serving", "Simulator", "Yams",
        .product(name: "ArgumentParser", package: "swift-argument-parser"), .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"), .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      path: "Sources/PatientFlow", swiftSettings: strict),

    // Tests: one target a module; they use public and package names only, so that they build in release too
    .testTarget(
      name: "EventHubTests", dependencies: ["CChecksum", "EventHub", .product(name: "Logging", package: "swift-log")],
      path: "Tests/Unit/EventHubTests",
      swiftSettings: tests),
    .testTarget(name: "HospitalTests", dependencies: ["Hospital"], path: "Tests/Unit/HospitalTests", swiftSettings: tests),
    .testTarget(name: "SimulatorTests", dependencies: ["Hospital", "Simulator"], path: "Tests/Unit/SimulatorTests", swiftSettings: tests),
    .testTarget(
      name: "LakehouseTests", dependencies: ["DuckDB", "Journeys", "Lakehouse", .product(name: "Logging", package: "swift-log")],
      path: "Tests/Unit/LakehouseTests", swiftSettings: tests),
    .testTarget(
      name: "IntakeTests",
      dependencies: [
        "Intake", .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      path: "Tests/Unit/IntakeTests", swiftSettings: tests),
    .testTarget(
      name: "ServingTests",
      dependencies: [
        "CZlib", "DuckDB", "Intake", "Serving", "Yams", .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Tests/Unit/ServingTests", swiftSettings: tests),
    .testTarget(
      name: "ObservabilityTests",
      dependencies: ["Observability", .product(name: "CoreMetrics", package: "swift-metrics"), .product(name: "Logging", package: "swift-log")],
      path: "Tests/Unit/ObservabilityTests", swiftSettings: tests),
  ]
)
