import Foundation
import KafkaClient
import Measurement
import Results
import Testing

@testable import LoadEngine
@testable import Scenario

/// What engine and agent tell each other, a line each.
@Suite struct AgentMessageTests {
    private func roundTrip<Message: Codable & Equatable>(_ message: Message) throws -> Message {
        let line = try AgentLine.encoded(message)
        #expect(line.last == UInt8(ascii: "\n") && line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        return try AgentLine.decoded(line.dropLast(), as: Message.self, number: 1)
    }

    @Test(arguments: MeasurementOrder.samples) func anOrderComesAsItWasSent(order: MeasurementOrder) throws {
        #expect(try roundTrip(AgentCommand.measure(order)) == .measure(order))
    }

    @Test func whatTheScenarioSaidIsKnownFromWhatWasFilledIn() throws {
        let text = """
            weir: 1
            name: n
            experiments:
              e: {produce: {value: {size: 1 B}, load: unlimited, producer: {acks: 1}}}
            """
        let workload = try Scenario.load(text: text).experiments[0].cells[0].workload
        guard case .measure(let order) = try roundTrip(AgentCommand.measure(.sample(workload))) else {
            throw EngineError.otherMeasurement
        }
        let produce = try #require(order.workload.produce)
        #expect(produce.said == ["acks"] && produce.properties["acks"] == "1")
        #expect(produce.properties["batch.size"] == "16384")
    }

    @Test func theOtherCommandsComeAsTheyWereSent() throws {
        let ground = StartGround(
            group: nil, ends: [3, -1], doubtful: [1], needsRecord: true, mustBeRefused: false, needsList: true)
        for command: AgentCommand in [
            .stop, .lost(InvalidReason(.topicGone, "a\nb")), .answer(.start(ground), to: 1), .answer(.done, to: 2),
            .answer(.sent(SentRecords(handedOverNs: .max, appendedNs: 0)), to: 3), .answer(.logEnds([1]), to: 4),
            .refuse(InvalidReason(.timedOut, ""), to: 5),
        ] {
            #expect(try roundTrip(command) == command)
        }
    }

    @Test func whatWasMeasuredComesAsItWasSent() throws {
        var produced = ProduceOutcome()
        produced.book.attemptedCount = 7
        produced.book.enterLatency(1_234_567, count: 5)
        produced.book.enterLatency(.max, count: 1)
        produced.book.enterRefusal(ClientError(.bufferFull(afterMs: 5)), count: 2)
        produced.gaps = ProgressGaps(beginNs: 5)
        produced.gaps.note(atNs: 9)
        produced.reading = WindowProbe.Reading.sample
        var consumed = ConsumeOutcome()
        consumed.count(4, atNs: 3)
        consumed.disagree("t-0: 3 of 4 records in a pass")
        consumed.fail(InvalidReason(.corrupt, "CRC"))
        let report = StartReport(
            milestones: [1, nil, .max], readyNs: 1, refusal: "OFFSET_OUT_OF_RANGE", isRefusedAsAWhole: true,
            beginnings: [nil, 0], outsideNs: 9, record: RecordWait(gapNs: 4, appendedNs: 8))
        let started = StartsOutcome(beginNs: 1, endNs: .max, reading: .sample, starts: [report])
        for measured: Measured in [
            .produced(produced), .consumed(consumed), .endToEnd(produced, consumed), .started(started),
        ] {
            #expect(try roundTrip(AgentEvent.measured(measured)) == .measured(measured))
        }
        for event: AgentEvent in [
            .ready(AgentBuild(version: "1", commit: "c")), .alive, .progress(.max),
            .failed(InvalidReason(.failed, "\u{7}\"é")),
            .ask(.prepareStart(number: 3), number: 1), .ask(.logEnds, number: 2),
        ] {
            #expect(try roundTrip(event) == event)
        }
    }

    @Test(arguments: [
        ("", "it is no JSON"), ("{", "it is no JSON"), ("[]", "another kind of value stands at its top"),
        ("{\"measure\":{\"_0\":{\"round\":\"hunter2\"}}}", "another kind of value stands at measure/_0/round"),
        ("{\"hunter2\":{}}", "at its top"),
        ("{\"answer\":{\"_0\":{\"done\":{}}}}", "nothing stands at answer/to"),
    ]) func aLineThatIsNoMessageIsAnErrorWithoutItsValues(line: String, why: String) {
        let error = #expect(throws: AgentError.self) {
            try AgentLine.decoded(Array(line.utf8), as: AgentCommand.self, number: 12)
        }
        let words = error.map { "\($0)" } ?? ""
        #expect(words.contains("line 12 is no message between engine and agent") && words.contains(why), "\(words)")
        #expect(!words.contains("hunter2"))
    }

    @Test func linesArePartedWhereverTheBytesAre() throws {
        var reader = LineReader(byteCountMax: 5)
        #expect(try reader.take(Array("a\n\nbc".utf8)) == [Array("a".utf8), []])
        #expect(try reader.take(Array("de".utf8)) == [])
        #expect(try reader.take(Array("f\n".utf8)) == [Array("bcdef".utf8)])
        #expect(reader.lineCount == 3)
    }

    @Test(arguments: ["123456", "123456\n", "1\n123456"]) func aLineThatIsTooLongIsAnError(text: String) {
        var reader = LineReader(byteCountMax: 5)
        #expect(throws: AgentError.tooLong(number: text.hasPrefix("1\n") ? 2 : 1)) {
            try reader.take(Array(text.utf8))
        }
    }
}

extension MeasurementOrder {
    /// An order with a secret.
    static func sample(_ workload: Workload) -> MeasurementOrder {
        MeasurementOrder(
            round: 3, workload: workload,
            measure: MeasureSpec(warmupNs: 1, extent: .time(ns: .max), repeats: 2, pauseNs: 3, seed: .max),
            connection: ["bootstrap.servers": "a:1", "sasl.jaas.config": "hunter2"],
            topic: OrderedTopic(name: "t", ranges: [LogRange(start: 5, end: .max)], isOwn: true), seed: .max,
            limit: WriteLimit(byteCount: .max, words: "half of it"), brokerPid: 7)
    }

    /// One of each workload.
    static let samples: [MeasurementOrder] = {
        let produce = ProduceSpec(
            value: ValueSpec(byteCount: 1, randomShare: 0.125), load: .rate(perSecond: 0.1), recreate: .never,
            producers: 2, properties: ["acks": "all", "linger.ms": "5"], clientProperties: ["client.id": "\"\n"],
            said: ["acks"])
        let consume = ConsumeSpec(properties: ["fetch.min.bytes": "1"], clientProperties: [:], said: [])
        let start = StartSpec(
            until: .caughtUp, group: .existing(name: "g", commits: true), committed: .behind(records: 3),
            resetsOnStart: true, properties: [:], clientProperties: [:], said: [], position: .last(records: 3))
        return [.produce(produce), .consume(consume), .endToEnd(produce, consume), .start(start)].map(sample)
    }()
}

extension WindowProbe.Reading {
    static let sample = WindowProbe.Reading(
        usage: ResourceUsage(clientCPUNs: 1, brokerCPUNs: nil, peakMemoryBytes: .max), sentByteCount: 2,
        receivedByteCount: 3, connectionCount: 4, requestCounts: ["Produce": 5],
        disturbances: Disturbances(retries: 6, outsideNs: 7))
}
