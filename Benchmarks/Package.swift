// swift-tools-version: 6.2
import PackageDescription

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]
let c: [CSetting] = [.unsafeFlags(["-std=gnu11", "-O3", "-Wall", "-Wextra", "-Werror"])]

/// A C program under `Sources/`, with the system's libraries it is linked to.
func program(_ name: String, libraries: [String]) -> Target {
    .executableTarget(
        name: name, dependencies: ["bench-support"], cSettings: c, linkerSettings: libraries.map { .linkedLibrary($0) })
}

func weir(_ product: String) -> Target.Dependency { .product(name: product, package: "weir") }

let package = Package(
    name: "weir-benchmarks",
    dependencies: [.package(name: "weir", path: "..")],
    targets: [
        .target(name: "bench-support", cSettings: c),
        program("rdkafka-bench", libraries: ["dl"]),
        program("floors", libraries: ["isal", "lz4", "zstd"]),
        program("delay-proxy", libraries: []),
        // What is measured against what, and what follows from the samples: no processes, no files.
        .target(
            name: "BenchmarkPlan", dependencies: [weir("Statistics"), weir("Reporting"), weir("System")],
            swiftSettings: swift),
        .executableTarget(
            name: "weir-bench",
            // weir itself is not linked: it is built along, from the same objects, and run.
            dependencies: [
                "BenchmarkPlan", weir("weir"), weir("Statistics"), weir("Results"), weir("Reporting"),
                weir("LoadEngine"), weir("KafkaProtocol"), weir("System"),
            ],
            swiftSettings: swift),
        .testTarget(
            name: "BenchmarksTests", dependencies: ["BenchmarkPlan", weir("Statistics")], swiftSettings: swift),
    ]
)
