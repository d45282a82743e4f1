import Foundation
import Testing

/// The import graph of `docs/architecture.md`, `Package.swift` and the sources' imports agree.
@Suite struct ImportGraphTests {
    /// The graph as the page states it: `A → B, C`, a longer list going on in indented lines.
    private func stated() throws -> [String: Set<String>] {
        let page = try Repository.text("docs/architecture.md")
        let section = try #require(page.components(separatedBy: "## Import graph\n").dropFirst().first)
        let block = try #require(section.components(separatedBy: "```\n").dropFirst().first)
        let joined = block.replacingOccurrences(of: "\n    ", with: " ")
        var graph: [String: Set<String>] = [:]
        for line in joined.split(separator: "\n") {
            let sides = line.components(separatedBy: " → ")
            try #require(sides.count == 2, "no arrow in '\(line)'")
            let names = sides[1].split(separator: ",").map(\.trimmed)
            graph[sides[0]] = names == ["nothing"] ? [] : Set(names)
        }
        return graph
    }

    /// What the sources of a target import, of this package's own targets.
    private func imported(by target: String, of targets: Set<String>) throws -> Set<String> {
        var names: Set<String> = []
        for path in try Repository.files(below: "Sources/\(target)", suffix: ".swift") {
            for line in try Repository.text(path).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let at = words.firstIndex(of: "import"), at <= 2, words.count > at + 1 else { continue }
                let isImport = words[..<at].allSatisfy { ["public", "internal", "@_exported"].contains($0) }
                if isImport { names.insert(String(words[at + 1])) }
            }
        }
        return names.intersection(targets)
    }

    /// The targets of Swift sources that ship or are measured.
    private func targets() throws -> [String] {
        try Repository.names(in: "Sources").filter {
            try !Repository.files(below: "Sources/\($0)", suffix: ".swift").isEmpty
        }
    }

    @Test func thePageStatesWhatThePackageDeclares() throws {
        let declared = PackageManifest(try Repository.text("Package.swift")).dependencies
        let stated = try stated()
        #expect(Set(stated.keys) == Set(try targets()))
        for (target, names) in stated { #expect(declared[target] == names, "\(target)") }
    }

    @Test func theSourcesImportWhatIsDeclaredAndNothingElse() throws {
        let declared = PackageManifest(try Repository.text("Package.swift")).dependencies
        for target in try targets() {
            let names = try imported(by: target, of: Set(declared.keys))
            #expect(names == declared[target], "\(target)")
        }
    }

    @Test func clientAndBrokerDoNotKnowEachOther() throws {
        let stated = try stated()
        #expect(stated["KafkaClient"]?.contains("KafkaBroker") == false)
        #expect(stated["KafkaBroker"]?.contains("KafkaClient") == false)
        #expect(stated["Networking"]?.contains { $0.hasPrefix("Kafka") } == false)
    }

    @Test func aManifestIsReadWithItsLists() {
        let manifest = PackageManifest(
            """
            let package = Package(
                targets: [
                    .systemLibrary(name: "CX"),
                    clibrary("CY", pkgConfig: "y", apt: "y-dev"),
                    library("A"),
                    library("B", ["A", "CX"], spans),
                    .executableTarget(
                        name: "c", dependencies: ["B"], resources: [.copy("Golden")], swiftSettings: common),
                ]
            )
            """)
        #expect(manifest.dependencies == ["CX": [], "CY": [], "A": [], "B": ["A", "CX"], "c": ["B"]])
    }
}
