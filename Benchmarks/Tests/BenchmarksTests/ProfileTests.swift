import BenchmarkPlan
import Testing

@Suite struct ProfileTests {
    @Test func cellsHaveIdsOfTheirOwn() {
        let cells = Profile(.full, kafkas: ["3.9.1", "4.3.1"]).groups.flatMap(\.entries).map(\.cell)
        #expect(Set(cells.map(\.id)).count == cells.count)
        #expect(Set(cells).count == cells.count)
    }

    @Test func benchMeasuresWeirTheFloorAndBothLibrdkafkasInSevenRounds() throws {
        let group = Profile(.bench, kafkas: ["4.3.1"]).groups[0]
        #expect(group.rounds == 7)
        let entry = try #require(group.entries.first { $0.cell == produceCell })
        #expect(Set(entry.contestants) == [.weir, .floor, .acknowledgedFloor, .librdkafkaDebian, .librdkafkaWheel])
        #expect(group.entries.allSatisfy { $0.cell.broker == .embedded })
    }

    @Test func everySizeAndCodecIsThereBothWays() {
        let ids = Set(Profile(.bench, kafkas: []).groups[0].entries.map(\.cell.id))
        for direction in ["produce", "fetch"] {
            for size in ["100B", "1KiB"] {
                for codec in ["none", "lz4", "zstd"] { #expect(ids.contains("embedded/\(direction)-\(size)-\(codec)")) }
            }
        }
    }

    @Test func withoutKafkaItsCellsAreLeftOut() {
        let cells = Profile(.full, kafkas: []).groups.flatMap(\.entries).map(\.cell)
        #expect(cells.allSatisfy { $0.broker == .embedded })
        #expect(!cells.contains { if case .brokerCost = $0.workload { true } else { false } })
    }

    @Test func pyKafkaRunsOnKafkaThreeOnlyAndWithoutCodecs() {
        let entries = Profile(.full, kafkas: ["3.9.1", "4.3.1"]).groups.flatMap(\.entries)
        let withIt = entries.filter { $0.contestants.contains(.pyKafka) }.map(\.cell)
        #expect(!withIt.isEmpty)
        #expect(
            withIt.allSatisfy {
                $0.broker == .kafka(version: "3.9.1") && [nil, Codec.none].contains($0.workload.codec)
            })
    }

    @Test func theAcknowledgedFloorProducesWithoutCodecs() {
        let entries = Profile(.full, kafkas: ["4.3.1"]).groups.flatMap(\.entries)
        let withIt = entries.filter { $0.contestants.contains(.acknowledgedFloor) }.map(\.cell)
        let workloads = [100, 1024].map { Workload.produce(valueSize: $0, codec: .none) }
        #expect(Set(withIt.map(\.workload)) == Set(workloads))
        #expect(withIt.allSatisfy { $0.settings == .fixed })
    }

    @Test func theToolThatJoinsAGroupReadsFromKafkaOnly() {
        let entries = Profile(.full, kafkas: ["4.3.1"]).groups.flatMap(\.entries)
        let reading = entries.filter { entry in
            guard case .fetch = entry.cell.workload else { return false }
            return entry.contestants.contains(.javaTools)
        }
        #expect(!reading.isEmpty)
        #expect(reading.allSatisfy { $0.cell.broker == .kafka(version: "4.3.1") })
    }

    @Test func cellsAreChosenByAPartOfTheirId() {
        let profile = Profile(.bench, kafkas: [], rounds: 2, only: ["fetch-1KiB-zstd", "kept-producer"])
        #expect(
            Set(profile.groups.flatMap(\.entries).map(\.cell.id)) == [
                "embedded/fetch-1KiB-zstd", "embedded/kept-producer", "embedded/kept-producer+5ms",
            ])
        #expect(profile.sampleCount == 2 * 12)
        #expect(Profile(.bench, kafkas: [], only: ["no such cell"]).groups.isEmpty)
    }

    @Test func partsOfTheFloorAreInTheSameRun() {
        let ids = Profile(.bench, kafkas: []).groups[0].entries.map(\.cell.id)
        for part in ["copying", "checksum"] {
            for size in ["100B", "1KiB"] { #expect(ids.contains { $0.hasSuffix("\(part)-\(size)") }) }
        }
    }

    @Test func aBatchSizeIsHandedOnAsItIsGiven() {
        let options = Settings().peerOptions(produceCell, payload: "p", batchSize: 233_001)
        #expect(options.first { $0.name == "batch-size" }?.value == "233001")
    }

    @Test func ownDefaultsReplaceTheFixedSettings() {
        let settings = Settings()
        let fixed = settings.peerOptions(produceCell, payload: "p", batchSize: 1000).map(\.name)
        var cell = produceCell
        cell.settings = .clientDefaults
        let own = settings.peerOptions(cell, payload: "p", batchSize: 1000).map(\.name)
        #expect(fixed.contains("batch-size") && !fixed.contains("defaults"))
        #expect(own.contains("defaults") && !own.contains("batch-size") && !own.contains("linger-ms"))
    }
}
