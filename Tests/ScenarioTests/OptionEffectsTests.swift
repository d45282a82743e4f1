import Foundation
import Testing

@testable import Scenario

/// Every option of a client in every place where it can be said: it has an effect, which the test
/// named here shows, or is refused with the reason.
@Suite struct OptionEffectsTests {
    private static let producers: [OptionUse] = [.paced, .unlimited, .recreated, .preload]
    private static let consumers: [OptionUse] = [.consume, .endToEnd, .start]

    /// A value that is not the default, where the option is refused, and the test that shows its
    /// effect elsewhere.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let value: String
        var refused: [OptionUse] = []
        var shownBy: String?
        var testDescription: String { name }

        init(_ name: String, _ value: String, refused: [OptionUse] = [], _ shownBy: String?) {
            (self.name, self.value, self.refused, self.shownBy) = (name, value, refused, shownBy)
        }
    }

    static let under = [
        Row("client.id", "me", "KafkaClientTests/OptionTests/aFetchAsksForWhatTheOptionsSay"),
        Row("retry.backoff.ms", "7", "KafkaClientTests/ProducerTests/aStartWithinTheBackOffOfTheOneBeforeEnds"),
        Row(
            "retry.backoff.max.ms", "900",
            "KafkaClientTests/ConfigurationTests/backOffDoublesUpToItsBoundWithAFifthByChance"),
        Row(
            "reconnect.backoff.ms", "7",
            "KafkaClientTests/ConnectionStateTests/failuresInARowWaitLongerAndUseMakesThemForgotten"),
        Row(
            "reconnect.backoff.max.ms", "900",
            "KafkaClientTests/ConfigurationTests/backOffDoublesUpToItsBoundWithAFifthByChance"),
        Row("metadata.max.age.ms", "1000", "KafkaClientTests/OptionTests/metadataIsAskedForAgainAtItsAge"),
        Row(
            "socket.connection.setup.timeout.ms", "1000",
            "NetworkingTests/ConnectTests/aMuteAddressIsGivenUpAtTheDeadline"),
        Row("request.timeout.ms", "20000", "KafkaClientTests/BadBrokerTests/aMuteBrokerIsNamedWithThePhase"),
    ]

    static let producerRows =
        under + [
            Row("acks", "1", "KafkaClientTests/ProducerTests/withoutAcknowledgementsWhatIsWrittenCountsAsSent"),
            Row("linger.ms", "3", "KafkaClientTests/ProducerTests/lingeringGathersRecordsAndFlushingDoesNotWait"),
            Row("batch.size", "1000", refused: [.recreated], "KafkaClientTests/DrainTests/aBatchIsFilledToItsEnd"),
            Row("compression.type", "lz4", "KafkaClientTests/ProducerTests/bulkRecordsAreBatchedAndEachIsToldOfOnce"),
            Row(
                "compression.gzip.level", "4",
                "KafkaCompressionTests/CompressionTypeTests/everyLevelThatKafkaAllowsWorks"),
            Row(
                "compression.lz4.level", "4",
                "KafkaCompressionTests/CompressionTypeTests/everyLevelThatKafkaAllowsWorks"),
            Row(
                "compression.zstd.level", "4",
                "KafkaCompressionTests/CompressionTypeTests/everyLevelThatKafkaAllowsWorks"),
            Row("enable.idempotence", "false", "KafkaClientTests/RoundTripTests/aNewProducersFirstRecordTakesTwo"),
            Row(
                "max.in.flight.requests.per.connection", "2", refused: [.recreated],
                "KafkaClientTests/PartitionQueueTests/numbersFollowEachOtherAndFiveAreInFlight"),
            Row(
                "retries", "3",
                "KafkaClientTests/BootstrapTests/recordsThatABrokerMayHaveTakenAreNotSentAgainForAWrongVersion"),
            Row("delivery.timeout.ms", "100000", "KafkaClientTests/DeliveryTests/withoutTimeEachOutcomeIsTheTruth"),
            Row("buffer.memory", "100000", "KafkaClientTests/ProducerTests/memoryIsBoundedAndRoomIsToldOf"),
            Row("max.request.size", "100000", "KafkaClientTests/ProducerTests/aRecordThatCannotFitIsRefusedAtOnce"),
            Row(
                "max.block.ms", "100",
                "LoadEngineTests/KeptProducerLoadTests/whoWaitsForRoomLongerThanMaxBlockMsIsRefused"),
            Row(
                "partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner", refused: [.preload],
                "LoadEngineTests/KeptProducerLoadTests/aLoadAtARateGoesWhereThePartitionerSays"),
            Row("partitioner.ignore.keys", "true", refused: producers, nil),
            Row(
                "partitioner.adaptive.partitioning.enable", "false", refused: [.unlimited, .recreated, .preload],
                "KafkaClientTests/DrainTests/aLongerQueueCountsWherePartitioningIsAdaptive"),
            Row(
                "partitioner.availability.timeout.ms", "100", refused: [.unlimited, .recreated, .preload],
                "KafkaClientTests/DrainTests/aBrokerThatTakesNothingIsLeftOut"),
        ]

    static let consumerRows =
        under + [
            Row(
                "auto.offset.reset", "earliest", refused: [.consume, .endToEnd],
                "KafkaClientTests/ConsumerTests/theRuleTableHolds"),
            Row("fetch.min.bytes", "2", "EndToEndTests/RunTests/aFetchWithinAPassWaitsAsTheOptionsSay"),
            Row("fetch.max.bytes", "100000", "KafkaClientTests/OptionTests/aFetchAsksForWhatTheOptionsSay"),
            Row("fetch.max.wait.ms", "100", "EndToEndTests/RunTests/aFetchWithinAPassWaitsAsTheOptionsSay"),
            Row("max.partition.fetch.bytes", "100000", "KafkaClientTests/OptionTests/aFetchAsksForWhatTheOptionsSay"),
            Row("max.poll.records", "1", refused: consumers, nil),
            Row("check.crcs", "false", "KafkaClientTests/OptionTests/aWrongChecksumCountsOnlyWhereItIsChecked"),
            Row("isolation.level", "read_committed", "KafkaClientTests/OptionTests/aFetchAsksForWhatTheOptionsSay"),
            // It takes no other value, and says so.
            Row("enable.auto.commit", "false", "ScenarioTests/ClientPropertiesTests/consumers"),
            Row(
                "default.api.timeout.ms", "1000",
                "KafkaClientTests/ConsumerStartTests/aLeaderThatIsNotReachedEndsTheStartInTime"),
        ]

    @Test func everyOptionIsInTheTable() {
        #expect(Set(Self.producerRows.map(\.name)) == Set(KafkaOption.producer.map(\.name)))
        #expect(Set(Self.consumerRows.map(\.name)) == Set(KafkaOption.consumer.map(\.name)))
    }

    @Test(arguments: producerRows) func aProducersOption(_ row: Row) { check(row, Self.producers) }

    @Test(arguments: consumerRows) func aConsumersOption(_ row: Row) { check(row, Self.consumers) }

    private func check(_ row: Row, _ uses: [OptionUse]) {
        for use in uses {
            let found = problems(text(use, "\(row.name): \(row.value)"))
            if row.refused.contains(use) {
                #expect(found.count == 1 && found[0].contains(": \(row.name) has no effect here: "), "\(use): \(found)")
            } else {
                #expect(found == [], "\(use)")
            }
        }
        #expect((row.shownBy == nil) == (row.refused.count == uses.count))
        guard let test = row.shownBy else { return }
        #expect(exists(test), "\(test)")
    }

    /// Whether there is such a test.
    private func exists(_ test: String) -> Bool {
        let parts = test.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appending(path: "\(parts[0])/\(parts[1]).swift")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return false }
        return text.contains("func \(parts[2])")
    }

    private func text(_ use: OptionUse, _ option: String) -> String {
        let value = "value: {size: 100 B, random: 50 %}"
        let filled = "topic: {partitions: 2, preload: {records: 10 records, \(value)}}"
        return switch use {
        case .paced: produce(value, "load: {rate: 10/s}", "producer: {\(option)}")
        case .unlimited: produce(value, "load: unlimited", "producer: {\(option)}")
        case .recreated:
            produce(value, "load: {concurrency: 1}", "recreate: {producer: 1 record}", "producer: {\(option)}")
        case .preload:
            scenario("consume: {}\n\(filled.replacing("}}}", with: "}, producer: {\(option)}}}"))")
        case .consume: scenario("consume: {consumer: {\(option)}}\n\(filled)")
        case .endToEnd:
            scenario("produce: {\(value), load: {rate: 10/s}}\nconsume: {consumer: {\(option)}}")
        case .start: scenario("start: {consumer: {\(option)}}\n\(filled)")
        }
    }

    // MARK: Combinations

    @Test(arguments: [
        (
            "partitioner.class: org.apache.kafka.clients.producer.RoundRobinPartitioner, partitioner.adaptive.partitioning.enable: false",
            "RoundRobinPartitioner takes all partitions in turn"
        ),
        (
            "partitioner.adaptive.partitioning.enable: false, partitioner.availability.timeout.ms: 5",
            "partitioner.adaptive.partitioning.enable is false"
        ),
    ])
    func whatAnotherOptionMakesVainIsRefused(options: String, reason: String) {
        let found = problems(text(.paced, options))
        #expect(found.count == 1 && found[0].hasSuffix(reason), "\(found)")
    }

    @Test func whatHasAnEffectInOneCellIsNotRefused() {
        let load = "load: {each: [unlimited, {rate: 10/s}]}"
        let text = produce("value: {size: 1 B}", load, "producer: {partitioner.availability.timeout.ms: 9}")
        #expect(problems(text) == [])
        let axis = produce(
            "value: {size: 1 B}", "load: unlimited",
            "producer: {partitioner.adaptive.partitioning.enable: {each: [true, false]}}")
        #expect(problems(axis).count == 2)
    }

    @Test func aBufferWithoutRoomForABatchIsRefused() {
        #expect(
            problems(producing("buffer.memory: 1000")) == [
                "f:8:33: buffer.memory 1000 has no room for a batch of batch.size 16384, so that nothing could be sent"
            ])
        #expect(problems(producing("buffer.memory: 1000, batch.size: 900")) == [])
    }

    @Test func anUnlimitedLoadsLingerIsDoubted() throws {
        #expect(
            try warnings(producing("linger.ms: 5")) == [
                "f:8:29: linger.ms has no effect: the batches of a load without a limit are always full"
            ])
        #expect(try warnings(text(.paced, "linger.ms: 5")) == [])
    }

    @Test(arguments: [OptionUse.paced, .unlimited, .recreated, .preload, .consume, .endToEnd, .start])
    func whatIsShownIsWhatCounts(_ use: OptionUse) throws {
        let shown = try Scenario.load(text: text(use, "client.id: me")).resolvedYAML
        #expect(problems(shown) == [])
        #expect(
            try Scenario.load(text: shown).experiments.saidLeftOut
                == Scenario.load(text: text(use, "client.id: me")).experiments.saidLeftOut)
        #expect(!shown.contains("max.poll.records") && !shown.contains("partitioner.ignore.keys"))
    }
}
