// swift-tools-version: 6.2
import PackageDescription

// Strict memory safety is for what ships; tests may borrow an array's bytes without a word.
let testing: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
    .enableExperimentalFeature("Lifetimes"),
]
let common: [SwiftSetting] = testing.dropLast() + [.strictMemorySafety()]
// For the targets that return ~Escapable values.
let spans: [SwiftSetting] = common + [.enableExperimentalFeature("Lifetimes")]

func library(_ name: String, _ dependencies: [Target.Dependency] = [], _ settings: [SwiftSetting] = common) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: testing)
}

func clibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let git = Context.gitInformation
let commit = git.map { $0.currentCommit.prefix(12) + ($0.hasUncommittedChanges ? "+" : "") } ?? "unknown"

let package = Package(
    name: "weir",
    products: [
        .executable(name: "weir", targets: ["weir"]),
        // Snippets may import what a library product names.
        .library(name: "KafkaClient", targets: ["KafkaClient", "Networking"]),
        // What the nested package Benchmarks/ is built on.
        .library(name: "System", targets: ["System"]),
        .library(name: "Statistics", targets: ["Statistics"]),
        .library(name: "Reporting", targets: ["Reporting"]),
        .library(name: "Results", targets: ["Results", "Scenario", "Measurement"]),
        .library(name: "LoadEngine", targets: ["LoadEngine"]),
        .library(name: "KafkaProtocol", targets: ["KafkaProtocol", "KafkaCompression", "Bytes"]),
    ],
    targets: [
        .systemLibrary(name: "CLinux"),
        .target(name: "CBuildInfo", cSettings: [.define("WEIR_COMMIT", to: "\"\(commit)\"")]),
        clibrary("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        clibrary("CLZ4", pkgConfig: "liblz4", apt: "liblz4-dev"),
        clibrary("CXXHash", pkgConfig: "libxxhash", apt: "libxxhash-dev"),
        clibrary("CSnappy", pkgConfig: "snappy", apt: "libsnappy-dev"),
        clibrary("CDeflate", pkgConfig: "libdeflate", apt: "libdeflate-dev"),
        clibrary("CISAL", pkgConfig: "libisal", apt: "libisal-dev"),
        clibrary("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),

        // What is asked of the operating system, and moments.
        library("System", ["CLinux"]),
        library("Names"),
        library("Bytes", [], spans),
        library("Networking", ["Bytes", "CLinux", "System"]),
        library("KafkaProtocol", ["Bytes", "CISAL"], spans),
        library("KafkaCompression", ["Bytes", "CZstd", "CLZ4", "CXXHash", "CSnappy", "CDeflate"], spans),
        library(
            "KafkaClient", ["Bytes", "System", "Names", "KafkaProtocol", "KafkaCompression", "Networking"], spans),
        library(
            "KafkaBroker",
            ["Bytes", "CLinux", "System", "Measurement", "KafkaProtocol", "KafkaCompression", "Networking"], spans),
        library("Measurement", ["CDeflate", "CLinux", "System"]),
        library("Results", ["Measurement", "Names", "Statistics", "System"]),
        library("Scenario", ["CYAML", "Names", "Results", "System"]),
        library("Statistics", ["System"]),
        library("Reporting", ["Results", "Measurement", "Statistics"]),
        library(
            "LoadEngine",
            [
                "Scenario", "Results", "Measurement", "KafkaClient", "KafkaProtocol", "KafkaCompression", "Networking",
                "Bytes", "System",
            ],
            spans),
        library(
            "CommandLineInterface",
            [
                "Reporting", "LoadEngine", "Results", "Scenario", "Statistics", "KafkaBroker", "Networking", "System",
                "Names",
                "CBuildInfo",
            ]),
        .executableTarget(name: "weir", dependencies: ["CommandLineInterface"], swiftSettings: common),

        // What `make guards` measures.
        .target(name: "CHotPaths"),
        .executableTarget(
            name: "hot-paths",
            dependencies: [
                "KafkaBroker", "KafkaClient", "KafkaProtocol", "KafkaCompression", "Measurement", "Networking", "Bytes",
                "CHotPaths", "CLZ4", "CZstd",
            ],
            swiftSettings: common),

        tests("SystemTests", ["System"]),
        tests("NamesTests", ["Names"]),
        tests("BytesTests", ["Bytes"]),
        tests("NetworkingTests", ["Networking", "Bytes", "CLinux", "System"]),
        tests(
            "KafkaProtocolTests", ["KafkaProtocol", "KafkaCompression", "Bytes", "System"],
            resources: [.copy("Fixtures")]),
        tests("KafkaCompressionTests", ["KafkaCompression", "Bytes", "System"]),
        tests(
            "KafkaBrokerTests",
            [
                "KafkaBroker", "KafkaProtocol", "KafkaCompression", "Measurement", "Networking", "Bytes", "System",
            ]),
        // What two test targets use.
        .target(
            name: "WireRelay", dependencies: ["Networking", "KafkaProtocol", "Bytes"], path: "Tests/WireRelay",
            swiftSettings: testing),
        tests(
            "KafkaClientTests",
            [
                "WireRelay", "KafkaClient", "KafkaBroker", "KafkaProtocol", "KafkaCompression", "Networking", "Bytes",
                "System",
            ], resources: [.copy("Fixtures")]),
        .target(name: "JSONSchemaChecker", path: "Tests/JSONSchemaChecker", swiftSettings: testing),
        tests("MeasurementTests", ["Measurement", "System"], resources: [.copy("Fixtures")]),
        tests("ScenarioTests", ["Names", "Scenario", "KafkaBroker", "KafkaClient"], resources: [.copy("Fixtures")]),
        tests("ResultsTests", ["JSONSchemaChecker", "Results", "Measurement"]),
        tests("StatisticsTests", ["Statistics", "System"], resources: [.copy("Fixtures")]),
        tests(
            "ReportingTests", ["JSONSchemaChecker", "Reporting", "Results", "Measurement", "Statistics"],
            resources: [.copy("Golden")]),
        tests(
            "LoadEngineTests",
            [
                "LoadEngine", "Scenario", "Reporting", "Results", "Measurement", "KafkaClient", "KafkaBroker",
                "KafkaProtocol", "Networking", "Bytes", "System",
            ]),
        tests("CommandLineInterfaceTests", ["CommandLineInterface", "LoadEngine", "Scenario"]),
        // What the pages say of the code.
        tests("DocumentationTests", ["Scenario"]),
        tests(
            "EndToEndTests",
            [
                "JSONSchemaChecker", "weir", "Results", "Measurement", "KafkaClient", "KafkaProtocol", "Networking",
            ]),
        tests(
            "InteropTests",
            [
                "weir", "Results", "WireRelay", "KafkaClient", "KafkaProtocol", "KafkaCompression", "Networking",
                "Bytes",
            ],
            exclude: ["Java", "Python"]),
    ]
)
